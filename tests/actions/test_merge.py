"""Two records become one, and two again."""

from datetime import timedelta

import pytest

from amends.api import record_words
from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.post import Author
from amends.core.translating import speaking
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.actions.unmerge import unmerge
from amends.inbox.rules.ids import AgentId, CustomerId, MergeId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import link_evidence, merges, moving, scopes
from amends.inbox.store.merges import Record
from tests.cast import NOON, a_post, ada, bo
from tests.desk import Desk
from tests.people import Person, a_note, a_person, a_purchase, a_way, consent, owner_of, set_field

LATER = NOON + timedelta(hours=1)


def _merge(conn: Connection, survivor: Person, absorbed: Person, **choices: str) -> MergeId:
    pair = Pair(survivor_id=survivor.id, absorbed_id=absorbed.id, choices=choices)
    return merge(conn, pair, agent_id=ada(conn), now=LATER)


def _undo(conn: Connection, merge_id: MergeId) -> CustomerId:
    return unmerge(conn, merge_id, agent_id=bo(conn), now=LATER)


def _record(conn: Connection, person: Person) -> Record:
    found = merges.record(conn, person.id)
    assert found is not None
    return found


def _in_force(conn: Connection, way_id: int) -> bool:
    query = "select given from consents where contact_way_id = %(id)s order by at desc, id desc limit 1"
    return bool(fetch_values(conn, query, {"id": way_id})[0])


def test_every_table_that_names_a_customer_is_on_the_list_of_what_moves(conn: Connection) -> None:
    named = fetch_values(
        conn,
        """
        select table_name::text from information_schema.columns where table_schema = 'public' and column_name = 'customer_id'
        union select conrelid::regclass::text from pg_constraint where contype = 'f' and confrelid = 'customers'::regclass
        """,
    )
    assert set(named) - {*moving.MOVES, *moving.FOLLOWS, *moving.STAYS} == set()


def test_every_column_of_a_record_is_merged_or_stays(conn: Connection) -> None:
    columns = set(fetch_values(conn, "select column_name::text from information_schema.columns where table_name = 'customers'"))
    stays = {"id", "created_at", "merged_into", "erased_at", "changed_at", "version", "attributes"}
    assert columns - stays == set(_record(conn, a_person(conn)).fields)


def test_everything_goes_over_and_comes_back(conn: Connection) -> None:
    one, other = a_person(conn, "Cy"), a_person(conn, "C. Fernando", network="reddit")
    way, bought, note = a_way(conn, other.id, "cy@mail.example"), a_purchase(conn, other.id, "AB-1001"), a_note(conn, other.id)
    consent(conn, other.id, given=True, way_id=way)
    before = _record(conn, one), _record(conn, other)

    merge_id = _merge(conn, one, other)
    assert moving.count_all(conn, other.id) == {}
    assert moving.count_all(conn, one.id) == {
        "customer_links": 2,
        "contact_ways": 1,
        "consents": 1,
        "purchases": 1,
        "customer_notes": 1,
    }
    assert _record(conn, other).merged_into == one.id

    assert _undo(conn, merge_id) == other.id
    assert (_record(conn, one).fields, _record(conn, other)) == (before[0].fields, before[1])
    assert owner_of(conn, note) == other.id
    assert fetch_values(conn, "select customer_id from purchases where id = %(id)s", {"id": bought}) == [other.id]
    assert moving.count_all(conn, one.id) == {"customer_links": 1}


def test_what_came_since_is_assigned_by_its_own_author(desk: Desk) -> None:
    conn = desk.conn
    desk.hear(a_post(author=Author(external_id="a", handle="a")), a_post(author=Author(external_id="b", handle="b")))
    one, other = fetch_values(conn, "select customer_id from cases order by id")
    merge_id = merge(conn, Pair(survivor_id=one, absorbed_id=other), agent_id=desk.agent_id, now=LATER)
    desk.hear(a_post("lost again", author=Author(external_id="b", handle="b")))
    note = a_note(conn, one, "since")
    assert set(fetch_values(conn, "select customer_id from cases")) == {one}

    _undo(conn, merge_id)

    assert fetch_values(conn, "select customer_id from cases order by id") == [one, other, other]
    assert owner_of(conn, note) == one


def test_a_later_change_stays_with_the_survivor_and_the_absorbed_gets_its_values_back(conn: Connection) -> None:
    one, other = a_person(conn, "Cy"), a_person(conn, "Cyril Fernando")
    set_field(conn, other.id, zone="Asia/Colombo", tags=["vip"])
    merge_id = _merge(conn, one, other, name="absorbed")
    assert _record(conn, one).fields["name"] == "Cyril Fernando"
    set_field(conn, one.id, name="Cyril F.", tags=["vip", "new"])

    _undo(conn, merge_id)

    ours, theirs = _record(conn, one).fields, _record(conn, other).fields
    assert (ours["name"], ours["zone"], ours["tags"]) == ("Cyril F.", "", ["new"])
    assert (theirs["name"], theirs["zone"], theirs["tags"]) == ("Cyril Fernando", "Asia/Colombo", ["vip"])


def test_merges_within_merges_are_undone_in_any_order(conn: Connection) -> None:
    a, b, c = a_person(conn, "A"), a_person(conn, "B"), a_person(conn, "C")
    set_field(conn, c.id, zone="Asia/Colombo")
    notes = {person.id: a_note(conn, person.id) for person in (a, b, c)}
    inner, outer = _merge(conn, b, c), _merge(conn, a, b)
    assert {owner_of(conn, note) for note in notes.values()} == {a.id}
    assert _record(conn, a).fields["zone"] == "Asia/Colombo"

    _undo(conn, inner)
    assert [owner_of(conn, notes[one.id]) for one in (a, b, c)] == [a.id, a.id, c.id]
    assert _record(conn, a).fields["zone"] == ""

    again = _merge(conn, a, c)
    _undo(conn, outer)
    assert [owner_of(conn, notes[one.id]) for one in (a, b, c)] == [a.id, b.id, a.id]
    _undo(conn, again)
    assert all(owner_of(conn, note) == owner for owner, note in notes.items())


