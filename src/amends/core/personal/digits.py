"""Numbers as people write them: groups of digits with a space, hyphen, dot, slash or bracket between them."""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import accumulate

_GROUP = re.compile(r"(?<![A-Za-z_#@\d])\d+(?![A-Za-z_\d])")
_BETWEEN = re.compile(r"[ .()/-]{1,3}")
_ENDS = re.compile(r"[ /()]")
MOST_GROUPS = 7
LONGEST_ROW = 40
"""A longer row of groups is a table, not somebody's number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """Digits written at `text[start:end]`; `groups` are their lengths, `before` is where digits close by ended (None: there are none)."""

    digits: str
    start: int
    end: int
    groups: tuple[int, ...]
    before: int | None


def numbers(text: str, *, least: int, most: int) -> Generator[Number]:
    """Yield what may be one number of `least` to `most` digits: the longest first from each place where one may begin."""
    for row in _rows(text):
        for first in range(len(row)):
            before = row[first - 1].end() if first else None
            if before is None or _ENDS.search(text, before, row[first].start()):
                yield from _from(text, row[first : first + MOST_GROUPS + 1], before, range(least, most + 1))


def _rows(text: str) -> Generator[list[re.Match[str]]]:
    """Yield the groups that stand close to each other."""
    row: list[re.Match[str]] = []
    for group in _GROUP.finditer(text):
        if row and not _BETWEEN.fullmatch(text, row[-1].end(), group.start()):
            yield from _short(row)
            row = []
        row.append(group)
    yield from _short(row)


def _short(row: list[re.Match[str]]) -> Generator[list[re.Match[str]]]:
    if row and len(row) <= LONGEST_ROW:
        yield row


def _from(text: str, row: Sequence[re.Match[str]], before: int | None, allowed: range) -> Generator[Number]:
    lengths = [len(group.group()) for group in row]
    for last, total in reversed(list(enumerate(accumulate(lengths)))):
        at_end = last + 1 == len(row) or _ENDS.search(text, row[last].end(), row[last + 1].start())
        if total in allowed and last < MOST_GROUPS and at_end:
            digits = "".join(group.group() for group in row[: last + 1])
            yield Number(digits=digits, start=row[0].start(), end=row[last].end(), groups=tuple(lengths[: last + 1]), before=before)
