"""Files as people, spreadsheets and broken programs write them: every good row is read, every bad one named by its line."""

import csv
import gzip
import io
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from amends.cli.importing.importer import Asked, import_file
from amends.cli.importing.report import Report
from amends.core.errors import Refused
from amends.core.post import Post
from amends.core.rows import lines
from amends.core.rows.posts import RowDefaults

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEADER = ["author_handle", "text", "published_at"]
WHEN = "2026-03-01T08:00:00Z"


class Imported:
    """What an import of `content` gave."""

    def __init__(self, folder: Path, content: bytes, *, name: str = "posts.csv", encoding: str | None = None, **mapping: str) -> None:
        path = folder / name
        path.write_bytes(content)
        self.batches: list[int] = []
        self.posts: list[Post] = []
        asked = Asked(mapping=mapping, defaults=RowDefaults(network="import"), encoding=encoding, now=NOW)
        self.report: Report = import_file(path, asked, store=self._store, progress=lambda _done, _size: None)

    def _store(self, posts: Any) -> int:
        self.batches.append(len(posts))
        self.posts.extend(posts)
        return len(posts)

    @property
    def texts(self) -> list[str]:
        return [post.text for post in self.posts]

    @property
    def refused(self) -> list[int]:
        return [refusal.line for refusal in self.report.refusals]


def as_csv(*texts: str, **dialect: Any) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, **dialect)
    writer.writerow(HEADER)
    writer.writerows([["cy", text, WHEN] for text in texts])
    return file.getvalue()


def as_jsonl(*texts: str) -> str:
    return "".join(json.dumps(dict(zip(HEADER, ("cy", text, WHEN), strict=True))) + "\n" for text in texts)


