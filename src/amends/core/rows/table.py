"""A file of people as a table, whatever wrote it: CSV in any dialect and encoding, JSON Lines, vCard 2.1 to 4.

Place in the path: a file -> here -> columns with names, rows of cells -> `inbox/rules/import_columns` says what they mean. Memory does not
grow with the file.
"""

import codecs
import csv
import io
import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from amends.core.errors import Refused
from amends.core.rows.files import DAMAGED, encoding_of, head_of, unpacked
from amends.core.rows.footers import without_footer
from amends.core.rows.lines import Lines, LineTooLong
from amends.core.rows.records import LONGEST_FIELD, SEPARATOR_LINE, Record, Refusal, as_text, not_utf8, records_of
from amends.core.rows.titles import IsName, divider, without_titles
from amends.core.rows.vcards import COLUMNS as CARD_COLUMNS
from amends.core.rows.vcards import cards_of
from amends.core.rows.wrong import Wrong
from amends.core.translating import _
from amends.core.written import number

MOST_UNPACKED = 1_000_000_000
MOST_COLUMNS = 500
PIECE = 1 << 20
WESTERN = "cp1252"
NOT_TEXT = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\xd0\xcf\x11\xe0": "Excel 97",
    b"GIF8": "GIF",
    b"SQLite": "SQLite",
}
LEAST_CONTROL = 0.1


class FileKind(StrEnum):
    """How the people are written down."""

    CSV = "csv"
    JSONL = "jsonl"
    VCARD = "vcard"


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """What lies in the file. `rows` are read as they are asked for; `notes` (complete at the end) say what was left out, and how often."""

    kind: FileKind
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    rows: Iterator[Record | Refusal]
    notes: dict[str, int] = field(default_factory=dict[str, int])


@contextmanager
def table_of(path: Path, *, is_name: IsName, encoding: str = "", most: int = MOST_UNPACKED) -> Generator[Table]:
    """Yield the file as a table; `Refused` where it can hold no people at all, or unpacks to more than `most` bytes.

    `encoding` is for where it cannot be seen; what `is_name` knows tells a header from the lines above it.
    """
    with path.open("rb") as disk:
        _check_is_text(disk.read(4096))
    name = _known(encoding) if encoding else _seen(path)
    first = _first(path, name)
    try:
        with _text(path, name, most) as text:
            yield _csv(name, text, is_name) if (kind := _kind_of(first)) is FileKind.CSV else _READERS[kind](path, name, text)
    except DAMAGED as error:
        raise Refused(_("The file breaks off or is damaged (%(error)s).") % {"error": error}) from error


def _check_is_text(head: bytes) -> None:
    wrong = next((name for mark, name in NOT_TEXT.items() if head.startswith(mark)), "")
    if wrong:
        raise Refused(_("This is a %(kind)s file; export it as CSV in UTF-8, JSON Lines or vCard and import that.") % {"kind": wrong})
    is_marked_or_packed = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"\x1f\x8b")) or encoding_of(head) != "utf-8"
    control = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1a" for byte in head)  # noqa: PLR2004
    if not is_marked_or_packed and control > len(head) * LEAST_CONTROL:
        raise Refused(_("This is no text; export it as CSV in UTF-8, JSON Lines or vCard and import that."))


@contextmanager
def _text(path: Path, encoding: str, most: int = MOST_UNPACKED) -> Generator[TextIO]:
    with path.open("rb") as disk:
        errors = "surrogateescape" if encoding in {"utf-8", "utf-8-sig"} else "replace"
        bounded = io.BufferedReader(_Bounded(unpacked(disk), most), 1 << 16)  # pyright: ignore[reportArgumentType] - it reads bytes
        yield io.TextIOWrapper(bounded, encoding=encoding, errors=errors, newline="")


class _Bounded(io.RawIOBase):
    """Passes bytes on, and refuses a file that unpacks to more than any list of people has."""

    def __init__(self, inner: io.BufferedReader, most: int) -> None:
        super().__init__()
        self._inner = inner
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        got = self._inner.readinto1(buffer)
        self._left -= got
        if self._left < 0:
            raise Refused(_("The file unpacks to more than a gigabyte; it is refused. Split it."))
        return got


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise Refused(_("There is no encoding %(name)s; names are like cp1252.") % {"name": encoding}) from error


def _seen(path: Path) -> str:
    """Return the encoding: by its mark, by where zero bytes lie, else UTF-8 where most of what is no ASCII is that, else Windows-1252."""
    with path.open("rb") as disk:
        stream = unpacked(disk)
        marked = encoding_of(head_of(stream))
        if marked != "utf-8":
            return marked
        right = wrong = 0
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        for piece in iter(lambda: stream.read(PIECE), b""):
            if not piece.isascii():
                text = decoder.decode(piece)
                broken = sum("\udc80" <= sign <= "\udcff" for sign in text if sign > "\x7f")
                wrong, right = wrong + broken, right + sum(sign > "\x7f" for sign in text) - broken
    return WESTERN if wrong > right else "utf-8"


def _first(path: Path, encoding: str) -> str:
    with _text(path, encoding) as text:
        return text.read(4096).lstrip("\ufeff \t\r\n")


