"""The lines of a file, counted, one at a time, with a way back: what a broken quotation mark has swallowed can be read again."""

from collections import deque
from collections.abc import Iterator
from typing import TextIO

from typing_extensions import override

LONGEST_LINE = 2_000_000


class LineTooLong(Exception):
    """A line has more characters than any post has; it was skipped without being kept in memory."""


class Lines(Iterator[str]):
    """Physical lines with their line ends; `number` is that of the line returned last, beginning with 1."""

    def __init__(self, file: TextIO) -> None:
        self.number = 0
        self._file = file
        self._again: deque[str | None] = deque()
        self._since_mark: list[str | None] = []

    @override
    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        self.number += 1
        self._since_mark.append(line)
        if line is None:
            raise LineTooLong
        return line

    def mark(self) -> None:
        """Remember this place: a record begins here."""
        self._since_mark.clear()

    @property
    def begun(self) -> str:
        """Return the first line after the mark; empty where there is none, or it was too long."""
        return (self._since_mark[0] or "") if self._since_mark else ""

    def back(self, *, keep: int = 0) -> None:
        """Go back to the mark, though not past the first `keep` lines after it."""
        returned = self._since_mark[keep:]
        self._again.extendleft(reversed(returned))
        self.number -= len(returned)
        self._since_mark.clear()

    def _read(self) -> str | None:
        """Return the next line, None for one that is too long."""
        line = self._file.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) < LONGEST_LINE or line.endswith(("\n", "\r")):
            return line
        while (rest := self._file.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
            pass
        return None
