"""How many pixels a picture says that it has, read from its first bytes alone: nothing is unpacked, so no bomb goes off here.

A file of a few bytes may claim 30,000 x 30,000 pixels, and the browser of whoever looks at it takes 3.6 GB for them.
"""

from collections.abc import Callable, Mapping

from amends.core.errors import Refused
from amends.core.translating import _

MOST_PIXELS = 50_000_000
"""What the largest cameras of phones take."""
STARTS_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
Size = tuple[int, int]
NOTHING: Size = (0, 0)


def check_size(content: bytes, kind: str) -> None:
    """Raise `Refused` where a picture of this kind says nothing of its size, or would be too large once somebody looks at it."""
    width, height = SIZES[kind](content)
    if not width * height:
        raise Refused(_("This is no picture that networks take: PNG, JPEG, WebP or GIF."))
    if width * height > MOST_PIXELS:
        raise Refused(_("A picture may have %(n)s million pixels at most; make it smaller first.") % {"n": MOST_PIXELS // 1_000_000})


def _png(content: bytes) -> Size:
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def _gif(content: bytes) -> Size:
    return int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")


def _jpeg(content: bytes) -> Size:
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:  # noqa: PLR2004
        if content[place + 1] in STARTS_OF_FRAME:
            return int.from_bytes(content[place + 7 : place + 9]), int.from_bytes(content[place + 5 : place + 7])
        filled = content[place + 1] == 0xFF  # noqa: PLR2004 - any number of these may stand before a mark
        place += 1 if filled else 2 + int.from_bytes(content[place + 2 : place + 4])
    return NOTHING


def _webp(content: bytes) -> Size:
    """Return the canvas of an extended file, else what its one frame says: 14 bits a side, in a lossless one less one."""
    form, told = content[12:16], content[20:]
    if form == b"VP8X":
        return 1 + int.from_bytes(told[4:7], "little"), 1 + int.from_bytes(told[7:10], "little")
    if form == b"VP8 " and told[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(told[6:8], "little") & 0x3FFF, int.from_bytes(told[8:10], "little") & 0x3FFF
    if form == b"VP8L" and told[:1] == b"\x2f":
        bits = int.from_bytes(told[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return NOTHING


SIZES: Mapping[str, Callable[[bytes], Size]] = {"image/png": _png, "image/gif": _gif, "image/jpeg": _jpeg, "image/webp": _webp}
