"""Customers are found as one types, by all that a caller may name, and listed page by page within the scope."""

import pytest

from amends.core.database import Connection, execute
from amends.inbox.actions import customer_record
from amends.inbox.actions.contact_ways import add_way
from amends.inbox.actions.purchases import add_purchase
from amends.inbox.actions.search_index import read_batch
from amends.inbox.rules.contact import WayKind
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.customer_list import Listed, page
from amends.inbox.store.purchases import NewPurchase
from tests.cast import NOON, a_post, ada
from tests.desk import Desk


@pytest.fixture
def nila(conn: Connection) -> CustomerId:
    """A customer entered by hand, among others."""
    for name in ("Cy Fernando", "தமிழ்ச்செல்வி"):
        customer_record.make(conn, name=name, by=None, now=NOON)
    found, by = customer_record.make(conn, name="Nila Perera", by=None, now=NOON), Source(by=ada(conn))
    add_way(conn, customer_id=found, kind=WayKind.EMAIL, value="Nila.P@example.org", source=by, now=NOON)
    add_way(conn, customer_id=found, kind=WayKind.PHONE, value="+94 77 123 4567", source=by, now=NOON)
    add_purchase(
        conn, customer_id=found, new=NewPurchase(kind="purchase", name="TV", bought_at=NOON, order_number="AB-991"), source=by, now=NOON
    )
    values: dict[str, object] = {"loyalty_number": "GOLD-5", "tags": ["vip"], "owner_id": ada(conn), "do_not_contact": True}
    customer_record.change(conn, customer_id=found, values=values, version=None, by=None, now=NOON)
    while read_batch(conn, limit=100):
        pass
    return found


def _ids(conn: Connection, text: str = "", scope: Scope = EVERYTHING, **more: object) -> list[int]:
    return [row.id for row in page(conn, Listed(text=text, **more), scope)]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("text", ["nila", "PERERA", "nila.p@ex", "+94 77 123", "0094771234567", "gold-5", "ab-99", "AB 991", "Nila Per"])
def test_what_a_caller_names_finds_them(conn: Connection, nila: CustomerId, text: str) -> None:
    assert _ids(conn, text) == [nila]


@pytest.mark.parametrize("text", ["nobody", "%", "_", "' or 1=1", "99999999999999999999", "\x00x"])
def test_what_nobody_has_finds_nobody(conn: Connection, nila: CustomerId, text: str) -> None:
    assert _ids(conn, text) == []


@pytest.mark.parametrize(
    ("text", "finds"), [("77899", True), ("778-99", True), ("26/77899", True), ("٧٧٨٩٩", True), ("7899", False), ("77898", False)]
)
def test_an_order_is_found_by_its_end_as_people_say_it(conn: Connection, nila: CustomerId, text: str, *, finds: bool) -> None:
    new = NewPurchase(kind="purchase", name="Seat", bought_at=NOON, order_number="LK-2026/778-99")
    add_purchase(conn, customer_id=nila, new=new, source=Source(by=ada(conn)), now=NOON)
    assert _ids(conn, text) == ([nila] if finds else [])


def test_a_name_is_found_in_its_own_script_and_a_number_by_itself(conn: Connection, nila: CustomerId) -> None:
    assert [row.name for row in page(conn, Listed(text="தமிழ்"), EVERYTHING)] == ["தமிழ்ச்செல்வி"]
    assert _ids(conn, f"#{nila}") == [nila]


def test_the_row_says_what_an_agent_needs_and_the_list_goes_on_by_id(conn: Connection, nila: CustomerId) -> None:
    row = page(conn, Listed(tag="vip", owner_id=ada(conn)), EVERYTHING)[0]
    assert (row.owner, row.tags, row.do_not_contact, row.loyalty_number, row.open_cases) == ("Ada", ["vip"], True, "GOLD-5", 0)
    first = _ids(conn, limit=2)
    assert [*first, *_ids(conn, below=first[-1], limit=2)] == [nila, nila - 1, nila - 2]


def test_who_was_merged_away_or_erased_is_not_listed(conn: Connection, nila: CustomerId) -> None:
    execute(conn, "update customers set merged_into = %(to)s where id = %(id)s", {"to": nila - 1, "id": nila})
    execute(conn, "update customers set erased_at = now() where id = %(id)s", {"id": nila - 1})
    assert _ids(conn) == [nila - 2]


def test_customers_whose_every_case_is_out_of_sight_are_out_of_sight(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost!"))
    [row] = page(desk.conn, Listed(), EVERYTHING)
    assert (row.handles, row.open_cases, row.mood) == (["x:cy_travels"], 1, "negative")
    assert _ids(desk.conn, scope=Scope(sources=(10**9,))) == []


def test_a_name_that_many_have_is_walked_to_and_one_that_few_have_is_gathered_newest_first(conn: Connection, nila: CustomerId) -> None:
    execute(conn, "insert into customers (name, created_at) select 'Nimal ' || n, now() from generate_series(1, 60) n")
    while read_batch(conn, limit=100):
        pass
    many = _ids(conn, "nimal")
    assert many == sorted(many, reverse=True)
    assert len(many) == 50
    assert [*many, *_ids(conn, "nimal", below=many[-1])] == list(range(many[0], many[0] - 60, -1))
    assert _ids(conn, "nimal 7") == [many[0] - 53]
    assert _ids(conn, "nil") == [nila]
