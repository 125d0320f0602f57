"""Which uploads are pictures that may go out with an answer. By their content: what a browser or a file's name says is not asked."""

import re
from collections.abc import Iterator
from typing import Literal

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.picture_sizes import check_size

MOST_BYTES = 5_000_000
MOST_ALT = 1_000
MARKS = (
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
TOLD_IN_PNG = frozenset({b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"})
TOLD_IN_JPEG = frozenset({*range(0xE1, 0xF0), 0xFE}) - {0xEE}
EXIF = b"Exif\x00\x00"
ORIENTATION = 0x0112
MOST_ENTRIES = 200
ONLY_TURNED = EXIF + b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00%c\x00\x00\x00\x00\x00\x00"
"""Exif that says nothing but which way up the picture is (1 to 8)."""

MARKER = 0xFF
START_OF_SCAN = 0xDA
END_OF_PICTURE = 0xD9
MARK = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
"""A mark in a JPEG, save those that scans have within them."""
FLAGS_OF_WEBP = 8
TOLD_IN_WEBP = 0b0000_1100
"""The flags in a WebP's header that say that Exif and XMP follow."""

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


def kind_of(content: bytes) -> str:
    """Return the type of a picture; `Refused` where it is none of ours, or too large."""
    if len(content) > MOST_BYTES:
        raise Refused(_("A picture may have %(n)s MB at most; make it smaller first.") % {"n": MOST_BYTES // 1000000})
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    for mark, kind in MARKS:
        if content.startswith(mark):
            return kind
    raise Refused(_("This is no picture that networks take: PNG, JPEG, WebP or GIF."))


def checked_kind(content: bytes) -> str:
    """Return the type of a picture that may be kept and shown; `Refused` where it is none of ours, or too large, in bytes or in pixels."""
    kind = kind_of(content)
    check_size(content, kind)
    return kind


def bare(content: bytes) -> bytes:
    """Return a picture without what was written into it beside the picture: where and with what it was taken, by whom.

    Networks do not all take that out, and an agent's photo of a parcel must not tell the public where she sits. What lies behind the
    picture's end (a film of the moment, an archive) does not go along. A file that is not built as its format says is returned as it
    is; the network will refuse it.
    """
    kind = kind_of(content)
    if kind == "image/jpeg":
        return _bare_jpeg(content)
    if kind == "image/png":
        return content[:8] + b"".join(chunk for name, chunk in _png_chunks(content) if name not in TOLD_IN_PNG)
    return _bare_webp(content) if kind == "image/webp" else content


def _bare_jpeg(content: bytes) -> bytes:
    """Leave out comments and the segments APP1 to APP15 (Exif, XMP, IPTC), save colours and which way up the picture is."""
    kept, place = [content[:2]], 2
    while place + 4 <= len(content) and content[place] == MARKER and content[place + 1] != START_OF_SCAN:
        if content[place + 1] == MARKER:  # any number of these may stand before a mark
            place += 1
            continue
        length = 2 + int.from_bytes(content[place + 2 : place + 4])
        segment = content[place : place + length]
        if content[place + 1] not in TOLD_IN_JPEG or segment[4:15] == b"ICC_PROFILE":
            kept.append(segment)
        elif turned := _orientation(segment[4:]):
            kept.append(segment[:2] + (2 + len(ONLY_TURNED) - 1).to_bytes(2) + ONLY_TURNED % turned)
        place += length
    return b"".join(kept) + content[place : _end_of_jpeg(content, place)]


def _end_of_jpeg(content: bytes, scan: int) -> int:
    """Return where a JPEG ends whose scans begin at `scan`: behind its mark of the end, which no scan has within it."""
    place = scan
    while found := MARK.search(content, place):
        if found[0][1] == END_OF_PICTURE:
            return found.end()
        place = found.end() + int.from_bytes(content[found.end() : found.end() + 2])
    return len(content)


def _orientation(told: bytes) -> int:
    """Return which way up Exif says that the picture is (2 to 8), 0 where it says nothing, or that it stands already."""
    tiff = told[len(EXIF) :] if told.startswith(EXIF) else b""
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"
    start = int.from_bytes(tiff[4:8], order)
    entries = [
        tiff[at : at + 12]
        for at in range(start + 2, start + 2 + 12 * min(MOST_ENTRIES, int.from_bytes(tiff[start : start + 2], order)), 12)
    ]
    found = next((int.from_bytes(one[8:10], order) for one in entries if int.from_bytes(one[:2], order) == ORIENTATION), 0)
    return found if 1 < found <= 8 else 0  # noqa: PLR2004


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 8
    while place < len(content):
        length = 12 + int.from_bytes(content[place : place + 4])
        name = content[place + 4 : place + 8]
        yield name, content[place : place + length]
        if name == b"IEND":
            return
        place += length


def _bare_webp(content: bytes) -> bytes:
    ends = int.from_bytes(content[4:8], "little") + 8
    if ends > len(content):
        return content
    content = content[:ends]
    kept, place = list[bytes](), 12
    while place < len(content):
        length = 8 + int.from_bytes(content[place + 4 : place + 8], "little")
        length += length % 2
        chunk = content[place : place + length]
        if chunk[:4] == b"VP8X" and len(chunk) > FLAGS_OF_WEBP:
            chunk = chunk[:FLAGS_OF_WEBP] + bytes([chunk[FLAGS_OF_WEBP] & ~TOLD_IN_WEBP]) + chunk[FLAGS_OF_WEBP + 1 :]
        kept += [] if chunk[:4] in {b"EXIF", b"XMP "} else [chunk]
        place += length
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
