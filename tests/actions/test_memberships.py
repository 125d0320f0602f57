"""Who belongs to an organisation is a part of the customer's record: told in their history, and taken back from there."""

from datetime import date, timedelta

import pytest

from amends.api import record_words
from amends.core.database import Connection, execute
from amends.core.errors import AmendsError
from amends.core.translating import speaking
from amends.inbox.actions.customer_record import change
from amends.inbox.actions.customer_undo import undo
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.actions.organisations import (
    TermsWish,
    Wish,
    add_member,
    add_organisation,
    change_member,
    change_organisation,
    end_membership,
)
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.store import customer_changes, customer_record, engagement, memberships, organisations, renewals
from amends.inbox.store.customer_changes import Source
from tests.cast import NOON, ada, bo
from tests.people import Person, a_person

LATER = NOON + timedelta(hours=1)


def _told(conn: Connection, person: Person) -> list[tuple[str, str]]:
    """Return how the changes of somebody's memberships read, the first first."""
    found = reversed(customer_changes.of_field(conn, person.id, "memberships"))
    return [(record_words.value(one.field, one.was, {}), record_words.value(one.field, one.became, {})) for one in found]


def _newest(conn: Connection, person: Person) -> int:
    return customer_changes.of_field(conn, person.id, "memberships")[0].id


def _roles(conn: Connection, person: Person) -> list[tuple[str, str]]:
    return [(one.organisation, one.role) for one in memberships.of_customer(conn, person.id, now=NOON)]


def test_a_membership_by_hand_stands_in_the_history_and_is_taken_back_from_there_once(conn: Connection) -> None:
    person, agent = a_person(conn), ada(conn)
    source = Source(by=agent)
    club = add_organisation(conn, Wish(name="Flyers"), agent_id=agent, now=NOON)
    other = add_organisation(conn, Wish(name="Riders"), agent_id=agent, now=NOON)
    member = add_member(conn, club, person.id, TermsWish(role="pilot", since="2020-01-01"), source=Source(by=agent), now=NOON)
    add_member(conn, other, person.id, TermsWish(), source=Source(by=agent), now=NOON)
    added = _newest(conn, person)
    change_member(conn, member, TermsWish(role="captain", since="2020-01-01"), source=Source(by=agent), now=NOON)
    changed = _newest(conn, person)
    end_membership(conn, member, source=Source(by=agent), now=NOON)
    ended = _newest(conn, person)
    assert _told(conn, person) == [
        ("", "Flyers · pilot"),
        ("", "Riders"),
        ("Flyers · pilot", "Flyers · captain"),
        ("Flyers · captain", "Flyers · captain · until 1 Mar 2026"),
    ]
    for change_id in (ended, changed, added):
        undo(conn, customer_id=person.id, change_id=change_id, source=source, now=LATER)
        with pytest.raises(AmendsError):
            undo(conn, customer_id=person.id, change_id=change_id, source=source, now=LATER)
    assert _roles(conn, person) == [("Flyers", "pilot")]


def test_a_membership_tells_who_keeps_up_that_the_record_changed(conn: Connection) -> None:
    person, agent = a_person(conn), ada(conn)
    club = add_organisation(conn, Wish(name="Flyers"), agent_id=agent, now=NOON)
    before = customer_record.find(conn, person.id)
    add_member(conn, club, person.id, TermsWish(), source=Source(by=agent), now=LATER)
    after = customer_record.find(conn, person.id)
    assert before is not None
    assert after is not None
    assert (after.version, after.changed_at) == (before.version + 1, LATER)


