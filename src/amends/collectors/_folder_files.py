"""The files in a watched folder: which there are, which are refused, and how one is known again when it is replaced or renamed."""

import hashlib
import os
import re
import stat
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from amends.core import reading
from amends.core.errors import QueryRefused
from amends.core.network_words import Said
from amends.core.ports import Json
from amends.core.translating import N_

MOST_FILES = 1000
PRINTED = 4096
NAME = re.compile(r"\w[\w .,()+@=-]{0,150}\.(csv|jsonl|ndjson)", re.IGNORECASE)
BEING_WRITTEN = re.compile(r"\..*|.*(~|\.part|\.tmp|\.crdownload)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A file that may be read; `changed` is when it was last written to, in seconds since 1970."""

    name: str
    size: int
    changed: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """How far a file is read: `offset` bytes, `line` lines, and the fingerprint of what lies before; how many rows were `refused`."""

    offset: int = 0
    line: int = 0
    print: str = ""
    refused: int = 0
    last: str = ""

    def kept(self) -> dict[str, Json]:
        """Return the place as it stands in the cursor."""
        return {"offset": self.offset, "line": self.line, "print": self.print, "refused": self.refused, "last": self.last}


def place_of(kept: object) -> Place:
    """Return the place that a cursor holds."""
    told = reading.mapping(kept)
    return Place(
        offset=reading.whole(told.get("offset")) or 0,
        line=reading.whole(told.get("line")) or 0,
        print=reading.text(told.get("print")),
        refused=reading.whole(told.get("refused")) or 0,
        last=reading.text(told.get("last")),
    )


def files_in(folder: str) -> tuple[list[Found], list[str]]:
    """Return the files of the folder, the longest unchanged first, and a line for each that is refused."""
    if not Path(folder).is_absolute():
        raise QueryRefused(Said.WHOLE_PATH, given=folder[:80])
    try:
        with os.scandir(folder) as entries:
            seen = sorted((entry for entry in entries if not BEING_WRITTEN.fullmatch(entry.name)), key=lambda entry: entry.name)
        if len(seen) > MOST_FILES:
            raise QueryRefused(Said.TOO_MANY_FILES, n=len(seen), folder=folder, most=MOST_FILES)
        refused = {entry.name: why for entry in seen if (why := _why_not(entry))}
        found = [_found(entry) for entry in seen if entry.name not in refused]
    except OSError as error:
        raise QueryRefused(Said.FOLDER_UNREADABLE, folder=folder, what=str(error.strerror)) from error
    lines = [Said.FILE % {"name": _shown(name), "why": why} for name, why in refused.items()]
    return sorted(found, key=lambda file: (file.changed, file.name)), lines


def _found(entry: "os.DirEntry[str]") -> Found:
    told = entry.stat(follow_symlinks=False)
    return Found(name=entry.name, size=told.st_size, changed=told.st_mtime)


def _why_not(entry: "os.DirEntry[str]") -> str:
    if entry.is_symlink():
        return N_("it is a link, and links are not followed")
    if not entry.is_file(follow_symlinks=False):
        return N_("it is not a file, and folders in the folder are not read")
    if not NAME.fullmatch(entry.name):
        return N_("its name does not end in .csv, .jsonl or .ndjson, or has odd characters")
    return ""


def _shown(name: str) -> str:
    return ascii(name)[1:-1][:100]


@contextmanager
def opened(folder: str, name: str) -> Generator[BinaryIO]:
    """Yield the file; OSError where it is gone, or something else than a file by now."""
    descriptor = os.open(Path(folder) / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor, so that nothing is put in its place meanwhile
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(N_("it is not a file, and folders in the folder are not read"))
        yield file


def print_of(file: BinaryIO, offset: int) -> str:
    """Return a fingerprint of what lies before `offset`: its first and its last bytes."""
    digest = hashlib.sha256()
    for start in (0, max(0, offset - PRINTED)):
        file.seek(start)
        digest.update(file.read(min(PRINTED, offset - start)))
    return digest.hexdigest()[:32]


def still_there(file: BinaryIO, place: Place) -> bool:
    """Tell whether the file is the one that was read up to `place`, with perhaps more behind it."""
    return os.fstat(file.fileno()).st_size >= place.offset and print_of(file, place.offset) == place.print


def moved(folder: str, names: Sequence[str], places: Mapping[str, Place]) -> dict[str, Place]:
    """Return the places by the names that the files have now: one that was renamed goes on where it was, one that is gone is forgotten."""
    kept = {name: places[name] for name in names if name in places}
    new = [name for name in names if name not in places]
    lost = [place for name, place in places.items() if new and place.offset and not (name in kept and _is(folder, name, place))]
    for name in new:
        same = next((place for place in lost if _is(folder, name, place)), None)
        if same:
            kept[name] = same
    return kept


def _is(folder: str, name: str, place: Place) -> bool:
    """Tell whether the file of this name is the one that was read up to `place`; one that cannot be opened is not."""
    try:
        with opened(folder, name) as file:
            return still_there(file, place)
    except OSError:
        return False