def test_a_circle_is_refused_and_so_is_merging_somebody_with_themselves(conn: Connection) -> None:
    a, b, c = a_person(conn, "A"), a_person(conn, "B"), a_person(conn, "C")
    _merge(conn, a, b)
    _merge(conn, c, a)
    for survivor, absorbed in ((b, c), (b, a), (a, b), (a, c)):
        with pytest.raises(Conflict, match=r"is part of “.*” already: Ada merged them"):
            _merge(conn, survivor, absorbed)
    with pytest.raises(Conflict, match=f"“B #{b.id}” is part of “A #{a.id}” already"):
        _merge(conn, b, c)
    with pytest.raises(Refused):
        _merge(conn, c, c)
    with pytest.raises(NotFound):
        _merge(conn, c, Person(id=CustomerId(10**9), author_id=c.author_id))


def test_nobody_merges_with_an_erased_record(conn: Connection) -> None:
    one, other = a_person(conn), a_person(conn)
    execute(conn, "update customers set erased_at = now() where id = %(id)s", {"id": other.id})
    with pytest.raises(Refused, match="erased"):
        _merge(conn, one, other)


def test_a_merge_is_taken_back_once(conn: Connection) -> None:
    merge_id = _merge(conn, a_person(conn), a_person(conn))
    _undo(conn, merge_id)
    with pytest.raises(Conflict, match="Bo has taken this merge back"):
        _undo(conn, merge_id)
    with pytest.raises(NotFound):
        _undo(conn, MergeId(10**9))


@pytest.mark.parametrize("survivor_revoked", [True, False])
def test_what_either_revoked_for_the_same_address_stays_revoked(conn: Connection, *, survivor_revoked: bool) -> None:
    one, other = a_person(conn), a_person(conn)
    ways = {person.id: a_way(conn, person.id, "cy@mail.example") for person in (one, other)}
    consent(conn, one.id, given=not survivor_revoked, way_id=ways[one.id])
    consent(conn, other.id, given=survivor_revoked, way_id=ways[other.id])

    merge_id = _merge(conn, one, other)
    assert [_in_force(conn, way) for way in ways.values()] == [False, False]
    [said] = fetch_values(conn, "select basis from consents where id = any((select consents_made from merges)::bigint[])")
    assert record_words.basis(said).startswith("What either revoked stays revoked")
    with speaking("es"):
        assert record_words.basis(said).startswith("Lo que cualquiera de las dos revocó")
    assert record_words.basis("Told Ada") == "Told Ada"

    _undo(conn, merge_id)
    assert [_in_force(conn, way) for way in ways.values()] == [not survivor_revoked, survivor_revoked]


def test_who_withdrew_everything_is_not_written_to_by_what_the_other_record_gave_later(conn: Connection) -> None:
    one, other = a_person(conn), a_person(conn)
    way = a_way(conn, one.id, "cy@mail.example")
    consent(conn, other.id, given=False)
    consent(conn, one.id, given=True, way_id=way, at=LATER)
    _merge(conn, one, other)
    assert not _in_force(conn, way)


def test_do_not_contact_is_inherited(conn: Connection) -> None:
    one, other = a_person(conn), a_person(conn)
    set_field(conn, other.id, do_not_contact_since=NOON)
    merge_id = _merge(conn, one, other)
    assert _record(conn, one).fields["do_not_contact_since"] is not None
    _undo(conn, merge_id)
    assert _record(conn, one).fields["do_not_contact_since"] is None


def test_a_merge_and_its_undoing_stand_in_the_history_and_behind_the_link(conn: Connection) -> None:
    one, other = a_person(conn, "Cy"), a_person(conn, "C. Fernando")
    set_field(conn, other.id, zone="Asia/Colombo")
    merge_id = _merge(conn, one, other)
    assert [(row.author_id, row.kind, row.consent) for row in link_evidence.of_customer(conn, one.id)] == [
        (other.author_id, "agent", "without")
    ]
    _undo(conn, merge_id)
    assert fetch_values(
        conn, "select origin || ' ' || field from customer_changes where customer_id = %(id)s order by id", {"id": one.id}
    ) == [
        "merge zone",
        "merge handles",
        "unmerge handles",
        "unmerge zone",
    ]
    assert link_evidence.of_customer(conn, other.id) == []
    assert [(row.agent, row.undone_by) for row in merges.of_customer(conn, other.id)] == [("Ada", "Bo")]


def test_an_absorbed_record_is_seen_by_whom_its_survivor_is_seen(desk: Desk) -> None:
    desk.hear(a_post())
    [one] = fetch_values(desk.conn, "select customer_id from cases")
    other = a_person(desk.conn)
    merge(desk.conn, Pair(survivor_id=one, absorbed_id=other.id), agent_id=AgentId(desk.agent_id), now=LATER)
    assert not scopes.reaches(desk.conn, Scope(sources=(10**6,)), "customer", other.id)


def test_a_hostile_name_is_merged_and_comes_back_as_it_was(conn: Connection) -> None:
    one, other = a_person(conn, "Cy"), a_person(conn, "'; drop table customers; -- <script> \u202eevil %s {0} " + "a" * 5000)
    merge_id = _merge(conn, one, other, name="absorbed")
    assert _record(conn, one).fields["name"] == _record(conn, other).fields["name"]
    _undo(conn, merge_id)
    assert _record(conn, one).fields["name"] == "Cy"
