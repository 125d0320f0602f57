"""The posts on which other weights are tried: of the last week, on the desk, the newest first to be taken."""

from datetime import timedelta

from amends.inbox.rules.text import preview
from amends.inbox.store import urgency_preview
from amends.triage.urgency_weights import WAITS, Reason
from tests.cast import NOON, a_post
from tests.desk import DAY, HOUR, Desk

WEEK = NOON - 7 * DAY


def test_only_posts_of_the_last_week_that_joined_a_case_are_taken(desk: Desk) -> None:
    desk.hear(a_post(published_at=NOON - 8 * DAY), a_post(published_at=NOON - DAY), a_post("What a day it is."))
    found = urgency_preview.recent(desk.conn, since=WEEK, waits=WAITS, now=NOON, limit=10)
    assert [(len(post.shares), post.waited) for post in found] == [(len(Reason), 4)]


def test_of_more_than_the_limit_the_newest_are_taken(desk: Desk) -> None:
    posts = [a_post(f"The flight is delayed, day {place}.", published_at=NOON - place * HOUR) for place in range(5)]
    desk.hear(*posts)
    found = urgency_preview.recent(desk.conn, since=WEEK, waits=WAITS, now=NOON, limit=2)
    newest = desk.conn.execute("select id from posts order by published_at desc limit 2").fetchall()
    assert {post.post_id for post in found} == {row[0] for row in newest}


def test_a_case_that_was_answered_does_not_wait(desk: Desk) -> None:
    desk.hear(a_post(published_at=NOON - DAY))
    desk.answer()
    [post] = urgency_preview.recent(desk.conn, since=WEEK, waits=WAITS, now=NOON + timedelta(days=3), limit=10)
    assert post.waited == 0


def test_the_words_of_posts_are_cut(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost. " * 200))
    [post] = urgency_preview.recent(desk.conn, since=WEEK, waits=WAITS, now=NOON, limit=10)
    words = urgency_preview.words_of(desk.conn, [post.post_id])[post.post_id]
    assert (words.text, words.author) == (preview("My bag is lost. " * 200), "Cy Fernando")
    assert words.text.endswith("My bag…")
