"""Slices of facts are read from the database once, and again when they were packed anew."""

from datetime import timedelta

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.actions import facts
from amends.inbox.rules.columns import Axis, Column
from amends.inbox.store import fact_slices
from tests.cast import NOON, a_post, a_source, ada
from tests.desk import Desk


def _moods(conn: Connection, *also: Column) -> list[int]:
    since, until = NOON - timedelta(days=9), NOON + timedelta(days=9)
    return fact_slices.read(conn, Axis.PUBLISHED, {Column.MOOD, *also}, since=since, until=until)[Column.MOOD].tolist()


def _packed(conn: Connection) -> None:
    desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn), now=NOON + timedelta(hours=1))
    desk.hear(a_post())
    while facts.fold(conn):
        pass


def test_a_slice_that_was_read_is_not_fetched_again_until_it_is_packed_anew(conn: Connection) -> None:
    _packed(conn)
    moods = _moods(conn)
    assert moods
    assert 3 not in moods
    execute(conn, "update fact_slices set numbers = '' where name = 'mood'")
    assert _moods(conn) == moods

    execute(conn, "update cases set sentiment = 'positive'")
    facts.freshen(conn)
    assert _moods(conn) == [3] * len(moods), "it is stale, and read from the facts"
    while facts.fold(conn):
        pass
    assert fetch_values(conn, "select count(*) from stale_slices") == [0]
    assert _moods(conn) == [3] * len(moods)
    assert _moods(conn, Column.AFTER_7) == [3] * len(moods), "columns that were not asked for before"
