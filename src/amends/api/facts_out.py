"""The raw facts as a file, streamed a page at a time, each page from a transaction of its own; pages and REST share it."""

import csv
import json
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import asdict, fields
from enum import StrEnum
from io import StringIO

from fastapi.responses import StreamingResponse

from amends.api.facts_parquet import as_parquet, check_parquet
from amends.core.database import Pool
from amends.inbox.actions import facts
from amends.inbox.rules.export_files import harmless
from amends.inbox.store import fact_export
from amends.inbox.store.fact_export import Fact
from amends.inbox.store.numbers import Asked

BATCH = 2_000


class FactsFormat(StrEnum):
    """As which file the facts leave."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


def facts_file(pool: Pool, asked: Asked, kind: FactsFormat) -> StreamingResponse:
    """Return the facts of the episodes begun in a span as a file."""
    if kind is FactsFormat.PARQUET:
        check_parquet()
    with pool.transaction() as conn:
        facts.freshen(conn)
    media_type, written = _FORMATS[kind]
    named = {"Content-Disposition": f'attachment; filename="facts.{kind}"'}
    return StreamingResponse(written(_batches(pool, asked)), media_type=media_type, headers=named)


def _batches(pool: Pool, asked: Asked) -> Generator[list[Fact]]:
    after: Fact | None = None
    while True:
        with pool.transaction() as conn:
            found = fact_export.page(conn, asked.period, asked.query, asked.asker, after=after, limit=BATCH)
        if found:
            yield found
        if len(found) < BATCH:
            return
        after = found[-1]


def as_csv(batches: Iterable[list[Fact]]) -> Generator[str]:
    """Yield facts as CSV with a header; a cell that a spreadsheet would run as a formula begins with an apostrophe."""
    yield _lines([[field.name for field in fields(Fact)]])
    for rows in batches:
        yield _lines([_cell(value) for value in _plain(row).values()] for row in rows)


def as_jsonl(batches: Iterable[list[Fact]]) -> Generator[str]:
    """Yield facts as JSON, one a line."""
    for rows in batches:
        yield "".join(json.dumps(_plain(row), ensure_ascii=False) + "\n" for row in rows)


def _plain(row: Fact) -> dict[str, object]:
    at = {"published_at": row.published_at.isoformat(), "resolved_at": row.resolved_at.isoformat() if row.resolved_at else None}
    return {**asdict(row), **at, "topics": "; ".join(row.topics)}


def _cell(value: object) -> str:
    return harmless("" if value is None else str(value))


def _lines(rows: Iterable[list[str]]) -> str:
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


_FORMATS: Mapping[FactsFormat, tuple[str, Callable[[Iterable[list[Fact]]], Generator[str] | Generator[bytes]]]] = {
    FactsFormat.CSV: ("text/csv; charset=utf-8", as_csv),
    FactsFormat.JSONL: ("application/x-ndjson", as_jsonl),
    FactsFormat.PARQUET: ("application/vnd.apache.parquet", as_parquet),
}
