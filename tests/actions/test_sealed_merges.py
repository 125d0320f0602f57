"""Two records with sealed values become one: who may choose chooses whose counts, and taking it back brings both back."""

from collections.abc import Mapping

import pytest

from amends.core.database import Connection, fetch_values
from amends.core.errors import Refused
from amends.inbox.actions.attributes import add_attribute
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.actions.sensitive_values import reveal, set_value
from amends.inbox.actions.unmerge import unmerge
from amends.inbox.rules.customer_record import Attribute, Kind
from amends.inbox.rules.ids import CustomerId, MergeId
from amends.inbox.store import sensitive_values
from amends.inbox.store.customer_changes import Source
from tests.cast import NOON, ada
from tests.people import a_person

KEY = "a-key-without-spaces-for-this"
FIELD = "attributes.health"


@pytest.fixture
def pair(conn: Connection) -> tuple[CustomerId, CustomerId]:
    """Two records of a desk that asks for something sensitive."""
    add_attribute(conn, Attribute(key="health", name="Health", kind=Kind.TEXT, sensitive=True), by=None, now=NOON)
    return a_person(conn).id, a_person(conn).id


def _set(conn: Connection, customer_id: CustomerId, value: str) -> None:
    set_value(conn, customer_id, "health", value, source=Source(by=None), secret_key=KEY, now=NOON)


def _read(conn: Connection, *customer_ids: CustomerId) -> list[str]:
    return [reveal(conn, one, "health", by=ada(conn), secret_key=KEY, now=NOON) for one in customer_ids]


def _merge(
    conn: Connection, pair: tuple[CustomerId, CustomerId], choices: Mapping[str, str] | None = None, *, sealed: bool = True
) -> MergeId:
    wanted = Pair(survivor_id=pair[0], absorbed_id=pair[1], choices=choices or {}, sealed=sealed)
    return merge(conn, wanted, agent_id=ada(conn), now=NOON)


@pytest.mark.parametrize(
    ("ours", "theirs", "side", "becomes"),
    [
        ("nuts", "milk", "absorbed", "milk"),
        ("nuts", "milk", "survivor", "nuts"),
        ("nuts", "milk", "", "nuts"),
        ("", "milk", "", "milk"),
        ("nuts", "", "", "nuts"),
    ],
)
def test_the_chosen_value_counts_and_both_come_back(
    conn: Connection, pair: tuple[CustomerId, CustomerId], ours: str, theirs: str, side: str, becomes: str
) -> None:
    _set(conn, pair[0], ours)
    _set(conn, pair[1], theirs)
    merge_id = _merge(conn, pair, {FIELD: side} if side else None)
    assert _read(conn, pair[0]) == [becomes]

    unmerge(conn, merge_id, agent_id=ada(conn), now=NOON)
    assert _read(conn, *pair) == [ours, theirs]
    assert fetch_values(conn, "select count(*) from sensitive_values") == [bool(ours) + bool(theirs)]


def test_what_somebody_changed_since_stays_changed(conn: Connection, pair: tuple[CustomerId, CustomerId]) -> None:
    _set(conn, pair[0], "nuts")
    _set(conn, pair[1], "milk")
    merge_id = _merge(conn, pair, {FIELD: "absorbed"})
    _set(conn, pair[0], "eggs")
    unmerge(conn, merge_id, agent_id=ada(conn), now=NOON)
    assert _read(conn, *pair) == ["eggs", "milk"]


def test_who_may_not_read_it_cannot_choose(conn: Connection, pair: tuple[CustomerId, CustomerId]) -> None:
    with pytest.raises(Refused, match="cannot be chosen"):
        _merge(conn, pair, {FIELD: "absorbed"}, sealed=False)


def test_of_two_sealed_values_not_both_are_kept(conn: Connection, pair: tuple[CustomerId, CustomerId]) -> None:
    with pytest.raises(Refused, match="Health"):
        _merge(conn, pair, {FIELD: "both"})


def test_in_a_chain_the_outermost_has_what_its_part_has_again(conn: Connection, pair: tuple[CustomerId, CustomerId]) -> None:
    outer = a_person(conn).id
    _set(conn, pair[0], "nuts")
    _set(conn, pair[1], "milk")
    inner = _merge(conn, pair, {FIELD: "absorbed"})
    _merge(conn, (outer, pair[0]))
    assert _read(conn, outer) == ["milk"]
    unmerge(conn, inner, agent_id=ada(conn), now=NOON)
    assert _read(conn, outer, *pair) == ["nuts", "nuts", "milk"]


def test_the_history_says_that_it_changed_and_the_file_of_the_person_has_each_value_once(
    conn: Connection, pair: tuple[CustomerId, CustomerId]
) -> None:
    _set(conn, pair[0], "nuts")
    _set(conn, pair[1], "milk")
    _merge(conn, pair, {FIELD: "absorbed"})
    [told] = fetch_values(conn, "select (was, became)::text from customer_changes where field = 'attributes.health' and origin = 'merge'")
    assert "•••" in told
    assert len(sensitive_values.every(conn, [*pair])) == 2
