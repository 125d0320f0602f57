"""Collected posts are stored once, and what happens to them on the network happens here."""

import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from amends.core.database import execute, fetch_values
from amends.core.post import Media, Metrics
from amends.inbox.actions import facts
from amends.inbox.actions.ingest import Ingested
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.spans import Span, period_of
from amends.inbox.store import numbers
from amends.inbox.store.numbers import Asked
from tests.cast import CY, NOON, US, a_post, a_source, an_answer_to
from tests.desk import MINUTE, Desk


def test_a_post_is_stored_once_however_often_it_comes(desk: Desk) -> None:
    posts = [a_post() for _ in range(3)]

    assert desk.collect(*posts) == Ingested(new=3)
    assert desk.collect(*posts, posts[0]) == Ingested(again=3)
    assert fetch_values(desk.conn, "select count(*) from posts") == [3]
    assert fetch_values(desk.conn, "select count(*) from events where kind = 'post_received'") == [3]
    assert fetch_values(desk.conn, "select count(*) from raw_bodies") == [3]


def test_the_same_post_on_two_sources_is_two_posts(desk: Desk) -> None:
    post = a_post()
    desk.collect(post)
    desk.source_id = a_source(desk.conn, handle="lankaair_help")

    assert desk.collect(post) == Ingested(new=1)


def test_posts_are_numbered_in_the_order_they_were_published(desk: Desk) -> None:
    desk.collect(*(a_post(external_id=f"n{n}", published_at=NOON - n * MINUTE) for n in range(5)))

    assert fetch_values(desk.conn, "select external_id from posts order by id") == ["n4", "n3", "n2", "n1", "n0"]


def test_more_than_one_batch_is_stored_whole(desk: Desk) -> None:
    assert desk.collect(*(a_post() for _ in range(1_203))) == Ingested(new=1_203)


def test_nothing_to_store_is_nothing_stored(desk: Desk) -> None:
    assert desk.collect() == Ingested()


def test_everything_a_post_says_is_kept(desk: Desk) -> None:
    post = a_post(
        "Wo ist mein Koffer?",
        language_hint="de",
        mentions=("lankaair",),
        media=(Media(kind="image", url="https://x.example/1.jpg", alt="a bag"),),
        metrics=Metrics(likes=3, views=900),
        can_reply=False,
        why_no_reply="Only people they mention may reply.",
        raw=b'{"id": "1"}',
    )
    desk.collect(post)

    assert fetch_values(
        desk.conn,
        """
        select jsonb_build_array(text, language_hint, mentions, media, metrics, can_reply, why_no_reply, permalink, root_id) from posts
        """,
    ) == [
        [
            "Wo ist mein Koffer?",
            "de",
            ["lankaair"],
            [{"kind": "image", "url": "https://x.example/1.jpg", "alt": "a bag"}],
            {"likes": 3, "views": 900},
            False,
            "Only people they mention may reply.",
            post.permalink,
            post.external_id,
        ]
    ]
    assert [zlib.decompress(body) for body in fetch_values(desk.conn, "select body from raw_bodies")] == [b'{"id": "1"}']


def test_an_author_is_one_person_under_new_names(desk: Desk) -> None:
    desk.collect(a_post())
    desk.collect(a_post(author=replace(CY, handle="cy_flies", followers=130)))
    desk.collect(a_post(author=replace(CY, handle="cy_flies", followers=None)))

    assert fetch_values(desk.conn, "select handle || ' ' || followers from authors") == ["cy_flies 130"]


def test_an_edit_changes_the_text_and_the_preview_of_the_case(desk: Desk) -> None:
    post = a_post("My bag is lost!")
    desk.hear(post)
    edited = replace(post, text="My bag and my hat are lost!", edited_at=NOON + MINUTE, raw=b"{}")

    assert desk.collect(edited) == Ingested(edited=1)
    assert desk.collect(edited) == Ingested(again=1)
    assert fetch_values(desk.conn, "select text from posts") == ["My bag and my hat are lost!"]
    assert desk.case().preview == "My bag and my hat are lost!"
    assert fetch_values(desk.conn, "select count(*) from raw_bodies") == [2]


def test_an_older_version_that_comes_late_changes_nothing(desk: Desk) -> None:
    post = a_post("first")
    desk.collect(replace(post, text="third", edited_at=NOON + 3 * MINUTE))

    assert desk.collect(replace(post, text="second", edited_at=NOON + MINUTE)) == Ingested(again=1)
    assert fetch_values(desk.conn, "select text from posts") == ["third"]


def test_the_first_version_that_comes_late_changes_nothing_where_edits_are_dated(desk: Desk) -> None:
    first = a_post("first")
    edited = replace(first, text="second", edited_at=NOON + MINUTE)
    desk.collect(first)
    desk.collect(edited)
    desk.now += 5 * MINUTE

    assert desk.collect(first) == Ingested(again=1)
    assert desk.collect(edited) == Ingested(again=1)
    assert fetch_values(desk.conn, "select text from posts") == ["second"]


def test_an_edit_that_is_dated_ahead_hides_no_later_one(desk: Desk) -> None:
    post = a_post("first")
    desk.collect(post)
    far = replace(post, text="second", edited_at=NOON.replace(year=2100))

    assert desk.collect(far) == Ingested(edited=1)
    assert desk.collect(far) == Ingested(again=1)
    desk.now += MINUTE
    assert desk.collect(replace(post, text="third", edited_at=desk.now)) == Ingested(edited=1)
    assert fetch_values(desk.conn, "select text from posts") == ["third"]


