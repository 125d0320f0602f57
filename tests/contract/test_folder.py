"""A watched folder: each row once, however files grow, come, go and change their names."""

import json
import os
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from amends.collectors import folder
from amends.core.errors import QueryRefused, ReplyRefused, SettingsWrong
from amends.core.ports import Account, Cursor, Draft, Page
from amends.core.watching import Watch, WatchKind
from tests.contract.cases import NOW

HEADER = "author_handle,text,published_at\n"


def row(text: str) -> str:
    return f'cy,"{text}",2026-02-19T08:00:00Z\n'


@dataclass(kw_only=True)
class Visited:
    """A folder that is visited again and again; `texts` are the posts so far, `troubles` those of the last round."""

    path: Path
    options: dict[str, str] = field(default_factory=dict)
    cursor: Cursor | None = None
    texts: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    @property
    def account(self) -> Account:
        return Account(handle="exports", options=self.options)

    def write(self, name: str, text: str | bytes, *, mode: str = "wb", age: float = 0) -> None:
        with (self.path / name).open(mode) as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        moment = NOW.timestamp() - age
        os.utime(self.path / name, (moment, moment))

    def append(self, name: str, text: str, *, age: float = 0) -> None:
        self.write(name, text, mode="ab", age=age)

    def page(self, *, budget: int = 100) -> Page:
        page = folder.build(self.account, lambda: NOW).fetch(Watch(kind=WatchKind.FOLDER, query=str(self.path)), self.cursor, budget=budget)
        self.cursor = json.loads(json.dumps(page.cursor))
        self.texts += [post.text for post in page.posts]
        self.troubles += page.troubles
        assert len(page.posts) <= budget
        return page

    def read(self, *, budget: int = 100) -> list[str]:
        """Visit until nothing is left, and return what is new."""
        before = len(self.texts)
        self.troubles.clear()
        while self.page(budget=budget).more:
            pass
        return self.texts[before:]


@pytest.fixture
def visited(tmp_path: Path) -> Visited:
    return Visited(path=tmp_path)


def test_rows_are_read_once_and_what_is_appended_is_new(visited: Visited) -> None:
    visited.write("a.csv", HEADER + row("one") + row("two"))
    assert visited.read() == ["one", "two"]
    assert visited.read() == []
    visited.append("a.csv", row("three"))
    assert visited.read() == ["three"]


def test_json_lines_are_read_in_the_same_way(visited: Visited) -> None:
    line = json.dumps({"author_handle": "cy", "text": "one", "published_at": "2026-02-19T08:00:00Z", "id": "7"})
    visited.write("a.jsonl", "\ufeff" + line + "\n")
    visited.append("a.jsonl", line.replace("one", "two")[:20])
    assert visited.read() == ["one"]
    visited.append("a.jsonl", line.replace("one", "two")[20:] + "\n")
    assert visited.read() == ["two"]


def test_a_small_budget_reads_the_same_rows(visited: Visited) -> None:
    visited.write("a.csv", HEADER + "".join(row(f"{number}\nof many") for number in range(25)))
    assert visited.read(budget=4) == [f"{number}\nof many" for number in range(25)]


def test_a_half_written_line_waits_for_its_end(visited: Visited) -> None:
    visited.write("a.csv", HEADER + row("one") + 'cy,"two')
    assert visited.read() == ["one"]
    visited.append("a.csv", '\nand more",2026-02-19T08:00:00Z\n')
    assert visited.read() == ["two\nand more"]
    assert visited.troubles == []


def test_a_half_written_header_waits_too(visited: Visited) -> None:
    visited.write("a.csv", HEADER[:9])
    assert visited.read() == []
    visited.append("a.csv", HEADER[9:] + row("one"))
    assert visited.read() == ["one"]


def test_a_last_line_without_an_end_counts_when_the_file_is_left_alone(visited: Visited) -> None:
    visited.write("a.csv", HEADER + row("one").rstrip())
    assert visited.read() == []
    visited.append("a.csv", "", age=61)
    assert visited.read() == ["one"]


def test_a_quotation_mark_that_is_never_closed_costs_one_row(visited: Visited) -> None:
    visited.write("a.csv", HEADER + row("one") + 'cy,"two,2026-02-19T08:00:00Z\n' + row("three").replace('"', ""), age=61)
    assert visited.read() == ["one", "three"]
    assert any("a.csv, line 3: a quotation mark" in line for line in visited.troubles)


def test_a_file_that_was_replaced_is_read_from_its_beginning(visited: Visited) -> None:
    visited.write("a.csv", HEADER + row("one"))
    visited.read()
    visited.write("a.csv", HEADER + row("six"))
    assert visited.read() == ["six"]
    visited.write("a.csv", HEADER)
    assert visited.read() == []
    visited.append("a.csv", row("seven"))
    assert visited.read() == ["seven"]


