"""Importing holds for any file: what a spreadsheet writes comes back as it was, and no bytes break it."""

import csv
import io
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from amends.cli.importing.importer import Asked, import_file
from amends.cli.importing.report import Report
from amends.core.errors import Refused
from amends.core.rows.posts import RowDefaults

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEADER = ["author_handle", "text", "published_at"]
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)


def read(content: bytes) -> tuple[Report, list[str]]:
    texts: list[str] = []

    def store(posts: Any) -> int:
        texts.extend(post.text for post in posts)
        return len(posts)

    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        asked = Asked(mapping={}, defaults=RowDefaults(network="import"), encoding=None, now=NOW)
        return import_file(Path(file.name), asked, store=store, progress=lambda _done, _size: None), texts


@settings(max_examples=150, deadline=None)
@given(
    st.lists(WORDS, min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_a_spreadsheet_writes_comes_back_as_it_was(texts: list[str], delimiter: str, encoding: str, quoting: Any) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting)
    writer.writerow(HEADER)
    writer.writerows([["cy", text, "2026-03-01T08:00:00Z"] for text in texts])
    report, got = read(file.getvalue().encode(encoding))
    assert got == texts
    assert report.refused == 0


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from([*HEADER, "external_id", "followers"]), st.none() | st.integers() | st.floats() | WORDS)))
def test_every_json_object_is_a_post_or_a_refusal(rows: list[dict[str, object]]) -> None:
    content = "".join(json.dumps(row) + "\n" for row in rows)
    if content:
        report, got = read(content.encode())
        assert report.read == len(rows) == len(got) + report.refused


@settings(max_examples=300, deadline=None)
@given(st.binary(min_size=1, max_size=300), st.booleans())
def test_no_bytes_break_it(noise: bytes, under_a_header: bool) -> None:
    good = b"cy,fine,2026-03-01T08:00:00Z\n"
    content = b"author_handle,text,published_at\n" + good + noise.replace(b"\r", b"") + b"\n" + good if under_a_header else noise
    try:
        report, got = read(content)
    except Refused:
        assert not under_a_header
    else:
        assert report.read == len(got) + report.refused
        assert not under_a_header or got[0] == "fine"
