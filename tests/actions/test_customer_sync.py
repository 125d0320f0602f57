"""An outside system kept the same as ours: both ways, the newest change of a field wins, and nothing is echoed."""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

import pytest

from amends.core.clock import utc_now
from amends.core.database import Pool, execute, fetch_values
from amends.core.network import Wire
from amends.inbox.actions import customer_record, sync_customers, sync_taking
from amends.inbox.actions.erase import erase
from amends.inbox.crms import Crm, build, kinds
from amends.inbox.store import customer_feed, sync_left_out, syncs
from amends.inbox.store.sync_left_out import LeftOut
from amends.inbox.store.syncs import Sync
from amends.worker.syncing import sync_one
from tests.cast import NOON, SECRET_KEY, ada
from tests.crm_server import CrmServer, crm_server
from tests.desk import DAY, HOUR, MINUTE
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
        sync_one(self.work.context, self.reach)
        with self.pool.transaction() as conn:
            return syncs.every(conn)[0]

    @staticmethod
    def reach(one: Sync, _key: str) -> Crm:
        """Return the system outside."""
        return build(one.kind, one.url, "t", inside())

    def left_out(self) -> list[LeftOut]:
        """Return of whom something was left."""
        with self.pool.transaction() as conn:
            return sync_left_out.newest(conn, syncs.every(conn)[0].id, limit=10)

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
    assert (second.pushed, second.error) == (first.pushed, "")
    assert "changed_at" in synced.crm.people["9"], "what came from there is not told there"


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


@pytest.mark.parametrize("people", [7, {"id": 1}])
def test_what_a_system_tells_that_is_not_as_agreed_is_said_and_tried_again(synced: Synced, people: object) -> None:
    synced.crm.told = {"people": people, "cursor": "1"}
    assert synced.round().error
    synced.crm.told = None
    synced.crm.put("9", "Theirs", at=NOON)
    assert not synced.round().error
    assert synced.names() == ["Theirs"]


@pytest.mark.parametrize("person", [7, {}, {"id": "1"}, {"id": "1", "changed_at": "soon"}, {"id": "x" * 300, "changed_at": "2026-01-01"}])
def test_somebody_of_whom_nothing_can_be_read_holds_nobody_else_up_and_is_named(synced: Synced, person: object) -> None:
    good = {"id": "9", "changed_at": NOON.isoformat(), "fields": {"name": "Theirs"}}
    synced.crm.told = {"people": [person, good], "cursor": "1"}
    stands = synced.round()

    assert (stands.error, stands.left_out, synced.names()) == ("", 1, ["Theirs"])
    [left] = synced.left_out()
    assert list(left.pieces) == [""]
    assert left.pieces[""]
    assert "Error" not in left.pieces[""]


def test_what_is_left_is_named_with_why_until_it_is_taken(synced: Synced) -> None:
    synced.crm.people["7"] = {"id": "7", "changed_at": NOON.isoformat(), "fields": {"name": "Cy", "zone": "Mars/Olympus"}, "emails": ["x"]}
    synced.crm.log.append("7")
    assert synced.round().left_out == 1
    [left] = synced.left_out()
    assert (left.external_id, left.name, sorted(left.pieces)) == ("7", "Cy", ["email 1", "zone"])
    assert "Mars/Olympus" in left.pieces["zone"]

    synced.crm.people["7"] = {"id": "7", "changed_at": NOON.isoformat(), "fields": {"name": "Cy", "zone": "Asia/Colombo"}}
    synced.crm.log.append("7")
    assert synced.round().left_out == 0


def test_why_something_is_left_is_said_in_the_language_of_who_set_the_system_up(synced: Synced) -> None:
    with synced.pool.transaction() as conn:
        execute(conn, "update syncs set agent_id = %(id)s", {"id": ada(conn)})
        execute(conn, "update agents set interface_language = 'es'")
    synced.crm.people["7"] = {"id": "7", "changed_at": NOON.isoformat(), "fields": {"name": "Cy", "pronoun": "x" * 90}}
    synced.crm.log.append("7")
    synced.round()
    assert synced.left_out()[0].pieces["pronoun"].startswith("Manténgalo")