def test_whoever_belongs_twice_since_two_records_became_one_is_one_member(conn: Connection) -> None:
    one, other, agent = a_person(conn), a_person(conn), ada(conn)
    club = add_organisation(conn, Wish(name="Flyers", owner_id=agent), agent_id=agent, now=NOON)
    terms = TermsWish(since="2020-01-01", renews_on="2026-03-10")
    for who in (one, other):
        add_member(conn, club, who.id, terms, source=Source(by=agent), now=NOON)
    add_member(conn, club, a_person(conn).id, TermsWish(since="2027-01-01"), source=Source(by=agent), now=NOON)
    merge(conn, Pair(survivor_id=one.id, absorbed_id=other.id), agent_id=agent, now=LATER)
    [shown] = organisations.page(conn, "", now=NOON)
    [near] = renewals.take_near(conn, today=NOON.date(), now=NOON, limit=10)
    assert (shown.members, near.members, engagement.of(conn, club, EVERYTHING, now=NOON).members) == (1, 1, 1)


def test_a_renewal_waits_for_an_owner_who_is_still_here(conn: Connection) -> None:
    gone, here = bo(conn), ada(conn)
    club = add_organisation(conn, Wish(name="Flyers", owner_id=gone), agent_id=here, now=NOON)
    add_member(conn, club, a_person(conn).id, TermsWish(renews_on="2026-03-10"), source=Source(by=here), now=NOON)
    execute(conn, "update agents set active = false where id = %(id)s", {"id": gone})
    assert renewals.take_near(conn, today=NOON.date(), now=NOON, limit=10) == []
    change_organisation(conn, club, Wish(name="Flyers", owner_id=here), agent_id=here, now=NOON)
    assert [one.owner_id for one in renewals.take_near(conn, today=NOON.date(), now=NOON, limit=10)] == [here]


def test_do_not_contact_that_a_merge_brought_reads_as_yes_and_is_taken_back_like_any_other_change(conn: Connection) -> None:
    survivor, absorbed, agent = a_person(conn), a_person(conn), ada(conn)
    change(conn, customer_id=absorbed.id, values={"do_not_contact": True}, version=None, by=agent, now=NOON)
    merge(conn, Pair(survivor_id=survivor.id, absorbed_id=absorbed.id), agent_id=agent, now=LATER)
    [one] = customer_changes.of_field(conn, survivor.id, "do_not_contact")
    assert (one.was, one.became, one.origin) == (False, True, "merge")
    undo(conn, customer_id=survivor.id, change_id=one.id, source=Source(by=agent), now=LATER)
    record = customer_record.find(conn, survivor.id)
    assert record is not None
    assert record.do_not_contact_since is None


@pytest.mark.parametrize(
    ("last_day", "joins"), [(None, TermsWish()), (NOON.date(), TermsWish()), (NOON.date(), TermsWish(since="2026-03-02"))]
)
def test_who_leaves_may_join_again_on_the_same_day(conn: Connection, last_day: date | None, joins: TermsWish) -> None:
    person, source = a_person(conn), Source(by=ada(conn))
    club = add_organisation(conn, Wish(name="Flyers"), agent_id=ada(conn), now=NOON)
    first = add_member(conn, club, person.id, TermsWish(role="pilot"), source=source, now=NOON)
    with pytest.raises(AmendsError, match="within this time already"):
        add_member(conn, club, person.id, TermsWish(), source=source, now=NOON)
    if last_day:
        change_member(conn, first, TermsWish(role="pilot", until=str(last_day)), source=source, now=NOON)
    else:
        end_membership(conn, first, source=source, now=NOON)
    add_member(conn, club, person.id, joins, source=source, now=NOON)
    assert next((one.since, one.belongs) for one in memberships.of_customer(conn, person.id, now=NOON)) == (NOON.date(), True)
    with pytest.raises(AmendsError, match="within this time already"):
        add_member(conn, club, person.id, TermsWish(), source=source, now=NOON)


def test_the_history_tells_the_end_of_a_membership_in_the_readers_language(conn: Connection) -> None:
    person, source = a_person(conn), Source(by=ada(conn))
    club = add_organisation(conn, Wish(name="Flyers"), agent_id=ada(conn), now=NOON)
    end_membership(conn, add_member(conn, club, person.id, TermsWish(), source=source, now=NOON), source=source, now=NOON)
    with speaking("es"):
        assert _told(conn, person)[-1] == ("Flyers", "Flyers · hasta el 1 mar 2026")
