"""National identity numbers that can be told from other numbers: by a check digit, or by a form that nothing else has."""

import re
from collections.abc import Callable, Generator

from stdnum.es import dni, nie
from stdnum.in_ import aadhaar, pan
from stdnum.mx import curp
from stdnum.us import ssn

from amends.core.personal.kinds import Found, Kind

_NIC_WORDS = r"\bn\.?i\.?c\b|\bidentity (?:card|number)|\b(?:id card|national id)\b|හැඳුනුම්|ජා\.?\s?හැ|அடையாள"
_AADHAAR_WORDS = r"a{1,2}dha{1,2}r|uidai|आधार|ஆதார்|ಆಧಾರ್|ਆਧਾਰ|ආධාර්"
FORMS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (re.compile(r"(?<![\w+-])\d{4}([ -])\d{4}\1\d{4}(?![\w-]| \d)"), aadhaar.is_valid),
    (re.compile(rf"(?:{_AADHAAR_WORDS})[^\d\n]{{0,20}}(?P<number>\d{{4}}[ -]?\d{{4}}[ -]?\d{{4}})(?!\w)", re.IGNORECASE), aadhaar.is_valid),
    (re.compile(r"(?<!\w)[A-Z]{5}\d{4}[A-Z](?!\w)"), pan.is_valid),
    (re.compile(r"(?<!\w)\d{8}-?[A-Za-z](?!\w)"), dni.is_valid),
    (re.compile(r"(?<!\w)[XYZxyz]-?\d{7}-?[A-Za-z](?!\w)"), nie.is_valid),
    (re.compile(r"(?<!\w)[A-Z]{4}\d{6}[A-Z]{6}[A-Z0-9]\d(?!\w)"), curp.is_valid),
    (re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"), ssn.is_valid),
    (re.compile(r"(?<!\w)\d{9}[VvXx](?!\w)"), lambda number: _is_a_day(int(number[2:5]))),
    (
        re.compile(rf"(?:{_NIC_WORDS})[^\d\n]{{0,20}}(?P<number>(?:19[2-9]|20[0-2])\d{{9}})(?!\w)", re.IGNORECASE),
        lambda number: _is_a_day(int(number[4:7])),
    ),
)
_ENOUGH_DIGITS = re.compile(r"\d{4}")
"""What all of them have, and few other texts."""


def papers(text: str) -> Generator[Found]:
    """Yield the identity numbers in a folded text."""
    if not _ENOUGH_DIGITS.search(text):
        return
    for form, is_valid in FORMS:
        name = "number" if "number" in form.groupindex else 0
        for match in form.finditer(text):
            if is_valid(match[name]):
                yield Found(kind=Kind.NATIONAL_ID, start=match.start(name), end=match.end(name))


def _is_a_day(day: int) -> bool:
    """Say whether a Sri Lankan number names a day of the year as they do: 500 more for women."""
    return 1 <= day % 500 <= 366  # noqa: PLR2004
