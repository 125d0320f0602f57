"""Order, booking and invoice numbers: what follows such a word, and what has the company's own shape.

A shape is written as the number looks: `#` for a digit, `@` for a letter, everything else for itself (`AB-######`). Where it names its
letters, people may write another sign between them and the digits, or none (`ab 123456`).
"""

import re
from collections.abc import Generator, Sequence
from functools import lru_cache

from amends.core.personal.kinds import Found, Kind

_NUMBER = r"number|num|nr|no|ref(?:erence)?|id|code|confirmation|is|was|número|numero|nº|es|núm|नंबर|संख्या|எண்|ಸಂಖ್ಯೆ|ਨੰਬਰ|අංකය|අංක|ቁጥር|ቁጥሬ"
_CUE = (
    r"order|booking|reservation|invoice|tracking|consignment|shipment|parcel|awb|e-?ticket|pedido|orden|reserva|factura|seguimiento|envío"
    r"|ऑर्डर|बुकिंग|ஆர்டர்|புக்கிங்|முன்பதிவு|ಆರ್ಡರ್|ಬುಕಿಂಗ್|ਆਰਡਰ|ਬੁਕਿੰਗ|ඇණවුම්?|ඕඩර්|ඕඩරය|ት[ዕእ]ዛዝ|የት[ዕእ]ዛዝ"
)
_AFTER_CUE = re.compile(
    rf"(?<!\w)(?:{_CUE})s?(?![^\W\d_])(?:[ :=#.()-]{{0,3}}(?:{_NUMBER})(?!\w)){{0,3}}[ :=#.()-]{{0,4}}"
    r"(?P<number>[A-Za-z0-9](?:[A-Za-z0-9]|[-/](?=[A-Za-z0-9])){4,31})(?![\w-])",
    re.IGNORECASE,
)
_RECORD = re.compile(
    r"(?<!\w)(?i:pnr|booking (?:ref(?:erence)?|code)|reservation code|confirmation code|record locator|localizador)"
    r"(?i:[ :=#.-]{0,3}(?:number|no|is|es)(?!\w)){0,2}[ :=#.-]{0,4}(?P<number>[A-Z0-9]{6})(?!\w)"
)
_FLIGHT = re.compile(r"(?=\d?[A-Za-z])[A-Za-z0-9]{2}-?\d{1,4}")
LEAST_DIGITS = 4
SHORTEST, LONGEST, MOST_SHAPES = 5, 40, 20
_SHAPE = re.compile(r"[A-Za-z0-9#@ ./_-]*#[A-Za-z0-9#@ ./_-]*")
_PIECES = {"#": r"\d", "@": "[A-Za-z]"}
_SIGNS, _ANY_SIGN = " ./_-", "[ ./_-]?"


def orders(text: str, shapes: Sequence[str] = ()) -> Generator[Found]:
    """Yield the order numbers in a folded text."""
    for pattern in (_RECORD, *(map(_of_shape, shapes))):
        for match in pattern.finditer(text):
            yield Found(kind=Kind.ORDER, start=match.start("number"), end=match.end("number"))
    for match in _AFTER_CUE.finditer(text):
        number = match["number"]
        if sum(map(str.isdigit, number)) >= LEAST_DIGITS and not _FLIGHT.fullmatch(number):
            yield Found(kind=Kind.ORDER, start=match.start("number"), end=match.end("number"))


def is_shape(shape: str) -> bool:
    """Say whether an order number may have this shape: long enough to be no everyday word, with a digit in it."""
    return SHORTEST <= len(shape.strip()) <= LONGEST and _SHAPE.fullmatch(shape) is not None


@lru_cache(maxsize=64)
def _of_shape(shape: str) -> re.Pattern[str]:
    bare = shape.strip()
    signs: dict[str, str] = dict.fromkeys(_SIGNS, _ANY_SIGN) if "@" not in bare and any(map(str.isalpha, bare)) else {}
    pieces = "".join(_PIECES.get(char) or signs.get(char) or re.escape(char) for char in bare)
    return re.compile(rf"(?<![\w-])(?P<number>{pieces})(?![\w-])", re.IGNORECASE)
