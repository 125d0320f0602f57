"""Merges, merges taken back and erasures reach an outside system, by its own numbers, once and in order."""

from collections.abc import Generator

import pytest

from amends.core.database import Connection, Pool, execute, fetch_values
from amends.inbox.actions import customer_record, sync_customers, sync_taking
from amends.inbox.actions.erase import erase
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.actions.unmerge import unmerge
from amends.inbox.crms import Outside
from amends.inbox.rules.ids import CustomerId, MergeId
from amends.inbox.rules.sync_news import News
from amends.inbox.store import customer_refs, persons, sync_news, syncs
from tests.actions.test_customer_sync import Synced
from tests.cast import NOON, SECRET_KEY, ada
from tests.crm_server import CrmServer, crm_server
from tests.desk import HOUR, MINUTE
from tests.importing import Importing


@pytest.fixture
def crm() -> Generator[CrmServer]:
    with crm_server() as found:
        yield found


@pytest.fixture
def synced(pool: Pool, crm: CrmServer) -> Synced:
    return Synced(pool, crm)


@pytest.fixture
def sync_id(conn: Connection) -> int:
    """Return a sync that does no rounds."""
    url = "https://crm.example/amends"
    by = ada(conn)
    return sync_customers.add(conn, kind="generic", system="crm", url=url, token="t", secret_key=SECRET_KEY, agent_id=by, now=NOON)


def known_as(conn: Connection, *numbers: str) -> CustomerId:
    """Return a customer whom the system knows by these numbers."""
    made = customer_record.make(conn, name="Cy", by=None, now=NOON)
    for number in numbers:
        customer_refs.add(conn, system="crm", external_id=number, customer_id=made, now=NOON)
    return made


def join(conn: Connection, survivor: CustomerId, absorbed: CustomerId) -> MergeId:
    return merge(conn, Pair(survivor_id=survivor, absorbed_id=absorbed), agent_id=ada(conn), now=NOON + MINUTE)


def part(conn: Connection, merge_id: MergeId) -> None:
    unmerge(conn, merge_id, agent_id=ada(conn), now=NOON + HOUR)


def forget(conn: Connection, customer_id: CustomerId) -> None:
    erase(conn, customer_id=customer_id, agent_id=ada(conn), now=NOON + HOUR)


def said(conn: Connection, sync_id: int) -> list[str]:
    """Return what waits to be told, and forget it."""
    found = sync_news.upcoming(conn, sync_id, limit=100)
    sync_news.drop(conn, found)
    return [_words(one) for one in found]


def _words(one: News) -> str:
    return f"{one.external_id} {one.kind} {one.other_id or ''}".strip()


def test_the_absorbed_number_becomes_part_of_the_survivors_and_stands_again(conn: Connection, sync_id: int) -> None:
    absorbed, survivor = known_as(conn, "1"), known_as(conn, "2")
    merge_id = join(conn, survivor, absorbed)
    assert said(conn, sync_id) == ["1 merged 2"]
    assert persons.by_ids(conn, [survivor])[survivor].references == {"crm": "2"}
    part(conn, merge_id)
    assert said(conn, sync_id) == ["1 unmerged 2"]
    people = persons.by_ids(conn, [survivor, absorbed])
    assert (people[absorbed].references, people[survivor].references) == ({"crm": "1"}, {"crm": "2"})
    assert fetch_values(conn, "select count(part_of) from customer_refs") == [0]


def test_merges_of_merges_are_told_one_by_one_and_taken_back_in_any_order(conn: Connection, sync_id: int) -> None:
    first, second, third = known_as(conn, "1"), known_as(conn, "2"), known_as(conn, "3")
    inner, outer = join(conn, second, first), join(conn, third, second)
    assert said(conn, sync_id) == ["1 merged 2", "2 merged 3"]
    part(conn, inner)
    assert said(conn, sync_id) == ["1 unmerged 2"]
    part(conn, outer)
    assert said(conn, sync_id) == ["2 unmerged 3"]


