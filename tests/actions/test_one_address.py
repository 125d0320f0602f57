"""An address that a record has twice, after a merge or once more after it was taken away, is one; so is what was said of it."""

from datetime import timedelta

from amends.core.database import Connection
from amends.inbox.actions.consents import may_write, say
from amends.inbox.actions.contact_ways import add_way, remove_way, verify_way
from amends.inbox.actions.customer_undo import undo
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.actions.unmerge import unmerge
from amends.inbox.rules.consent import EVERY_WAY, Purpose, Target
from amends.inbox.rules.contact import WayKind
from amends.inbox.store import contact_ways, persons
from amends.inbox.store.customer_changes import Source
from tests.cast import NOON, ada
from tests.people import Person, a_person

LATER = NOON + timedelta(hours=1)


def _with_one_address(conn: Connection) -> tuple[Person, Person, list[int]]:
    """Return two records that have one address, and the rows of it."""
    one, other = a_person(conn, name="Kavindi"), a_person(conn, name="K. Perera")
    source = Source(by=ada(conn))
    ways = [
        add_way(conn, customer_id=who.id, kind=WayKind.EMAIL, value=value, source=source, now=NOON).way_id
        for who, value in ((one, "K@mail.example"), (other, "k@mail.example"))
    ]
    return one, other, ways


def test_an_address_that_both_have_is_one_and_is_taken_away_and_brought_back_as_one(conn: Connection) -> None:
    survivor, absorbed, [_first, second] = _with_one_address(conn)
    source = Source(by=ada(conn))
    verify_way(conn, customer_id=absorbed.id, way_id=second, how="by post", source=source, now=NOON)
    pair = Pair(survivor_id=survivor.id, absorbed_id=absorbed.id)
    merge_id = merge(conn, pair, agent_id=ada(conn), now=NOON)
    [shown] = contact_ways.of_customer(conn, survivor.id)
    assert shown.verified_how == "by post"
    assert [way.value for way in persons.by_ids(conn, [survivor.id])[survivor.id].ways] == [shown.value]
    change_id = remove_way(conn, customer_id=survivor.id, way_id=shown.id, source=source, now=LATER)
    assert contact_ways.of_customer(conn, survivor.id) == []
    undo(conn, customer_id=survivor.id, change_id=change_id, source=source, now=LATER)
    unmerge(conn, merge_id, agent_id=ada(conn), now=LATER)
    assert [len(contact_ways.of_customer(conn, who.id)) for who in (survivor, absorbed)] == [1, 1]


def test_what_is_revoked_for_an_address_after_a_merge_is_revoked_wherever_it_came_from(conn: Connection) -> None:
    survivor, absorbed, ways = _with_one_address(conn)
    for who, way in zip((survivor, absorbed), ways, strict=True):
        _say(conn, who, Target(contact_way_id=way), given=True)
    merge(conn, Pair(survivor_id=survivor.id, absorbed_id=absorbed.id), agent_id=ada(conn), now=NOON)
    _say(conn, survivor, Target(contact_way_id=ways[0]), given=False)
    assert [_may_write(conn, survivor, way) for way in ways] == [False, False]


def test_what_was_revoked_for_an_address_holds_where_it_is_entered_anew(conn: Connection) -> None:
    person, _other, [way, _theirs] = _with_one_address(conn)
    source = Source(by=ada(conn))
    _say(conn, person, EVERY_WAY, given=True)
    _say(conn, person, Target(contact_way_id=way), given=False)
    remove_way(conn, customer_id=person.id, way_id=way, source=source, now=LATER)
    again = add_way(conn, customer_id=person.id, kind=WayKind.EMAIL, value="K@mail.example", source=source, now=LATER)
    assert not _may_write(conn, person, again.way_id)


def _say(conn: Connection, who: Person, target: Target, *, given: bool) -> None:
    say(
        conn,
        customer_id=who.id,
        purpose=Purpose.OCCASION,
        given=given,
        basis="by letter",
        target=target,
        by=ada(conn),
        now=NOON if given else LATER,
    )


def _may_write(conn: Connection, who: Person, way: int) -> bool:
    return may_write(conn, customer_id=who.id, purpose=Purpose.OCCASION, target=Target(contact_way_id=way))