def test_a_file_that_was_renamed_goes_on_where_it_was(visited: Visited) -> None:
    visited.write("today.csv", HEADER + row("one"))
    visited.read()
    (visited.path / "today.csv").rename(visited.path / "yesterday.csv")
    visited.append("yesterday.csv", row("late"))
    visited.write("today.csv", HEADER + row("new"))
    assert sorted(visited.read()) == ["late", "new"]


def test_refused_rows_are_told_by_line_and_stay_told(visited: Visited) -> None:
    visited.write("a.csv", HEADER + row("one") + ",nobody,2026-02-19T08:00:00Z\n" + row("two"))
    assert visited.read() == ["one", "two"]
    assert "a.csv, line 3: no value for author_handle" in visited.troubles
    visited.read()
    assert visited.troubles == ["Refused rows of a.csv: 1. The last: a.csv, line 3: no value for author_handle"]


def test_links_odd_names_folders_and_pipes_are_refused(visited: Visited, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.csv"
    secret.write_text(HEADER + row("secret"))
    (visited.path / "link.csv").symlink_to(secret)
    (visited.path / "sub.csv").mkdir()
    os.mkfifo(visited.path / "pipe.csv")
    visited.write("a\nb.csv", HEADER + row("odd"))
    visited.write("sheet.xlsx", b"PK\x03\x04")
    visited.write(".hidden.csv", HEADER + row("hidden"))
    visited.write("a.csv.part", HEADER + row("half"))
    visited.write("good.csv", HEADER + row("good"))
    assert visited.read() == ["good"]
    told = " ".join(visited.troubles)
    assert all(name in told for name in ("link.csv", "sub.csv", "pipe.csv", "a\\nb.csv", "sheet.xlsx"))
    assert "hidden" not in told
    assert "part" not in told


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04....\n", "packed"),
        ((HEADER + row("x")).encode("utf-16"), "UTF-8"),
        (b'[{"text": "x"}]\n', "JSON array"),
        (b"a,b\n1,2\n", "no column for"),
    ],
)
def test_a_file_that_is_not_readable_costs_no_other_and_stays_told(visited: Visited, content: bytes, why: str) -> None:
    visited.write("bad.csv", content, age=100)
    visited.write("good.csv", HEADER + row("good"))
    assert visited.read() == ["good"]
    visited.read()
    assert len(visited.troubles) == 1
    assert why in visited.troubles[0]


def test_columns_zone_and_encoding_are_options(visited: Visited) -> None:
    visited.options = {"columns": "Kunde=author_handle, Nachricht=text", "timezone": "Asia/Colombo", "encoding": "cp1252"}
    visited.write("a.csv", "Kunde;Nachricht;date\ncy;für;2026-02-19T08:00\n".encode("cp1252"))
    post = visited.page().posts[0]
    assert post.text == "für"
    assert post.published_at.hour == 2
    assert not post.can_reply


@pytest.mark.parametrize("options", [{"columns": "Kunde=nothing"}, {"timezone": "Mars/Base"}])
def test_options_that_mean_nothing_are_wrong_settings(options: dict[str, str]) -> None:
    with pytest.raises(SettingsWrong):
        folder.build(Account(handle="exports", options=options))


@pytest.mark.parametrize("path", ["relative/path", "/no/such/folder"])
def test_a_folder_that_is_not_there_is_a_wrong_query(path: str) -> None:
    with pytest.raises(QueryRefused):
        folder.build(Account(handle="exports")).fetch(Watch(kind=WatchKind.FOLDER, query=path), None, budget=10)


def test_a_raw_row_gives_the_same_post_again(visited: Visited) -> None:
    visited.write(
        "a.csv", "author_handle,text,published_at,network,id\n" + 'cy,"one",2026-02-19T08:00:00Z,x,12\n' + row("two").strip() + ",,\n"
    )
    for post in visited.page().posts:
        assert folder.posts_from(post.raw, visited.account).posts == (post,)
        assert post.network == "folder"
    assert folder.posts_from(b"{}", visited.account).troubles


def test_a_long_file_is_read_in_stretches(visited: Visited) -> None:
    visited.write("a.csv", HEADER + "".join(row(f"{number} " + "x" * 900) for number in range(600)) + row("y" * 300_000))
    assert len(visited.read()) == 600
    assert "line 602: text has 300,000 characters" in visited.troubles[-1]


def test_nothing_is_answered_into_a_folder(visited: Visited) -> None:
    collector = folder.build(visited.account)
    draft = Draft(parent_id="1", root_id="1", text="x", key="k", since=NOW - timedelta(hours=1))
    with pytest.raises(ReplyRefused):
        collector.reply(draft)
    assert collector.find_reply(draft) is None
    assert not collector.check().can_reply
