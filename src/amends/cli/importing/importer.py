"""Reads a file row by row and stores what it can, 500 posts a transaction; memory does not grow with the file."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from amends.cli.importing.report import Report
from amends.core.errors import Refused
from amends.core.post import Post
from amends.core.rows.files import DAMAGED, Opened, opened
from amends.core.rows.posts import RowDefaults, post_of
from amends.core.rows.records import Refusal, Row, rows_of

BATCH = 500

Store = Callable[[Sequence[Post]], int]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """How to read the file: columns by name, what rows leave out, and the encoding where it cannot be seen."""

    mapping: Mapping[str, str]
    defaults: RowDefaults
    encoding: str | None
    now: datetime


def import_file(path: Path, asked: Asked, *, store: Store, progress: Progress) -> Report:
    """Give the file's posts to `store` in batches, and report; `store` returns how many were new, and each call is one transaction.

    `Refused` where the file as a whole is not what it should be; what was stored by then stays, and a second import adds only the rest.
    """
    report = Report()
    with opened(path, encoding=asked.encoding) as file:
        progress(0, file.size)
        for batch in _batches(_posts(file, asked, report)):
            report.store(rows=len(batch), added=store(batch))
            progress(file.position(), file.size)
    return report


def _posts(file: Opened, asked: Asked, report: Report) -> Generator[Post]:
    for row in _whole(rows_of(file, mapping=asked.mapping), report):
        if isinstance(row, Refusal):
            report.refuse(row)
        elif isinstance(post := _post(row, asked), Refusal):
            report.refuse(post)
        else:
            yield post


def _post(row: Row, asked: Asked) -> Post | Refusal:
    try:
        return post_of(row.values, defaults=asked.defaults, now=asked.now)
    except Refused as error:
        return Refusal(line=row.line, reason=str(error))


def _whole(rows: Iterable[Row | Refusal], report: Report) -> Generator[Row | Refusal]:
    """Pass the rows on; a file that breaks off in the middle is one more refusal, after the rows before it."""
    last = 1
    try:
        for row in rows:
            last = row.line
            yield row
    except DAMAGED as error:
        report.broken = f"the file breaks off after line {last} ({error})"


def _batches(posts: Iterable[Post]) -> Generator[list[Post]]:
    batch: list[Post] = []
    for post in posts:
        batch.append(post)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
