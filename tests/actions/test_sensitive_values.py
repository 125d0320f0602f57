"""What is sensitive lies sealed: nobody reads it in the database, who may reads it by a press that stands in the log."""

import pytest

from amends.core.database import Connection, fetch_values
from amends.core.errors import NotFound, Refused
from amends.inbox.actions import attributes, customer_record
from amends.inbox.actions.seal_anew import seal_anew
from amends.inbox.actions.sensitive_values import reveal, set_value
from amends.inbox.rules.customer_record import Attribute, Kind
from amends.inbox.rules.ids import CustomerId
from amends.inbox.store.customer_changes import Source
from tests.cast import NOON, ada
from tests.words import tables_with

KEY = "a-key-without-spaces-for-this"
WORD = "zyxomma"


@pytest.fixture
def customer_id(conn: Connection) -> CustomerId:
    """A customer of a desk that asks for something sensitive."""
    attributes.add_attribute(conn, Attribute(key="health", name="Health", kind=Kind.TEXT, sensitive=True), by=None, now=NOON)
    return customer_record.make(conn, name="Cy Fernando", by=None, now=NOON)


def test_it_lies_sealed_and_opens_for_who_asks_which_is_kept(conn: Connection, customer_id: CustomerId) -> None:
    set_value(conn, customer_id, "health", f"{WORD} allergy", source=Source(by=ada(conn)), secret_key=KEY, now=NOON)
    assert tables_with(conn, WORD) == set()
    assert reveal(conn, customer_id, "health", by=ada(conn), secret_key=KEY, now=NOON) == f"{WORD} allergy"
    assert fetch_values(conn, "select place from openings") == ["sensitive"]


def test_the_history_says_that_it_changed_and_not_what_it_was(conn: Connection, customer_id: CustomerId) -> None:
    set_value(conn, customer_id, "health", WORD, source=Source(by=ada(conn)), secret_key=KEY, now=NOON)
    set_value(conn, customer_id, "health", "", source=Source(by=ada(conn)), secret_key=KEY, now=NOON)
    told = fetch_values(conn, "select (was, became)::text from customer_changes where field = 'attributes.health' order by id")
    assert len(told) == 2
    assert fetch_values(conn, "select count(*) from sensitive_values") == [0]


def test_it_is_set_on_its_own_and_nowhere_else(conn: Connection, customer_id: CustomerId) -> None:
    with pytest.raises(Refused, match="lies sealed"):
        customer_record.change(conn, customer_id=customer_id, values={"attributes.health": WORD}, version=None, by=None, now=NOON)
    with pytest.raises(NotFound):
        set_value(conn, customer_id, "shoe", WORD, source=Source(by=None), secret_key=KEY, now=NOON)


def test_an_attribute_with_values_stays_as_open_or_as_sealed_as_it_is(conn: Connection, customer_id: CustomerId) -> None:
    [attribute_id] = fetch_values(conn, "select id from attributes where key = 'health'")
    set_value(conn, customer_id, "health", WORD, source=Source(by=ada(conn)), secret_key=KEY, now=NOON)
    with pytest.raises(Refused, match="has values already"):
        attributes.change_attribute(conn, attribute_id, name="Health", choices=(), sensitive=False, by=None, now=NOON)


def test_with_another_key_it_is_sealed_anew(conn: Connection, customer_id: CustomerId) -> None:
    set_value(conn, customer_id, "health", WORD, source=Source(by=ada(conn)), secret_key=KEY, now=NOON)
    assert seal_anew(conn, secret_key=f"another-key-of-the-desk {KEY}")["sensitive_values.sealed"] == 1
    assert reveal(conn, customer_id, "health", by=ada(conn), secret_key="another-key-of-the-desk", now=NOON) == WORD
