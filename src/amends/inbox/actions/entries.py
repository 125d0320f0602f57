"""What the ledger keeps of a post: its body as it came, and what that does not say. Place in the path: ingest -> here -> ledger."""

import zlib

from amends.core.post import Post
from amends.inbox.store.ledger import Entry

# A window of 4 KB holds most bodies whole; zlib's own 32 KB take three times as long, most of it to set up, for the same size.
WINDOW = 12
# To compress a smaller body would cost more than to store the whole post, and save less than a third of a kilobyte.
WORTH_IT = 1024


def entry(post: Post, *, imported: bool) -> Entry:
    """Return the entry of a post that stands on its network."""
    return Entry(external_id=post.external_id, body=_compressed(post.raw), facts=_facts(post, imported=imported))


def _facts(post: Post, *, imported: bool) -> dict[str, object] | None:
    """Return what depends on who we were when we read the body; most posts say nothing of the kind."""
    facts: dict[str, object] = {}
    if post.is_own:
        facts["is_own"] = True
    if not post.can_reply:
        facts |= {"can_reply": False, "why_no_reply": post.why_no_reply}
    if imported:
        facts["imported"] = True
    return facts or None


def _compressed(raw: bytes) -> bytes:
    """Return `raw` as `zlib.decompress` takes it."""
    packer = zlib.compressobj(level=1 if len(raw) >= WORTH_IT else 0, wbits=WINDOW, memLevel=6)
    return packer.compress(raw) + packer.flush()
