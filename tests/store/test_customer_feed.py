"""The feed of changes: every change once and in order, whatever commits late; imports, merges and erasures among them."""

from datetime import timedelta

from amends.core.database import Connection, connect, execute, fetch_values
from amends.inbox.actions import customer_record
from amends.inbox.store import customer_feed
from amends.inbox.store.customer_feed import Place
from tests.cast import NOON


def names(conn: Connection, place: Place) -> tuple[list[str], Place]:
    """Return who changed behind a place, and the next place."""
    found = customer_feed.after(conn, place, limit=100)
    own = [fetch_values(conn, "select name from customers where id = %(id)s", {"id": one.customer_id})[0] for one in found]
    return own, found[-1].place if found else place


def test_what_commits_late_is_never_passed_over(database: str) -> None:
    with connect(database) as early, connect(database) as late, connect(database, autocommit=True) as reader:
        customer_record.make(early, name="Early", by=None, now=NOON)
        customer_record.make(late, name="Late", by=None, now=NOON)
        late.commit()

        before, place = names(reader, Place())
        early.commit()
        after, _place = names(reader, place)

    assert before == []
    assert after == ["Early", "Late"]


def test_a_reader_that_goes_on_gets_each_change_once(database: str) -> None:
    with connect(database) as conn:
        seen: list[str] = []
        place = Place()
        for name in ("A", "B", "C"):
            customer_record.make(conn, name=name, by=None, now=NOON)
            conn.commit()
            got, place = names(conn, place)
            conn.commit()
            seen += got

    assert seen == ["A", "B", "C"]


def test_a_change_a_merge_an_erasure_and_a_deletion_are_told_as_such(database: str) -> None:
    with connect(database) as conn:
        one = customer_record.make(conn, name="A", by=None, now=NOON)
        other = customer_record.make(conn, name="B", by=None, now=NOON)
        customer_record.change(conn, customer_id=one, values={"pronoun": "she"}, version=None, by=None, now=NOON)
        execute(conn, "update customers set merged_into = %(one)s where id = %(other)s", {"one": one, "other": other})
        execute(conn, "update customers set erased_at = now() where id = %(one)s", {"one": one})
        execute(conn, "update customers set merged_into = null where id = %(other)s", {"other": other})
        conn.commit()
        kinds = [found.kind for found in customer_feed.after(conn, Place(), limit=100)]

    assert kinds == ["created", "created", "changed", "merged", "erased", "changed"]


def test_who_stands_before_what_was_cleared_away_is_told_so(database: str) -> None:
    with connect(database) as conn:
        customer_record.make(conn, name="A", by=None, now=NOON)
        conn.commit()
        first = customer_feed.after(conn, Place(), limit=1)[0].place
        customer_record.make(conn, name="B", by=None, now=NOON)
        conn.commit()
        now = fetch_values(conn, "select now()")[0]
        customer_feed.clear_old(conn, before=now + timedelta(days=1))
        conn.commit()

        assert customer_feed.is_forgotten(conn, first)
        assert not customer_feed.is_forgotten(conn, customer_feed.end(conn))
