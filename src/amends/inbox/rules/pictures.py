"""Which uploads are pictures that may go out with an answer. By their content: what a browser or a file's name says is not asked."""

from amends.core.errors import Refused

MOST_BYTES = 5_000_000
MOST_ALT = 1_000
MARKS = (
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


def kind_of(content: bytes) -> str:
    """Return the type of a picture; `Refused` where it is none of ours, or too large."""
    if len(content) > MOST_BYTES:
        raise Refused(f"A picture may have {MOST_BYTES // 1_000_000} MB at most; make it smaller first.")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    for mark, kind in MARKS:
        if content.startswith(mark):
            return kind
    raise Refused("This is no picture that networks take: PNG, JPEG, WebP or GIF.")
