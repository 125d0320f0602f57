"""The raw facts as Parquet, with typed columns. The package pyarrow is optional: where it is absent, we say what to install.

A Parquet file ends with its table of contents, so it is written to the disk first, a group of rows at a time, and sent then.
"""

from collections.abc import Generator, Iterable
from dataclasses import asdict
from importlib.util import find_spec
from tempfile import TemporaryFile
from typing import Any

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.store.fact_export import Fact

CHUNK = 1 << 16
_MOMENTS = ("published_at", "resolved_at")
_TEXTS = ("network", "brand", "source", "team", "language", "mood", "promise", "after_7", "after_30")
_WHOLE = (
    *("episode_id", "case_id", "number", "first_answer", "next_answer", "ending", "seen", "triaged", "handled"),
    *("first_business", "next_business", "ending_business", "csat"),
)


def check_parquet() -> None:
    """Raise `Refused` where Parquet cannot be written here."""
    if find_spec("pyarrow") is None:
        raise Refused(_("Parquet needs the package pyarrow: install Amends with its extra “parquet”. CSV and JSONL need nothing more."))


def as_parquet(batches: Iterable[list[Fact]]) -> Generator[bytes]:
    """Yield facts as one Parquet file: moments in UTC, lengths in whole seconds, topics as a list."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    arrow: Any = pa
    written: Any = parquet
    schema = _schema(arrow)
    with TemporaryFile() as file:
        with written.ParquetWriter(file, schema, compression="zstd") as writer:
            for rows in batches:
                writer.write_table(arrow.Table.from_pylist([asdict(row) for row in rows], schema=schema))
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _schema(arrow: Any) -> Any:
    types = dict.fromkeys(_MOMENTS, arrow.timestamp("us", tz="UTC")) | dict.fromkeys(_TEXTS, arrow.string())
    types |= dict.fromkeys(_WHOLE, arrow.int64()) | {"topics": arrow.list_(arrow.string())}
    return arrow.schema([(name, types[name]) for name in Fact.__dataclass_fields__])