def test_whom_the_system_deleted_stays_here_and_is_not_told_there_until_it_has_them_again(synced: Synced) -> None:
    synced.crm.put("9", "Theirs", at=NOON)
    synced.round()
    with synced.pool.transaction() as conn:
        customer_id = fetch_values(conn, "select customer_id from customer_refs where external_id = '9'")[0]
    synced.crm.people["9"] = {"id": "9", "changed_at": NOON.isoformat(), "deleted": True}
    synced.crm.log.append("9")
    synced.round()
    pushes = synced.crm.pushes
    synced.rename(customer_id, "Ours")
    synced.round()

    assert synced.names() == ["Ours"]
    assert synced.crm.pushes == pushes
    assert [(one.external_id, one.name, one.pieces) for one in synced.left_out()] == [("9", "Ours", {"deleted": ""})]

    synced.crm.put("9", "Back", at=synced.work.now + MINUTE)
    synced.round()
    synced.rename(customer_id, "Both")
    synced.round()
    assert synced.crm.people["9"]["fields"]["name"] == "Both"
    assert synced.left_out() == []


def test_who_is_told_of_and_was_never_gone_has_their_number_untouched(synced: Synced) -> None:
    def rows() -> list[str]:
        with synced.pool.transaction() as conn:
            return fetch_values(conn, "select ctid::text from customer_refs")

    synced.crm.put("9", "Theirs", at=NOON)
    synced.round()
    before = rows()
    synced.crm.put("9", "Theirs, again", at=NOON + MINUTE)
    synced.round()
    assert (synced.names(), rows()) == (["Theirs, again"], before)


def test_what_was_left_of_somebody_goes_when_they_are_forgotten(synced: Synced) -> None:
    synced.crm.people["7"] = {"id": "7", "changed_at": NOON.isoformat(), "fields": {"name": "Cy", "zone": "Mars/Olympus"}}
    synced.crm.log.append("7")
    synced.round()
    with synced.pool.transaction() as conn:
        customer_id = fetch_values(conn, "select customer_id from customer_refs where external_id = '7'")[0]
        erase(conn, customer_id=customer_id, agent_id=ada(conn), now=synced.work.now)
    assert synced.left_out() == []


def test_a_system_that_never_heard_of_somebody_hears_of_them_though_the_feed_forgot(synced: Synced) -> None:
    synced.make("Old")
    with synced.pool.transaction() as conn:
        customer_feed.clear_old(conn, before=utc_now() + timedelta(days=1))
    synced.round()
    assert [one["fields"]["name"] for one in synced.crm.people.values()] == ["Old"]

    with synced.pool.transaction() as conn:
        [sync] = syncs.every(conn)
        sync_customers.stop(conn, sync.id, now=synced.work.now)
    synced.make("Meanwhile")
    with synced.pool.transaction() as conn:
        customer_feed.clear_old(conn, before=utc_now() + timedelta(days=1))
        sync_customers.resume(conn, sync.id, now=synced.work.now)
    synced.round()
    assert [one["fields"]["name"] for one in synced.crm.people.values()] == ["Old", "Meanwhile"]


def test_a_system_that_lost_everything_is_told_and_read_from_the_beginning(synced: Synced) -> None:
    synced.make("Ours")
    synced.crm.put("9", "Theirs", at=NOON)
    synced.round()
    synced.crm.people = {"9": synced.crm.people["9"]}
    with synced.pool.transaction() as conn:
        sync_customers.begin_again(conn, syncs.every(conn)[0].id, now=synced.work.now)
    again = synced.round()

    assert sorted(one["fields"]["name"] for one in synced.crm.people.values()) == ["Ours", "Theirs"]
    assert (again.error, synced.names()) == ("", ["Ours", "Theirs"])