TEXTS = ("plain", 'with "quotes"; and, marks', "two\nlines\r\nand three", "සිංහල አማርኛ தமிழ் 😡")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_usual_dialect_and_encoding_is_seen_by_itself(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = as_csv(*TEXTS, delimiter=delimiter)
    assert Imported(tmp_path, text.encode(encoding)).texts == list(TEXTS)


def test_excels_separator_line_is_understood(tmp_path: Path) -> None:
    assert Imported(tmp_path, ("sep=;\r\n" + as_csv(*TEXTS, delimiter=";")).encode("utf-16")).texts == list(TEXTS)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(tmp_path: Path, ending: str) -> None:
    assert Imported(tmp_path, as_csv("one", "two", lineterminator=ending).encode()).texts == ["one", "two"]


def test_a_named_encoding_is_used(tmp_path: Path) -> None:
    assert Imported(tmp_path, as_csv("café").encode("cp1252"), encoding="cp1252").texts == ["café"]


def test_a_gzipped_file_is_unpacked(tmp_path: Path) -> None:
    assert Imported(tmp_path, gzip.compress(as_jsonl(*TEXTS).encode()), name="posts.jsonl.gz").texts == list(TEXTS)


def test_invalid_utf8_costs_its_row_and_no_other(tmp_path: Path) -> None:
    content = as_csv("before", "caf\N{LATIN SMALL LETTER E WITH ACUTE}", "after").encode().replace("é".encode(), b"\xe9")
    imported = Imported(tmp_path, content)
    assert imported.texts == ["before", "after"]
    assert imported.refused == [3]
    assert "0xE9" in imported.report.refusals[0].reason


@pytest.mark.parametrize("name", ["posts.csv", "posts.jsonl"])
def test_an_odd_row_names_its_line(tmp_path: Path, name: str) -> None:
    lines_of = (as_csv if name.endswith("csv") else as_jsonl)("one", "two").splitlines(keepends=True)
    broken = "cy,no time,\n" if name.endswith("csv") else '{"author_handle": "cy"}\n'
    imported = Imported(tmp_path, "".join([*lines_of[:-1], broken, lines_of[-1]]).encode(), name=name)
    assert imported.texts == ["one", "two"]
    assert imported.refused == [len(lines_of)]


def test_a_quotation_mark_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    content = as_csv("one") + 'cy,"never closed,' + WHEN + "\n" + as_csv(*[f"row {number}" for number in range(2000)]).split("\n", 1)[1]
    imported = Imported(tmp_path, content.encode())
    assert imported.refused == [3]
    assert len(imported.texts) == 2001


def test_line_numbers_count_lines_and_not_rows(tmp_path: Path) -> None:
    content = as_csv("one\nwith\nfour\nlines") + "cy,bad,never\n"
    assert Imported(tmp_path, content.encode()).refused == [6]


def test_too_many_values_are_refused_and_empty_ones_forgiven(tmp_path: Path) -> None:
    content = f"author_handle,text,published_at\ncy,fine,{WHEN},,,\ncy,not fine,{WHEN},what is this\n"
    imported = Imported(tmp_path, content.encode())
    assert imported.texts == ["fine"]
    assert imported.refused == [3]


def test_an_endless_line_costs_itself_and_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    with path.open("w") as file:
        file.write(as_jsonl("before"))
        for _ in range(30):
            file.write("x" * 1_000_000)
        file.write("\n" + as_jsonl("after"))
    tracemalloc.start()
    imported = _read(path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert imported == (["before", "after"], [2])
    assert peak < 12 * lines.LONGEST_LINE


def _read(path: Path) -> tuple[list[str], list[int]]:
    texts: list[str] = []

    def store(posts: Any) -> int:
        texts.extend(post.text for post in posts)
        return len(posts)

    asked = Asked(mapping={}, defaults=RowDefaults(network="import"), encoding=None, now=NOW)
    report = import_file(path, asked, store=store, progress=lambda _done, _size: None)
    return texts, [refusal.line for refusal in report.refusals]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks: list[int] = []
    for rows in (1_000, 5_000):
        path = tmp_path / f"{rows}.csv"
        path.write_text(as_csv(*(f"row {number} " + "x" * 200 for number in range(rows))))
        asked = Asked(mapping={}, defaults=RowDefaults(network="import"), encoding=None, now=NOW)
        tracemalloc.start()
        import_file(path, asked, store=len, progress=lambda _done, _size: None)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def test_posts_are_stored_five_hundred_at_a_time(tmp_path: Path) -> None:
    assert Imported(tmp_path, as_jsonl(*(str(number) for number in range(1201))).encode()).batches == [500, 500, 201]


def test_a_packed_file_that_breaks_off_keeps_what_came_before_and_says_so(tmp_path: Path) -> None:
    packed = gzip.compress(as_jsonl(*(f"{number} {number * 7919}" for number in range(3000))).encode())
    imported = Imported(tmp_path, packed[: len(packed) // 2])
    assert 500 < len(imported.posts) < 3000
    assert "breaks off" in imported.report.broken


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 a workbook", "spreadsheet"),
        (b'[{"text": "one"}]', "JSON array"),
        (b"just words\nmore words\n", "no column for author_handle, text, published_at"),
        (b"author_handle,text\ncy,hello\n", "no column for published_at"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8, "header|column"),
    ],
)
def test_a_file_that_holds_no_posts_is_refused_as_a_whole(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        Imported(tmp_path, content)


def test_columns_may_be_named_on_the_command_line(tmp_path: Path) -> None:
    content = f"Kunde;Text;Wann\ncy;Koffer weg!;{WHEN}\n"
    imported = Imported(tmp_path, content.encode(), Kunde="author_handle", Wann="published_at")
    assert imported.texts == ["Koffer weg!"]


def test_only_the_first_hundred_refusals_are_listed_and_all_are_counted(tmp_path: Path) -> None:
    imported = Imported(tmp_path, (as_csv() + "cy,bad,never\n" * 250).encode())
    assert (imported.report.refused, len(imported.report.refusals)) == (250, 100)
    assert imported.report.sentences(dry_run=False)[-1] == "  … and 150 more"