def _kind_of(first: str) -> FileKind:
    if not first:
        raise Refused(_("The file is empty."))
    if first.startswith("["):
        raise Refused(_("This is one JSON array; write one object per line (JSON Lines) instead."))
    if first.startswith("{"):
        return FileKind.JSONL
    return FileKind.VCARD if first[:11].upper() == "BEGIN:VCARD" else FileKind.CSV


def _csv(encoding: str, text: TextIO, is_name: IsName) -> Table:
    csv.field_size_limit(LONGEST_FIELD)
    lines = Lines(text)
    delimiter = _told(lines) or divider(lines, is_name)
    notes: dict[str, int] = {}
    records = without_titles(records_of(lines, delimiter), notes, is_name)
    header = next(records, None)
    if not isinstance(header, Record):
        raise Refused(_("The first line is no header with the names of the columns."))
    columns = unique([name.lstrip("\ufeff") for name in header.cells])
    rows = _whole(without_footer(records, notes), len(columns))
    return Table(kind=FileKind.CSV, encoding=encoding, delimiter=delimiter, columns=columns, rows=rows, notes=notes)


def _told(lines: Lines) -> str:
    """Return what divides the columns where Excel's line `sep=;` says it, which is then taken."""
    lines.mark()
    try:
        first = next((line for line in lines if line.strip()), "")
    except LineTooLong as error:
        raise Refused(_("The first line is no header with the names of the columns.")) from error
    told = SEPARATOR_LINE.match(first.lstrip("\ufeff").strip('"'))
    if told is None:
        lines.back()
    return told[1] if told else ""


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of columns, each once: what stands there twice is numbered, what is empty is called by its place."""
    if len(names) > MOST_COLUMNS:
        raise Refused(_("The file has %(n)s columns; that is too many.") % {"n": number(len(names))})
    found: dict[str, None] = {}
    for place, name in enumerate(names, start=1):
        plain = " ".join(name.replace("\0", "").split())[:200] or f"#{place}"
        again = sum(one == plain or one.startswith(f"{plain} (") for one in found)
        found[f"{plain} ({again + 1})" if again else plain] = None
    return tuple(found)


def _whole(records: Iterator[Record | Refusal], width: int) -> Generator[Record | Refusal]:
    for record in records:
        yield record if isinstance(record, Refusal) else _fitted(record, width)


def _fitted(record: Record, width: int) -> Record | Refusal:
    cells = record.cells
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        return Refusal(line=record.line, reason=_(Wrong.WIDTH) % {"n": len(cells), "width": width}, cells=cells)
    line = "".join(cells)
    if not line.isascii() and (wrong := not_utf8(line)):
        return Refusal(line=record.line, reason=wrong, cells=cells)
    if "\0" in line:
        return Refusal(line=record.line, reason=_("a value holds a character that cannot be kept (NUL)"), cells=cells)
    return Record(line=record.line, cells=cells[:width] + [""] * (width - len(cells)))


def _jsonl(path: Path, encoding: str, text: TextIO) -> Table:
    """Return the table of JSON Lines; the names are gathered by a first look at the whole file."""
    with _text(path, encoding) as before:
        names = _names(before)
    return Table(kind=FileKind.JSONL, encoding=encoding, delimiter="", columns=unique(names), rows=_objects(Lines(text), names))


def _names(text: TextIO) -> list[str]:
    found: dict[str, None] = {}
    for _number, given in _lines_of_json(Lines(text)):
        if isinstance(given, dict) and len(found) <= MOST_COLUMNS:
            found |= dict.fromkeys(given)
    return list(found)


def _objects(lines: Lines, names: Sequence[str]) -> Generator[Record | Refusal]:
    for line, given in _lines_of_json(lines):
        if isinstance(given, Refusal):
            yield given
        else:
            yield _fitted(Record(line=line, cells=[_cell(given.get(name)) for name in names]), len(names))


def _lines_of_json(lines: Lines) -> Generator[tuple[int, dict[str, object] | Refusal]]:
    while True:
        lines.mark()
        try:
            line = next(lines)
        except StopIteration:
            return
        except LineTooLong:
            yield lines.number, Refusal(line=lines.number, reason=_("this line is far too long"))
        else:
            if line.strip("\ufeff \t\r\n"):
                yield lines.number, _json(line.lstrip("\ufeff"), lines.number)


def _json(line: str, number: int) -> dict[str, object] | Refusal:
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        return Refusal(line=number, reason=_(Wrong.NO_JSON))
    if not isinstance(found, dict):
        return Refusal(line=number, reason=_(Wrong.NO_OBJECT))
    return {str(name): value for name, value in found.items()}


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(as_text(one) for one in value)
    return as_text(value)


def _cards(_path: Path, encoding: str, text: TextIO) -> Table:
    notes: dict[str, int] = {}
    rows = _whole(cards_of(Lines(text), notes), len(CARD_COLUMNS))
    return Table(kind=FileKind.VCARD, encoding=encoding, delimiter="", columns=CARD_COLUMNS, rows=rows, notes=notes)


_READERS: dict[FileKind, Callable[[Path, str, TextIO], Table]] = {FileKind.JSONL: _jsonl, FileKind.VCARD: _cards}
