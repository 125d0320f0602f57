"""Reads a file that still grows, a stretch at a time: whole rows only, and where the next stretch begins.

Place in the path: bytes of a file -> here -> rows -> `core/rows/posts` -> `Post`. Nothing here opens a file.
"""

import codecs
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from amends.core.errors import Refused
from amends.core.rows.files import GZIP, ZIP, encoding_of
from amends.core.rows.lines import Lines
from amends.core.rows.records import Header, Refusal, Row, csv_header, csv_rows_under, json_rows
from amends.core.rows.wrong import Wrong

ENCODINGS_OF_ONE_WIDTH = ("utf-8", "ascii", "cp", "iso8859", "koi8", "mac")
LF = b"\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What the first bytes of a file tell: its encoding, the header of a CSV file (None: JSON Lines), and where its rows begin."""

    encoding: str
    header: Header | None
    start: int
    lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Rows of a file, and how many bytes and lines they take."""

    rows: tuple[Row | Refusal, ...]
    size: int
    lines: int


def shape_of(head: bytes, *, mapping: Mapping[str, str], encoding: str = "") -> Shape | None:
    """Return the shape of the file that begins with `head`; None where its first line is not written to its end yet.

    `Refused` where it is no CSV or JSON Lines file that can be read while it grows.
    """
    if head.startswith((GZIP, ZIP)):
        raise Refused(Wrong.PACKED)
    if LF not in head:
        return None
    name = _encoding(encoding) if encoding else encoding_of(head).removesuffix("-sig")
    if not name.startswith(ENCODINGS_OF_ONE_WIDTH):
        raise Refused(Wrong.ENCODED, name=name)
    mark = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    text = _text(head[mark : head.rindex(LF) + 1], name)
    first = text.lstrip()[:1]
    if first == "[":
        raise Refused(Wrong.ONE_ARRAY)
    if first in {"{", ""}:
        return Shape(encoding=name, header=None, start=mark, lines=0) if first else None
    lines = Lines(io.StringIO(text, newline=""))
    header = csv_header(lines, mapping=mapping)
    return Shape(encoding=name, header=header, start=mark + _size(text, lines.number, name), lines=lines.number)


def read_stretch(shape: Shape, body: bytes, *, mapping: Mapping[str, str], most: int, whole: bool) -> Stretch:
    """Return at most `most` rows from the beginning of `body`, which begins with a row.

    `whole` says that nothing more will be written, or that more would not fit into one row: then a half-written row is a row too.
    """
    text = _text(body if whole else body[: body.rfind(LF) + 1], shape.encoding)
    lines = Lines(io.StringIO(text, newline=""))
    rows: list[Row | Refusal] = []
    done = 0
    for row in _rows(shape, lines, mapping):
        if isinstance(row, Refusal) and row.unfinished and not whole:
            break
        rows.append(row)
        done = lines.number
        if len(rows) == most:
            break
    else:
        done = lines.number
    return Stretch(rows=tuple(rows), size=_size(text, done, shape.encoding), lines=done)


def _rows(shape: Shape, lines: Lines, mapping: Mapping[str, str]) -> Iterator[Row | Refusal]:
    return csv_rows_under(shape.header, lines) if shape.header else json_rows(lines, mapping=mapping)


def _encoding(given: str) -> str:
    try:
        return codecs.lookup(given).name
    except LookupError as error:
        raise Refused(Wrong.NO_ENCODING, name=given) from error


def _text(content: bytes, encoding: str) -> str:
    """Return the text; wrong bytes come through as half surrogates, so that their row, and only it, is refused."""
    return content.decode(encoding, "surrogateescape")


def _size(text: str, lines: int, encoding: str) -> int:
    """Return how many bytes the first `lines` lines take."""
    found = io.StringIO(text, newline="").readlines()[:lines]
    return len("".join(found).encode(encoding, "surrogateescape"))