def test_who_begins_anew_in_the_middle_of_a_round_has_everything_read_anew_and_told(synced: Synced) -> None:
    def begin_again() -> None:
        synced.crm.as_read = synced.crm.meanwhile = None
        synced.crm.people = {"9": synced.crm.people["9"]}
        with synced.pool.transaction() as conn:
            sync_customers.begin_again(conn, syncs.every(conn)[0].id, now=synced.work.now + MINUTE)

    def stands() -> tuple[str, list[str]]:
        return synced.round().pulled_to, sorted(one["fields"]["name"] for one in synced.crm.people.values())

    synced.crm.put("9", "Theirs", at=NOON)
    synced.make("Ours")
    synced.round()
    synced.make("Another of ours")
    synced.crm.meanwhile = begin_again
    assert stands() == ("", ["Another of ours", "Ours", "Theirs"])

    synced.round()
    synced.crm.as_read = begin_again
    assert stands() == ("", ["Another of ours", "Ours", "Theirs"])
    assert stands() == ("1", ["Another of ours", "Ours", "Theirs"])


def test_a_cursor_that_the_system_does_not_know_any_more_begins_anew(synced: Synced) -> None:
    synced.crm.put("8", "First", at=NOON)
    synced.round()
    synced.crm.log = ["9"]
    synced.crm.people["9"] = {"id": "9", "changed_at": NOON.isoformat(), "fields": {"name": "Second"}}
    synced.crm.lost_cursors = {"1"}
    assert (synced.round().error, synced.names()) == ("", ["First", "Second"])


def test_a_system_that_knows_no_cursor_at_all_is_not_read_round_and_round(synced: Synced) -> None:
    for number in range(3):
        synced.crm.put(str(number), f"Theirs {number}", at=NOON)
    synced.crm.lost_cursors = {"2"}
    assert "410" in synced.round().error


def test_a_system_that_asks_to_wait_is_left_alone_so_long(synced: Synced) -> None:
    synced.crm.retry_after = 7_200
    assert synced.round().error
    synced.crm.retry_after = 0
    synced.crm.put("9", "Theirs", at=NOON)
    synced.round()
    assert synced.names() == []
    synced.work.now += DAY  # the longest that a system is left alone: the wire's clock is another than the worker's here
    synced.round()
    assert synced.names() == ["Theirs"]


def test_the_clock_of_a_system_that_is_ahead_makes_nothing_of_theirs_newer(synced: Synced) -> None:
    synced.crm.put("9", "First", at=NOON)
    synced.round()
    with synced.pool.transaction() as conn:
        customer_id = fetch_values(conn, "select customer_id from customer_refs where external_id = '9'")[0]
    synced.rename(customer_id, "Ours is newer")
    synced.crm.ahead = HOUR
    synced.crm.put("9", "Theirs is older", at=synced.work.now - MINUTE + HOUR)
    synced.round()
    assert synced.names() == ["Ours is newer"]


def test_more_than_a_round_takes_goes_on_at_once(synced: Synced) -> None:
    there = 2 * sync_taking.PAGES + 1
    for number in range(there):
        synced.crm.put(str(number), f"Theirs {number}", at=NOON)
    synced.round()
    assert len(synced.names()) == there - 1
    sync_one(synced.work.context, synced.reach)
    assert len(synced.names()) == there


def test_a_system_that_names_nobody_for_whom_it_was_told_of_is_in_trouble(synced: Synced) -> None:
    synced.make("Ours")
    synced.crm.numbers = [None]
    assert "number for each person" in synced.round().error


def test_what_changed_there_again_before_it_was_taken_here_is_taken_too_and_not_overwritten(synced: Synced) -> None:
    versions = (("First", NOON), ("Second", NOON + MINUTE))
    twice = [{"id": "9", "changed_at": at.isoformat(), "fields": {"name": name}} for name, at in versions]
    synced.crm.told = {"people": twice, "cursor": "1"}
    synced.round()
    assert synced.names() == ["Second"]
    assert synced.crm.pushes == 0


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
