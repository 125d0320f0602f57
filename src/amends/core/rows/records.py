"""Turns lines into rows, as CSV in the usual dialects or as JSON Lines; a broken row is refused by its line number and costs no other."""

import csv
import json
import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field

from amends.core.errors import Refused
from amends.core.rows.files import Opened
from amends.core.rows.lines import LONGEST_LINE, Lines, LineTooLong
from amends.core.rows.posts import REQUIRED, columns_of
from amends.core.rows.wrong import Wrong
from amends.core.translating import _
from amends.core.written import number

DELIMITERS = (",", ";", "\t", "|")
SEPARATOR_LINE = re.compile(r"sep=(.)\s*\Z", re.IGNORECASE)
LONGEST_FIELD = 1_000_000
UNFINISHED = "unexpected end of data"
"""What the csv module says where the lines end inside quotation marks."""
INVALID = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row by our field names."""

    line: int
    values: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A row that was not taken, and why; `unfinished` where its end may only not have been written yet, `cells` where they are known."""

    line: int
    reason: str
    unfinished: bool = False
    cells: list[str] = field(default_factory=list[str])


def rows_of(file: Opened, *, mapping: Mapping[str, str]) -> Iterator[Row | Refusal]:
    """Return the rows of the file, lazily; `mapping` (column to field) says what odd columns mean."""
    if file.first == "[":
        raise Refused(Wrong.ONE_ARRAY)
    return json_rows(file.lines, mapping=mapping) if file.first == "{" else csv_rows(file.lines, mapping=mapping)


def json_rows(lines: Lines, *, mapping: Mapping[str, str]) -> Generator[Row | Refusal]:
    """Yield one row or refusal for each line that is not blank."""
    while True:
        lines.mark()
        try:
            line = next(lines)
        except StopIteration:
            return
        except LineTooLong:
            yield Refusal(line=lines.number, reason=_too_long())
        else:
            if line.strip():
                yield _json_row(line, lines.number, mapping)


def _json_row(line: str, number: int, mapping: Mapping[str, str]) -> Row | Refusal:
    if wrong := not_utf8(line):
        return Refusal(line=number, reason=wrong)
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        return Refusal(line=number, reason=_(Wrong.NO_JSON))
    if not isinstance(found, dict):
        return Refusal(line=number, reason=_(Wrong.NO_OBJECT))
    given = {str(name): as_text(value) for name, value in found.items()}
    columns = columns_of(list(given), mapping)
    return Row(line=number, values={field: given[column] for column, field in columns.items()})


def as_text(value: object) -> str:
    """Return a value of JSON as a cell holds it."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """The first record of a CSV file: the names of its columns, our field for each place that has one, and what divides them."""

    names: list[str]
    fields: Mapping[int, str]
    delimiter: str


def csv_rows(lines: Lines, *, mapping: Mapping[str, str]) -> Generator[Row | Refusal]:
    """Yield one row or refusal for each record under the header; `Refused` where the header lacks what every post needs."""
    yield from csv_rows_under(csv_header(lines, mapping=mapping), lines)


def csv_header(lines: Lines, *, mapping: Mapping[str, str]) -> Header:
    """Read the header, and no line more; `Refused` where there is none, or a column is missing that every post needs."""
    csv.field_size_limit(LONGEST_FIELD)
    delimiter = _delimiter(lines, mapping)
    first = next(records_of(lines, delimiter), None)
    if not isinstance(first, Record):
        raise Refused(Wrong.NO_HEADER)
    return Header(names=first.cells, fields=_columns(first.cells, mapping), delimiter=delimiter)


def csv_rows_under(header: Header, lines: Lines) -> Generator[Row | Refusal]:
    """Yield one row or refusal for each record of `lines`, which begin somewhere under their header."""
    csv.field_size_limit(LONGEST_FIELD)
    for record in records_of(lines, header.delimiter):
        yield record if isinstance(record, Refusal) else _csv_row(record, header)


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record of a CSV file: the line it begins in, and its cells as they stand."""

    line: int
    cells: list[str]


def records_of(lines: Lines, delimiter: str) -> Generator[Record | Refusal]:
    """Yield the records; after a broken one, reading goes on with the very next line."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.mark()
        start = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, LineTooLong) as error:
            begun = lines.begun.rstrip("\r\n")
            lines.back(keep=1)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            yield _broken(error, start, begun)
        else:
            if any(cell.strip() for cell in cells):
                yield Record(line=start, cells=cells)


def _broken(error: Exception, line: int, begun: str) -> Refusal:
    if isinstance(error, LineTooLong):
        return Refusal(line=line, reason=_too_long())
    unfinished = str(error) == UNFINISHED
    return Refusal(line=line, reason=_(Wrong.QUOTES), unfinished=unfinished, cells=[begun])


def _csv_row(record: Record, header: Header) -> Row | Refusal:
    extra = [cell for cell in record.cells[len(header.names) :] if cell.strip()]
    if extra:
        told = {"n": len(header.names) + len(extra), "width": len(header.names)}
        return Refusal(line=record.line, reason=_(Wrong.WIDTH) % told)
    if wrong := not_utf8("".join(record.cells)):
        return Refusal(line=record.line, reason=wrong)
    return Row(line=record.line, values={header.fields[place]: cell for place, cell in enumerate(record.cells) if place in header.fields})


def _columns(header: list[str], mapping: Mapping[str, str]) -> dict[int, str]:
    named = [name.lstrip("\ufeff").strip() for name in header]
    fields = columns_of(named, mapping)
    lacking = [field for field in REQUIRED if field not in fields.values()]
    if lacking:
        raise Refused(Wrong.NO_COLUMN, fields=", ".join(lacking), names=", ".join(named)[:300])
    return {place: fields[name] for place, name in enumerate(named) if name in fields and named.index(name) == place}


def _delimiter(lines: Lines, mapping: Mapping[str, str]) -> str:
    """Return what divides the columns: as Excel's line `sep=;` says, else what finds the most names that we know, else most columns."""
    lines.mark()
    first = next((line for line in lines if line.strip()), "")
    if told := SEPARATOR_LINE.match(first.lstrip("\ufeff").strip('"')):
        return told[1]
    lines.back()

    def fit(delimiter: str) -> tuple[int, int]:
        names = [name.strip().strip('"') for name in first.lstrip("\ufeff").split(delimiter)]
        return len(columns_of(names, mapping)), len(names)

    return max(DELIMITERS, key=fit)


def not_utf8(text: str) -> str:
    """Return which byte of the text is wrong, or nothing."""
    wrong = INVALID.search(text)
    if wrong is None:
        return ""
    told = {"byte": f"0x{ord(wrong[0]) - 0xDC00:02X}"}
    return _(Wrong.BYTE) % told


def _too_long() -> str:
    return _(Wrong.LONG_LINE) % {"n": number(LONGEST_LINE)}