@pytest.mark.parametrize("zero", [datetime(1, 1, 1, tzinfo=UTC), datetime(1899, 12, 30, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)])
def test_a_post_that_is_dated_before_all_networks_is_of_now_and_counts_in_the_numbers(desk: Desk, zero: datetime) -> None:
    desk.hear(replace(a_post(), published_at=zero))
    while facts.fold(desk.conn):
        pass

    assert desk.case().opened_at == desk.now
    asker = Asker(agent_id=desk.agent_id, now=desk.now + MINUTE)
    asked = Asked(period=period_of(Span.DAY, asker.now), query=parse(""), asker=asker, zone=ZoneInfo("Asia/Colombo"))
    assert numbers.find(desk.conn, asked).backlog == 1


def test_an_edit_of_an_earlier_post_leaves_the_preview_alone(desk: Desk) -> None:
    first = a_post("My bag is lost!")
    desk.hear(first, an_answer_to(first, "And nobody answers!"))
    desk.collect(replace(first, text="My bag was lost!", edited_at=NOON + MINUTE))

    assert desk.case().preview == "And nobody answers!"


def test_counters_change_without_being_an_edit(desk: Desk) -> None:
    post = a_post()
    desk.collect(post)

    assert desk.collect(replace(post, metrics=Metrics(likes=9))) == Ingested(again=1)
    assert fetch_values(desk.conn, "select metrics from posts") == [{"likes": 9}]
    assert fetch_values(desk.conn, "select count(*) from raw_bodies") == [2]


def test_a_post_that_may_be_answered_stays_so_when_a_search_finds_it_too(desk: Desk) -> None:
    post = a_post(can_reply=False, why_no_reply="They do not mention us.")
    desk.collect(post)
    desk.collect(replace(post, can_reply=True, why_no_reply=""))
    desk.collect(post)

    assert fetch_values(desk.conn, "select can_reply::text || why_no_reply from posts") == ["true"]


def test_a_deletion_takes_text_media_body_and_preview(desk: Desk) -> None:
    post = a_post("My bag is lost!", media=(Media(kind="image", url="https://x.example/1.jpg"),), mentions=("lankaair",))
    desk.hear(post)
    gone = replace(post, text="", deleted=True)

    assert desk.collect(gone) == Ingested(deleted=1)
    assert desk.collect(gone) == Ingested(again=1)
    assert fetch_values(desk.conn, "select text || media::text || mentions::text || permalink from posts where deleted_at is not null") == [
        "[]{}"
    ]
    assert fetch_values(desk.conn, "select body from raw_bodies") == [None]
    assert desk.case().preview == ""


def test_a_deleted_post_does_not_come_back_with_a_late_page(desk: Desk) -> None:
    post = a_post()
    desk.collect(post)
    desk.collect(replace(post, deleted=True))

    assert desk.collect(post) == Ingested(again=1)
    assert fetch_values(desk.conn, "select text from posts") == [""]


def test_of_a_deleted_post_nothing_but_its_id_is_believed(desk: Desk) -> None:
    known = a_post()
    desk.collect(known)
    ghost = replace(CY, external_id="", handle="")
    desk.collect(replace(known, deleted=True, author=ghost), a_post(deleted=True, author=ghost, external_id="never-seen"))

    assert fetch_values(desk.conn, "select handle from authors") == [CY.handle]
    assert fetch_values(desk.conn, "select external_id from posts") == [known.external_id]


def test_in_one_batch_a_deletion_wins_over_the_post(desk: Desk) -> None:
    post = a_post()
    desk.collect(post)

    assert desk.collect(replace(post, deleted=True), post) == Ingested(deleted=1)


@pytest.mark.parametrize("text", ["", "x" * 40_000, "🤬🤬", "حقيبتي ضاعت", "a\0b", "\ud83d", "\u202e\u200bz̸̢"])
def test_odd_text_is_stored(desk: Desk, text: str) -> None:
    assert desk.collect(a_post(text, author=replace(CY, name="Cy\0\ud800"))) == Ingested(new=1)
    [stored] = fetch_values(desk.conn, "select text from posts")
    assert len(stored) == len(text) - text.count("\0")


def test_our_reply_that_comes_back_is_our_own_even_where_the_network_does_not_say_so(desk: Desk) -> None:
    complaint = a_post()
    desk.hear(complaint)
    desk.answer()
    desk.hear(an_answer_to(complaint, "We are on it.", external_id=f"r{_only_reply(desk)}", author=US))

    assert fetch_values(desk.conn, "select route from posts order by id") == ["open", "context"]
    assert desk.case().status == "waiting"


def _only_reply(desk: Desk) -> int:
    [reply_id] = fetch_values(desk.conn, "select id from replies")
    return reply_id


def test_two_pages_in_one_transaction_do_not_mix(desk: Desk) -> None:
    desk.collect(a_post(external_id="a"))
    desk.now += timedelta(seconds=1)
    desk.collect(a_post(external_id="b"))

    assert execute(desk.conn, "select from posts") == 2
    assert fetch_values(desk.conn, "select external_id from posts where seen_at > %(noon)s", {"noon": NOON}) == ["b"]
