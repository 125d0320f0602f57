"""One bad row never takes its batch along, and never blocks the path: it stands aside where a person sees it."""

import hashlib
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from typing_extensions import override

from amends.core.database import DatabaseGone, Pool, execute, fetch_values
from amends.core.errors import ModelMissing, Refused
from amends.core.ports import Page, Reading
from amends.core.post import Author, Metrics, Post
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.collect import due_watches, record_page
from amends.inbox.actions.parts import in_parts
from tests.cast import NOON, a_post, a_source
from tests.desk import MINUTE, Desk
from tests.fakes import FakeClassifier


def _noise(length: int) -> str:
    """Return letters that no compression makes smaller."""
    return "".join(hashlib.sha256(b"%d" % block).hexdigest() for block in range(length // 64 + 1))[:length]


class Stumbling(FakeClassifier):
    """Breaks over the text `poison`, and answers `nan` with numbers that are none."""

    @override
    def read(self, texts: Sequence[str], languages: Sequence[str]) -> list[Reading | None]:
        if "poison" in texts:
            raise RuntimeError("a tensor of the wrong shape")
        read = super().read(texts, languages)
        broken = Reading(negative=math.nan, neutral=0.0, positive=0.0, complaint=math.nan)
        return [broken if text == "nan" else found for text, found in zip(texts, read, strict=True)]


@pytest.mark.parametrize("text", ["poison", "nan"])
def test_a_post_that_triage_stumbles_over_opens_a_case_for_a_person_and_the_others_go_on(desk: Desk, text: str) -> None:
    desk.model = Stumbling()
    desk.collect(*(a_post("My bag is lost!") for _ in range(3)), a_post(text, external_id="bad"), *(a_post("It broke") for _ in range(3)))
    assert desk.triage() == 7

    assert fetch_values(desk.conn, "select count(*) from posts where triaged_at is null") == [0]
    assert desk.routes() == ["open"] * 4 + ["ignore"] * 3
    [bad] = fetch_values(desk.conn, "select c.needs_look from cases c join posts p on p.case_id = c.id where p.external_id = 'bad'")
    assert bad is True
    assert fetch_values(desk.conn, "select count(*) from verdicts where model = 'none'") == [1]
    [why] = fetch_values(desk.conn, "select v.reasons[1] from verdicts v join posts p on p.id = v.post_id where p.external_id = 'bad'")
    assert why.startswith("not read: ")
    assert desk.triage() == 0


def test_a_post_that_no_case_can_be_made_of_is_set_aside_with_its_reason(desk: Desk) -> None:
    execute(desk.conn, "alter table cases add constraint no_bags check (preview not like '%%bag%%')")
    desk.collect(a_post("My hat is lost!"), a_post("My bag is lost!", external_id="bad"), a_post("My shoe is lost!"))
    assert desk.triage() == 3

    assert [case.preview for case in desk.cases()] == ["My hat is lost!", "My shoe is lost!"]
    [why] = fetch_values(desk.conn, "select route_why from posts where external_id = 'bad' and route = 'ignore' and triaged_at is not null")
    assert why.startswith("set_aside:")
    assert "no_bags" in why
    assert fetch_values(desk.conn, "select needs_look from verdicts where model = 'none'") == [True]
    assert fetch_values(desk.conn, "select count(*) from events where kind = 'post_set_aside' and facts ? 'why'") == [1]
    assert desk.triage() == 0


def test_what_is_no_rows_fault_comes_out_and_marks_nothing(desk: Desk) -> None:
    def gone(_items: Sequence[int]) -> None:
        raise DatabaseGone("the server closed the connection")

    def missing(_items: Sequence[int]) -> None:
        raise ModelMissing

    for step in (gone, missing):
        with pytest.raises((DatabaseGone, ModelMissing)):
            in_parts(desk.conn, [1, 2], step)


def test_a_post_that_the_database_refuses_does_not_keep_its_page_out(desk: Desk) -> None:
    [job] = due_watches(desk.conn, now=NOON, lease=MINUTE, limit=1)
    bad = a_post("too long to be indexed", root_id=_noise(9000))
    page = Page(posts=(a_post("one"), bad, a_post("two")), cursor={"at": 1})
    assert record_page(desk.conn, job, page, now=NOON, poll_every=MINUTE).new == 2

    [note] = fetch_values(desk.conn, "select state || ': ' || state_note from watches")
    assert note.startswith("ok: Not everything could be read")
    assert bad.permalink in note
    assert fetch_values(desk.conn, "select cursor ->> 'at' from watches") == ["1"]


ODD: dict[str, Post] = {
    "40,000 characters": a_post("lost " * 8000),
    "a word that does not end": a_post(_noise(40_000)),
    "empty": a_post(""),
    "only emoji": a_post("😡😡😡🇱🇰👨‍👩‍👧"),
    "right to left": a_post("\u200fلم تصل حقيبتي \u202e lost"),
    "NUL and controls": a_post("lost\x00 \x01\x02\x1b[31m \x7f\x85 bag"),
    "half surrogates": a_post("lost \ud83d bag \udc00", mentions=("a\ud83d",), permalink="https://x.example/\ud800"),
    "combining marks": a_post("l" + "\u0301" * 5000 + "ost"),
    "a handle without end": a_post("lost", author=Author(external_id="long", handle=_noise(10_000), name=_noise(10_000))),
    "half a handle": a_post("lost", author=Author(external_id="half", handle="a\ud83d\x00", name="\x00")),
    "more followers than people": a_post("lost", author=Author(external_id="many", handle="many", followers=2**62)),
    "fewer followers than none": a_post("lost", author=Author(external_id="few", handle="few", followers=-3)),
    "views beyond count": a_post("lost", metrics=Metrics(likes=2**62, views=0)),
    "from 1970": a_post("lost", published_at=datetime(1970, 1, 1, tzinfo=UTC)),
    "from the first year": a_post("lost", published_at=datetime(1, 1, 1, tzinfo=UTC)),
    "from the last year": a_post("lost", published_at=datetime(9999, 12, 31, tzinfo=UTC)),
    "a body that nests": a_post("lost", raw=b'{"a":' * 5000 + b"1" + b"}" * 5000),
    "a body that is none": a_post("lost", raw=b""),
    "many mentions": a_post("lost", mentions=tuple(f"m{n}" for n in range(5000))),
}


@pytest.mark.parametrize("post", ODD.values(), ids=ODD.keys())
def test_an_odd_post_is_stored_triaged_and_met_again_like_any_other(desk: Desk, post: Post) -> None:
    assert desk.collect(post, a_post("My bag is lost!")).new == 2
    assert desk.collect(post).again == 1
    assert desk.triage() == 2

    assert None not in desk.routes()
    assert fetch_values(desk.conn, "select count(*) from events where kind = 'post_set_aside'") == [0]
    assert fetch_values(desk.conn, "select count(*) from verdicts where model = 'none'") == [0]


def test_a_post_from_the_future_is_as_old_as_the_moment_in_which_it_was_seen(desk: Desk) -> None:
    desk.hear(a_post("lost", published_at=NOON + timedelta(days=4000)))
    assert desk.case().waiting_since == NOON


@pytest.mark.parametrize(("query", "why"), [(_noise(9000), "far too long"), ("lost\0bag", "NUL")])
def test_what_somebody_enters_and_the_database_cannot_keep_is_refused_with_the_reason(pool: Pool, query: str, why: str) -> None:
    with pytest.raises(Refused, match=why), pool.transaction() as conn:
        a_source(conn, watches=[Watch(kind=WatchKind.SEARCH, query=query)])
    with pool.transaction() as conn:
        assert fetch_values(conn, "select count(*) from sources") == [0]
