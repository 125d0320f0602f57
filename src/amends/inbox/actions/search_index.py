"""Keeps what is searched as it stands: reads what was written since, and bit by bit what was there before.

Called by the worker, which triage wakes for its posts.
"""

from amends.core.database import Connection
from amends.inbox.rules.search_words import signed, vector
from amends.inbox.store import search_index
from amends.inbox.store.search_index import Indexed, Text

BATCH = 500
WITHOUT_CASE = "mention"
"""The label of posts that belong to no case, beside that of all posts."""


def read_batch(conn: Connection, *, limit: int = BATCH) -> int:
    """Read what waits, at most `limit` of each kind, the newest first, and return how many; safe to run at once with anything."""
    texts = [text for kind in search_index.KINDS for text in search_index.claim(conn, kind, limit=limit)]
    if texts:
        search_index.save(conn, [Indexed(text=text, words=_words(text)) for text in texts])
    return len(texts)


def _words(text: Text) -> str:
    """Return the words of a text with its labels; nothing where there is no text."""
    if not text.text and text.kind != "customer":
        return ""
    said = {"kind": text.kind, "lang": text.language, "network": text.network}
    labels = [f"{name}={value.lower()}" for name, value in said.items() if value]
    if text.kind == "post" and text.case_id is None:
        labels.append(f"kind={WITHOUT_CASE}")
    if text.kind == "customer":
        return vector(" ".join([text.text, *(f"@{handle}" for handle in text.handles)]), labels)
    return vector(text.text, [*labels, *(label for handle in text.handles for label in signed(handle))])
