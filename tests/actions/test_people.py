"""Customers and their handles, agents and their passwords."""

import pytest
from argon2.profiles import RFC_9106_LOW_MEMORY

from amends.api.record_words import value
from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.post import Author
from amends.inbox.actions import consents
from amends.inbox.actions.agents import add_agent, change_password, verify_password
from amends.inbox.actions.customers import link_customer, unlink
from amends.inbox.actions.erase import erase
from amends.inbox.actions.follow_up import look_at_stirred
from amends.inbox.actions.resolve import resolve
from amends.inbox.rules.consent import EVERY_WAY, Purpose, Target
from amends.inbox.rules.evidence import of_basis
from amends.inbox.rules.ids import AuthorId, CustomerId, SourceId
from amends.inbox.rules.words import LinkBasis, Role
from amends.inbox.store import customer_changes, link_evidence
from tests.accounts import IN_EARNEST
from tests.cast import NOON, POLICY, a_post, a_source
from tests.desk import DAY, MINUTE, Desk
from tests.people import a_person

REDDIT_CY = Author(external_id="t2_cy", handle="cy-travels", name="")


@pytest.fixture
def twice(desk: Desk) -> Desk:
    """Cy has complained on X and, a little later, on Reddit."""
    desk.hear(a_post("My bag is lost!"))
    x_source = desk.source_id
    desk.source_id, desk.network = a_source(desk.conn, network="reddit"), "reddit"
    desk.hear(a_post("My bag is lost!", network="reddit", author=REDDIT_CY, published_at=NOON + MINUTE))
    desk.source_id, desk.network = x_source, "x"
    return desk


def _authors(desk: Desk) -> tuple[AuthorId, AuthorId]:
    cy, reddit_cy = fetch_values(desk.conn, "select id from authors order by id limit 2")
    return cy, reddit_cy


def _customers(desk: Desk) -> list[CustomerId]:
    return fetch_values(desk.conn, "select customer_id from cases order by id")


def _tie(desk: Desk) -> None:
    _link(desk, _authors(desk)[1], _customers(desk)[0])


def _link(desk: Desk, author_id: AuthorId, customer_id: CustomerId) -> None:
    link_customer(
        desk.conn,
        author_id=author_id,
        customer_id=customer_id,
        basis=LinkBasis.TOLD_US,
        evidence=of_basis(LinkBasis.TOLD_US, "said so in the thread"),
        agent_id=desk.agent_id,
        now=NOON,
    )


def test_a_link_moves_the_cases_and_keeps_its_ground(twice: Desk) -> None:
    _tie(twice)

    assert len(set(_customers(twice))) == 1
    [told] = link_evidence.of_customer(twice.conn, _customers(twice)[0])
    assert (told.author_id, told.kind, told.consent, told.note, told.agent) == (
        _authors(twice)[1],
        "told_us",
        "own_words",
        "said so in the thread",
        "Ada",
    )
    assert fetch_values(twice.conn, "select count(*) from customers where merged_into is null") == [1]


def test_a_link_is_undone_with_its_cases(twice: Desk) -> None:
    _tie(twice)
    alone = unlink(twice.conn, author_id=_authors(twice)[1], agent_id=twice.agent_id, now=NOON)

    assert _customers(twice)[1] == alone != _customers(twice)[0]
    assert fetch_values(twice.conn, "select name from customers where id = %(id)s", {"id": alone}) == ["cy-travels"]
    assert link_evidence.of_customer(twice.conn, alone) == []


def test_whose_a_handle_was_and_is_stands_in_the_history_of_both(twice: Desk) -> None:
    _tie(twice)
    [both] = set(_customers(twice))
    elsewhere = a_person(twice.conn, "Cy")
    _link(twice, _authors(twice)[1], elsewhere.id)
    alone = unlink(twice.conn, author_id=_authors(twice)[1], agent_id=twice.agent_id, now=NOON)

    def told(customer_id: CustomerId) -> list[tuple[str, str, str, str | None]]:
        found = reversed(customer_changes.of_field(twice.conn, customer_id, "handles"))
        return [(one.origin, value("handles", one.was, {}), value("handles", one.became, {}), one.agent) for one in found]

    assert told(both) == [("merge", "", "Reddit: u/cy-travels", "Ada"), ("agent", "Reddit: u/cy-travels", "", "Ada")]
    assert told(elsewhere.id) == [("agent", "", "Reddit: u/cy-travels", "Ada"), ("agent", "Reddit: u/cy-travels", "", "Ada")]
    assert told(alone) == [("agent", "", "Reddit: u/cy-travels", "Ada")]


def test_what_was_said_of_a_handle_goes_where_the_handle_goes(twice: Desk) -> None:
    _tie(twice)
    conn, author = twice.conn, _authors(twice)[1]
    [both] = set(_customers(twice))
    by_handle = Target(author_id=author)

    def may_write(customer_id: CustomerId) -> bool:
        return consents.may_write(conn, customer_id=customer_id, purpose=Purpose.OCCASION, target=by_handle)

    def say(customer_id: CustomerId, target: Target, *, given: bool) -> None:
        consents.say(
            conn,
            customer_id=customer_id,
            purpose=Purpose.OCCASION,
            given=given,
            basis="told us",
            target=target,
            by=twice.agent_id,
            now=NOON,
        )

    elsewhere = a_person(conn, "Cy")
    say(elsewhere.id, EVERY_WAY, given=True)
    say(both, by_handle, given=False)
    _link(twice, author, elsewhere.id)
    assert not may_write(elsewhere.id)
    alone = unlink(conn, author_id=author, agent_id=twice.agent_id, now=NOON)
    assert fetch_values(conn, "select customer_id from consents where author_id = %(id)s", {"id": author}) == [alone]


