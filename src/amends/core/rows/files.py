"""Opens a file to import, whatever wrote it: gzip or not, UTF-8 with or without a byte order mark, UTF-16, or a named encoding."""

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from amends.core.errors import Refused
from amends.core.rows.lines import Lines
from amends.core.rows.wrong import Wrong

HEAD = 4096
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
DAMAGED = (EOFError, OSError, zlib.error, UnicodeError)
"""What reading raises where the file is not what it seemed."""

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A file being read; `position()` of `size` bytes on disk are done, `first` is its first character that is not a space."""

    lines: Lines
    size: int
    position: Callable[[], int]
    first: str


@contextmanager
def opened(path: Path, *, encoding: str | None) -> Generator[Opened]:
    """Yield the file for reading; `Refused` where it cannot hold posts at all."""
    with path.open("rb") as disk:
        stream = unpacked(disk)
        head = head_of(stream)
        name = _known(encoding) if encoding else encoding_of(head)
        text = io.TextIOWrapper(stream, encoding=name, errors=_on_error(name), newline="")
        shown = head.decode(name, errors="replace").lstrip("\ufeff \t\r\n")
        yield Opened(lines=Lines(text), size=path.stat().st_size, position=disk.tell, first=shown[:1])


def head_of(stream: io.BufferedReader) -> bytes:
    """Return the first bytes without taking them; `Refused` where they cannot be unpacked."""
    try:
        return stream.peek(HEAD)[:HEAD]
    except DAMAGED as error:
        raise Refused(Wrong.DAMAGED, what=str(error)) from error


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise Refused(Wrong.NO_ENCODING, name=encoding) from error


def encoding_of(head: bytes) -> str:
    """Return the encoding that the first bytes show: by the byte order mark, else by where the zero bytes of plain letters lie."""
    marked = next((name for mark, name in MARKS if head.startswith(mark)), None)
    if marked:
        return marked
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if max(odd, even) > len(head) * 0.2:
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8"


def _on_error(encoding: str) -> str:
    """Let wrong bytes of an 8-bit encoding through as half surrogates, so that their row, and only it, is refused."""
    return "replace" if "16" in encoding or "32" in encoding else "surrogateescape"


def unpacked(disk: BinaryIO) -> io.BufferedReader:
    """Return the bytes of a file, unpacked where it is gzip; `Refused` where it is an archive or empty."""
    start = disk.read(4)
    disk.seek(0)
    if start == ZIP:
        raise Refused(Wrong.ARCHIVE)
    if not start:
        raise Refused(Wrong.EMPTY)
    packed = gzip.GzipFile(fileobj=disk) if start.startswith(GZIP) else disk
    return io.BufferedReader(packed, 1 << 16)  # pyright: ignore[reportArgumentType] - both read bytes
