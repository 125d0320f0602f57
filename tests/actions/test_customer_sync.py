"""An outside system kept the same as ours: both ways, the newest change of a field wins, and nothing is echoed."""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

import pytest

from amends.core.clock import utc_now
from amends.core.database import Pool, fetch_values
from amends.core.network import Wire
from amends.inbox.actions import customer_record, sync_customers
from amends.inbox.crms import build, kinds
from amends.inbox.store import syncs
from amends.inbox.store.syncs import Sync
from amends.worker.syncing import sync_one
from tests.cast import NOON, SECRET_KEY
from tests.crm_server import CrmServer, crm_server
from tests.desk import HOUR, MINUTE
from tests.workplace import Workplace


@pytest.fixture
def crm() -> Generator[CrmServer]:
    with crm_server() as found:
        yield found


def inside() -> Wire:
    """Return a wire that reaches the systems of the tests."""
    return Wire(clock=utc_now, judge=lambda _answer: None, routes={}, time_out=5)


class Synced:
    """A worker, and a system outside."""

    def __init__(self, pool: Pool, crm: CrmServer) -> None:
        self.work = Workplace(pool=pool)
        self.pool = pool
        self.crm = crm
        with pool.transaction() as conn:
            sync_customers.add(conn, kind="generic", system="crm", url=crm.url, token="t", secret_key=SECRET_KEY, agent_id=None, now=NOON)

    def round(self) -> Sync:
        """Do a round, and return how the sync stands."""
        self.work.now += HOUR
        sync_one(self.work.context, lambda one, _key: build(one.kind, one.url, "t", inside()))
        with self.pool.transaction() as conn:
            return syncs.every(conn)[0]

    def names(self) -> list[str]:
        """Return our customers' names."""
        with self.pool.transaction() as conn:
            return fetch_values(conn, "select name from customers order by id")

    def make(self, name: str) -> Any:
        """Make a customer of ours."""
        with self.pool.transaction() as conn:
            return customer_record.make(conn, name=name, by=None, now=self.work.now)

    def rename(self, customer_id: Any, name: str) -> None:
        """Change a customer of ours."""
        with self.pool.transaction() as conn:
            customer_record.change(conn, customer_id=customer_id, values={"name": name}, version=None, by=None, now=self.work.now)


@pytest.fixture
def synced(pool: Pool, crm: CrmServer) -> Synced:
    return Synced(pool, crm)


def test_there_is_a_generic_system() -> None:
    assert "generic" in kinds()


def test_people_go_both_ways_and_nothing_is_echoed(synced: Synced) -> None:
    synced.make("Ours")
    synced.crm.put("9", "Theirs", at=NOON + MINUTE)

    first = synced.round()
    second = synced.round()

    assert synced.names() == ["Ours", "Theirs"]
    assert sorted(one["fields"]["name"] for one in synced.crm.people.values()) == ["Ours", "Theirs"]
    assert (first.pushed, second.pushed, second.error) == (1, 1, "")
    assert synced.crm.pushes == 1


def test_the_newest_change_of_a_field_wins_on_both_sides(synced: Synced) -> None:
    synced.crm.put("9", "First", at=NOON)
    synced.round()
    with synced.pool.transaction() as conn:
        customer_id = fetch_values(conn, "select customer_id from customer_refs where external_id = '9'")[0]

    synced.rename(customer_id, "Ours is newer")
    synced.crm.put("9", "Theirs is older", at=synced.work.now - MINUTE)
    synced.round()
    assert synced.names() == ["Ours is newer"]
    assert synced.crm.people["9"]["fields"]["name"] == "Ours is newer"

    synced.crm.put("9", "Theirs is newer", at=synced.work.now + timedelta(seconds=1))
    synced.round()
    assert synced.names() == ["Theirs is newer"]


def test_a_system_that_is_down_is_tried_again_and_loses_nothing(synced: Synced) -> None:
    synced.make("Ours")
    synced.crm.is_down = True
    down = synced.round()
    synced.crm.is_down = False
    up = synced.round()

    assert (down.failures, bool(down.error), up.failures, up.error) == (1, True, 0, "")
    assert [one["fields"]["name"] for one in synced.crm.people.values()] == ["Ours"]


def test_what_cannot_be_kept_is_left_and_costs_nobody_else(synced: Synced) -> None:
    synced.crm.put("1", "", at=NOON)
    synced.crm.put("2", "Good", at=NOON)

    assert synced.round().error == ""
    assert "Good" in synced.names()


def test_a_system_whose_name_leads_inside_by_then_is_told_nothing(synced: Synced) -> None:
    synced.make("Ours")
    synced.work.now += HOUR
    sync_one(synced.work.context)
    with synced.pool.transaction() as conn:
        assert "inside this network" in syncs.every(conn)[0].error
    assert synced.crm.pushes == 0


def test_a_system_inside_is_kept_the_same_where_an_administrator_set_it_up(synced: Synced) -> None:
    with synced.pool.transaction() as conn:
        sync_customers.delete(conn, syncs.every(conn)[0].id)
        url, now = synced.crm.url, synced.work.now
        sync_customers.add(
            conn, kind="generic", system="erp", url=url, token="t", secret_key=SECRET_KEY, agent_id=None, now=now, inside=True
        )
    synced.make("Ours")
    synced.work.now += HOUR
    sync_one(synced.work.context)

    assert [one["fields"]["name"] for one in synced.crm.people.values()] == ["Ours"]


@pytest.mark.parametrize("people", [7, {"id": 1}, [7], [{"id": "1"}], [{"id": "1", "changed_at": "soon"}]])
def test_what_a_system_tells_that_is_not_as_agreed_is_said_and_tried_again(synced: Synced, people: object) -> None:
    synced.crm.told = {"people": people, "cursor": "1"}
    assert synced.round().error
    synced.crm.told = None
    synced.crm.put("9", "Theirs", at=NOON)
    assert not synced.round().error
    assert synced.names() == ["Theirs"]


def test_a_moment_without_a_zone_is_utc(synced: Synced) -> None:
    synced.crm.put("9", "First", at=NOON)
    synced.round()
    synced.crm.put("9", "Second", at=(synced.work.now + MINUTE).replace(tzinfo=None))
    assert not synced.round().error
    assert synced.names() == ["Second"]


def test_one_value_that_cannot_be_kept_costs_the_rest_of_the_person_nothing(synced: Synced) -> None:
    told = {"name": "Cy", "zone": "Mars/Olympus", "pronoun": "they", "attributes.nope": "1"}
    more = {"emails": ["nothing", "cy@mail.example"], "phones": ["+94 77 123 4567"]}
    synced.crm.people["7"] = {"id": "7", "changed_at": NOON.isoformat(), "fields": told} | more
    synced.crm.people["8"] = {"id": "8", "changed_at": NOON.isoformat(), "fields": {"zone": "none"}, "emails": ["nothing"]}
    synced.crm.log += ["7", "8"]
    assert synced.round().error == ""
    with synced.pool.transaction() as conn:
        assert fetch_values(conn, "select name || ' ' || pronoun || zone from customers order by id") == ["Cy they", "#8 "]
        assert fetch_values(conn, "select value from contact_ways order by id") == ["cy@mail.example", "+94 77 123 4567"]