def test_a_handle_is_not_given_to_somebody_who_was_erased(twice: Desk) -> None:
    _tie(twice)
    elsewhere = a_person(twice.conn, "Cy")
    erase(twice.conn, customer_id=elsewhere.id, agent_id=twice.agent_id, now=NOON)
    with pytest.raises(Refused, match="erased"):
        _link(twice, _authors(twice)[1], elsewhere.id)


def test_one_of_several_handles_goes_over_alone_and_comes_off_again(twice: Desk) -> None:
    _tie(twice)
    elsewhere = a_person(twice.conn, "Cy")
    _link(twice, _authors(twice)[1], elsewhere.id)
    assert _customers(twice)[1] == elsewhere.id != _customers(twice)[0]

    alone = unlink(twice.conn, author_id=_authors(twice)[1], agent_id=twice.agent_id, now=NOON)
    assert _customers(twice)[1] == alone != elsewhere.id


def test_the_only_handle_of_a_customer_stays(twice: Desk) -> None:
    with pytest.raises(Refused):
        unlink(twice.conn, author_id=_authors(twice)[0], agent_id=twice.agent_id, now=NOON)


def test_nobody_is_tied_to_a_customer_who_does_not_exist(twice: Desk) -> None:
    with pytest.raises(NotFound):
        link_customer(
            twice.conn,
            author_id=_authors(twice)[0],
            customer_id=CustomerId(404),
            basis=LinkBasis.AGENT,
            evidence=(),
            agent_id=twice.agent_id,
            now=NOON,
        )


def test_a_complaint_under_a_linked_handle_is_a_relapse(twice: Desk) -> None:
    _tie(twice)
    twice.now += DAY
    first, _ = twice.cases()
    resolve(twice.conn, case_id=first.id, agent_id=twice.agent_id, policy=POLICY, now=twice.now)
    twice.source_id, twice.network = _reddit(twice), "reddit"
    twice.now += DAY
    twice.hear(a_post("My bag is lost again!", network="reddit", author=REDDIT_CY, published_at=twice.now))

    assert look_at_stirred(twice.conn, now=twice.now) == 2
    assert set(fetch_values(twice.conn, "select outcome || ': ' || note from follow_ups")) == {
        "relapsed: The customer complained again elsewhere."
    }
    again = twice.cases()[0]
    assert (again.status, again.episode) == ("open", 2)


def _reddit(desk: Desk) -> SourceId:
    [source_id] = fetch_values(desk.conn, "select id from sources where network = 'reddit'")
    return source_id


def test_an_agent_signs_in_with_the_password_and_in_any_spelling_of_the_address(conn: Connection) -> None:
    agent_id = add_agent(conn, email=" Ada@Amends.example ", name="Ada", role=Role.AGENT, password="a good password", now=NOON)

    assert verify_password(conn, email="ada@amends.EXAMPLE", password="a good password") == agent_id
    assert verify_password(conn, email="ada@amends.example", password="a bad password") is None
    assert verify_password(conn, email="nobody@amends.example", password="a good password") is None
    assert "a good password" not in str(fetch_values(conn, "select password_hash from agents"))


def test_a_password_is_as_dear_to_guess_as_argon2_s_authors_advise() -> None:
    advised = RFC_9106_LOW_MEMORY
    assert (IN_EARNEST.type, IN_EARNEST.time_cost) == (advised.type, advised.time_cost)
    assert (IN_EARNEST.memory_cost, IN_EARNEST.parallelism) == (advised.memory_cost, advised.parallelism)


def test_an_agent_who_has_left_does_not_sign_in(conn: Connection) -> None:
    add_agent(conn, email="ada@amends.example", name="Ada", role=Role.AGENT, password="a good password", now=NOON)
    execute(conn, "update agents set active = false")

    assert verify_password(conn, email="ada@amends.example", password="a good password") is None


def test_a_new_password_replaces_the_old_one_and_ends_the_sessions(conn: Connection) -> None:
    agent_id = add_agent(conn, email="ada@amends.example", name="Ada", role=Role.AGENT, password="a good password", now=NOON)
    execute(
        conn,
        "insert into sessions (token_hash, agent_id, csrf_token, created_at, expires_at) values ('x', %(id)s, '', %(now)s, %(now)s)",
        {"id": agent_id, "now": NOON},
    )
    change_password(conn, agent_id=agent_id, password="a better password", now=NOON, tokens_too=False)

    assert verify_password(conn, email="ada@amends.example", password="a good password") is None
    assert verify_password(conn, email="ada@amends.example", password="a better password") == agent_id
    assert fetch_values(conn, "select count(*) from sessions") == [0]


@pytest.mark.parametrize(
    ("email", "name", "password"), [("ada", "Ada", "long enough"), ("a@b", " ", "long enough"), ("a@b", "Ada", "short")]
)
def test_an_agent_needs_an_address_a_name_and_a_long_password(conn: Connection, email: str, name: str, password: str) -> None:
    with pytest.raises(Refused):
        add_agent(conn, email=email, name=name, role=Role.AGENT, password=password, now=NOON)


def test_an_address_belongs_to_one_agent(conn: Connection) -> None:
    add_agent(conn, email="ada@amends.example", name="Ada", role=Role.AGENT, password="a good password", now=NOON)
    with pytest.raises(Conflict):
        add_agent(conn, email="ADA@amends.example", name="Ada", role=Role.AGENT, password="a good password", now=NOON)