def test_a_number_that_came_first_counts_and_what_became_part_of_it_stands_when_it_goes(conn: Connection, sync_id: int) -> None:
    survivor = known_as(conn)
    merge_id = join(conn, survivor, known_as(conn, "1"))
    assert said(conn, sync_id) == []
    join(conn, survivor, known_as(conn, "2"))
    join(conn, survivor, known_as(conn, "3"))
    assert said(conn, sync_id) == ["2 merged 1", "3 merged 1"]
    part(conn, merge_id)
    assert said(conn, sync_id) == ["2 unmerged 1", "3 unmerged 1", "3 merged 2"]
    assert persons.by_ids(conn, [survivor])[survivor].references == {"crm": "2"}


def test_who_is_forgotten_is_told_by_every_number_and_nothing_else_of_them_is_kept(conn: Connection, sync_id: int) -> None:
    survivor = known_as(conn, "2")
    join(conn, survivor, known_as(conn, "1"))
    forget(conn, survivor)
    assert said(conn, sync_id) == ["1 merged 2", "2 erased", "1 erased"]
    assert fetch_values(conn, "select count(*) from customer_refs") == [0]


def test_numbers_of_a_system_that_is_not_kept_the_same_are_told_to_nobody_until_it_is(conn: Connection) -> None:
    join(conn, known_as(conn, "2"), known_as(conn, "1"))
    forget(conn, known_as(conn, "3"))
    assert fetch_values(conn, "select count(*) from sync_news") == [0]
    made = sync_customers.add(
        conn, kind="generic", system="crm", url="https://crm.example/a", token="t", secret_key=SECRET_KEY, agent_id=None, now=NOON
    )
    assert said(conn, made) == ["1 merged 2"]


def test_a_merge_from_before_is_taken_back_without_a_word(conn: Connection, sync_id: int) -> None:
    merge_id = join(conn, known_as(conn, "2"), known_as(conn, "1"))
    said(conn, sync_id)
    execute(conn, "update customer_refs set part_of = null")
    part(conn, merge_id)
    assert said(conn, sync_id) == []


def test_whoever_an_import_made_and_the_system_was_told_of_goes_there_too_when_it_is_taken_back(conn: Connection, sync_id: int) -> None:
    importing = Importing(conn=conn)
    one = importing.whole("Name,Email\nCy,cy@mail.example\nDi,di@mail.example\n")
    [cy, *_others] = importing.values("select id from customers order by id")
    customer_refs.add(conn, system="crm", external_id="7", customer_id=cy, now=NOON)
    assert importing.undo(one).kept == 0
    assert (importing.names(), said(conn, sync_id)) == ([], ["7 erased"])


def test_numbers_that_are_part_of_one_that_an_import_brought_stand_again_when_it_is_taken_back(conn: Connection, sync_id: int) -> None:
    importing = Importing(conn=conn)
    importing.whole("Name,Email\nCy,cy@mail.example\n")
    [cy] = importing.values("select id from customers")
    one = importing.whole("Contact ID,Email\n5,cy@mail.example\n", system="crm")
    for number in "12":
        join(conn, cy, known_as(conn, number))
    assert said(conn, sync_id) == ["1 merged 5", "2 merged 5"]
    importing.undo(one)
    assert said(conn, sync_id) == ["1 unmerged 5", "2 unmerged 5", "2 merged 1"]


def test_a_number_that_is_given_to_somebody_who_is_gone_by_then_is_to_be_forgotten(synced: Synced) -> None:
    with synced.pool.transaction() as conn:
        importing = Importing(conn=conn)
        one = importing.whole("Name,Email\nCy,cy@mail.example\n")
        [cy] = importing.values("select id from customers")

    def meanwhile() -> None:
        synced.crm.meanwhile = None
        with synced.pool.transaction() as conn:
            Importing(conn=conn, now=importing.now).undo(one)

    synced.crm.meanwhile = meanwhile
    synced.round()
    assert synced.round().error == ""
    assert (synced.names(), synced.crm.erased) == ([], {f"ours-{cy}"})


def two_there(synced: Synced) -> tuple[CustomerId, CustomerId]:
    """Return two customers whom the system knows as 8 and 9."""
    synced.crm.put("8", "Eight", at=NOON)
    synced.crm.put("9", "Nine", at=NOON)
    synced.round()
    with synced.pool.transaction() as conn:
        one, other = fetch_values(conn, "select customer_id from customer_refs order by external_id")
    return one, other


def test_a_round_tells_the_system_and_both_are_as_they_were_when_it_is_taken_back(synced: Synced) -> None:
    one, other = two_there(synced)
    with synced.pool.transaction() as conn:
        merge_id = join(conn, one, other)
    assert synced.round().error == ""
    assert synced.crm.part_of == {"9": "8"}
    assert "ours" not in "".join(synced.crm.people)
    with synced.pool.transaction() as conn:
        part(conn, merge_id)
    assert synced.round().untold == 0
    assert synced.crm.part_of == {}
    assert {number: one["fields"]["name"] for number, one in synced.crm.people.items()} == {"8": "Eight", "9": "Nine"}
    told = len(synced.crm.news)
    synced.round()
    assert len(synced.crm.news) == told == 2


def test_an_erased_customer_goes_there_too_and_does_not_come_back(synced: Synced) -> None:
    one, _other = two_there(synced)
    synced.crm.put("8", "Eight, changed there", at=synced.work.now)
    with synced.pool.transaction() as conn:
        forget(conn, one)
    assert synced.round().untold == 0
    assert synced.crm.erased == {"8"}
    assert sorted(synced.names()) == ["Nine", "—"]


def test_what_broke_off_is_told_again_and_is_once(synced: Synced) -> None:
    one, other = two_there(synced)
    with synced.pool.transaction() as conn:
        join(conn, one, other)
        forget(conn, one)
    synced.crm.breaks_off = True
    broken = synced.round()
    assert (broken.untold, bool(broken.error)) == (3, True)
    synced.crm.breaks_off = False
    assert synced.round().untold == 0
    assert [told["news"] for told in synced.crm.news[:3]] == [told["news"] for told in synced.crm.news[3:]]
    assert synced.crm.erased == {"8", "9"}


def test_a_stopped_system_hears_everything_when_it_goes_on(synced: Synced) -> None:
    one, other = two_there(synced)
    with synced.pool.transaction() as conn:
        [sync] = syncs.every(conn)
        sync_customers.stop(conn, sync.id, now=synced.work.now)
        join(conn, one, other)
    assert synced.round().untold == 1
    assert synced.crm.news == []
    with synced.pool.transaction() as conn:
        sync_customers.resume(conn, sync.id, now=synced.work.now)
    assert synced.round().untold == 0
    assert synced.crm.part_of == {"9": "8"}


@pytest.mark.parametrize("what", ["erased", "merged"])
def test_what_happens_while_the_system_gives_a_number_is_told_next(synced: Synced, what: str) -> None:
    one, other = synced.make("One"), synced.make("Other")

    def meanwhile() -> None:
        synced.crm.meanwhile = None
        with synced.pool.transaction() as conn:
            if what == "erased":
                forget(conn, one)
            else:
                join(conn, other, one)

    synced.crm.meanwhile = meanwhile
    synced.round()
    synced.round()
    assert synced.crm.erased == ({f"ours-{one}"} if what == "erased" else set())
    assert synced.crm.part_of == ({f"ours-{one}": f"ours-{other}"} if what == "merged" else {})
    with synced.pool.transaction() as conn:
        assert fetch_values(conn, "select count(*) from customer_refs where external_id = %(n)s", {"n": f"ours-{one}"}) == [
            what == "merged"
        ]


def test_a_person_there_who_is_erased_here_since_the_round_began_is_not_made_anew(synced: Synced) -> None:
    one, _other = two_there(synced)
    with synced.pool.transaction() as conn:
        forget(conn, one)
        [sync] = syncs.every(conn)
        person = Outside(external_id="8", changed_at=synced.work.now, fields={"name": "Eight"})
        sync_taking.take(conn, sync, person, now=synced.work.now)
    assert sorted(synced.names()) == ["Nine", "—"]
