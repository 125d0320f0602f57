"""Two people, or two workers, at the same thing at the same moment: one of them waits, and both ends fit together."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import pytest

from amends.core.database import Connection, Pool, execute, fetch_values
from amends.core.errors import Conflict, Refused
from amends.core.post import Author
from amends.inbox.actions import answered_there, incidents
from amends.inbox.actions.contact_ways import add_way
from amends.inbox.actions.customer_record import change
from amends.inbox.actions.customers import link_customer, unlink
from amends.inbox.actions.erase import erase
from amends.inbox.actions.follow_up_plans import make_plan
from amends.inbox.actions.found import locked_case
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.actions.organisations import Wish, add_organisation
from amends.inbox.actions.resolve import reopen, resolve
from amends.inbox.actions.snooze import snooze
from amends.inbox.actions.take_back import take_back_reply
from amends.inbox.actions.triage import triage_pending
from amends.inbox.rules.contact import WayKind
from amends.inbox.rules.follow_up_plans import Plan
from amends.inbox.rules.ids import AgentId, AuthorId, CustomerId
from amends.inbox.rules.incidents import NewIncident
from amends.inbox.rules.snoozing import Reason, Sleep
from amends.inbox.rules.words import LinkBasis
from amends.inbox.store import follow_up_plans, import_apply, import_match
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.imports import Import
from tests.cast import NOON, POLICY, US, a_post, a_source, ada, an_answer_to
from tests.desk import Desk
from tests.fakes import FakeClassifier
from tests.importing import Importing

SOON = 0.3


def test_an_answer_that_was_told_is_taken_back_while_its_post_arrives(pool: Pool) -> None:
    with pool.transaction() as conn:
        desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn))
        desk.hear(a_post("lost", external_id="bag"))
        case_id, source_id, who = desk.case().id, desk.source_id, {"agent_id": desk.agent_id, "now": NOON}
        reply_id = answered_there.tell(conn, case_id=case_id, text="We are on it.", policy=POLICY, **who)
    ours = an_answer_to(a_post(external_id="bag"), "We are on it.", author=US, is_own=True)

    def second() -> None:
        with pool.transaction() as conn:
            ingest(conn, source_id=source_id, network="x", posts=[ours], now=NOON)

    with ThreadPoolExecutor() as threads:
        with pool.transaction() as conn:
            locked_case(conn, case_id)
            other: Future[None] = threads.submit(second)
            with suppress(TimeoutError):
                other.result(timeout=SOON)
            take_back_reply(conn, case_id=case_id, reply_id=reply_id, **who)
        other.result(timeout=60)
    with pool.transaction() as conn:
        assert fetch_values(conn, "select (select count(*) from replies) + (select count(answered_at) from episodes)") == [0]


def _two_customers(pool: Pool) -> tuple[AgentId, list[AuthorId], list[CustomerId]]:
    with pool.transaction() as conn:
        posts = [a_post("lost", author=Author(external_id=f"a{n}", handle=f"a{n}")) for n in range(2)]
        ingest(conn, source_id=a_source(conn), network="x", posts=posts, now=NOON)
        triage_pending(conn, classifier=FakeClassifier(), policy=POLICY, clock=lambda: NOON)
        return (
            ada(conn),
            fetch_values(conn, "select author_id from customer_links order by author_id"),
            fetch_values(conn, "select customer_id from customer_links order by author_id"),
        )


def _tie(conn: Connection, author_id: AuthorId, customer_id: CustomerId, agent_id: AgentId) -> None:
    link_customer(conn, author_id=author_id, customer_id=customer_id, basis=LinkBasis.AGENT, evidence=(), agent_id=agent_id, now=NOON)


def _fits(pool: Pool) -> tuple[int, int]:
    """Return how many customers have no handle, and how many cases are not their author's customer's."""
    with pool.transaction() as conn:
        [alone] = fetch_values(
            conn,
            "select count(*) from customers c left join customer_links l on l.customer_id = c.id where l is null and merged_into is null",
        )
        [astray] = fetch_values(
            conn, "select count(*) from cases c join customer_links l using (author_id) where l.customer_id <> c.customer_id"
        )
    return alone, astray


def test_two_agents_link_two_customers_both_ways_and_the_second_hears_that_they_are_one(pool: Pool) -> None:
    agent, authors, customers = _two_customers(pool)

    def second() -> None:
        with pool.transaction() as conn:
            _tie(conn, authors[1], customers[0], agent)

    with ThreadPoolExecutor() as threads:
        with pool.transaction() as conn:
            _tie(conn, authors[0], customers[1], agent)
            other: Future[None] = threads.submit(second)
            with suppress(TimeoutError):
                other.result(timeout=SOON)
        with pytest.raises(Conflict, match="is part of"):
            other.result(timeout=60)
    assert _fits(pool) == (0, 0)


def test_two_agents_part_the_two_handles_of_a_customer_and_one_of_them_stays(pool: Pool) -> None:
    agent, authors, customers = _two_customers(pool)
    with pool.transaction() as conn:
        _tie(conn, authors[0], customers[1], agent)

    def second() -> None:
        with pool.transaction() as conn:
            unlink(conn, author_id=authors[1], agent_id=agent, now=NOON)

    with ThreadPoolExecutor() as threads:
        with pool.transaction() as conn:
            unlink(conn, author_id=authors[0], agent_id=agent, now=NOON)
            other: Future[None] = threads.submit(second)
            with suppress(TimeoutError):
                other.result(timeout=SOON)
        with pytest.raises(Refused, match="only handle"):
            other.result(timeout=60)
    assert _fits(pool) == (0, 0)


def test_whoever_is_erased_while_merged_is_not_forgotten_by_half(pool: Pool) -> None:
    agent, _authors, customers = _two_customers(pool)

    def second() -> None:
        with pool.transaction() as conn:
            erase(conn, customer_id=customers[0], agent_id=agent, now=NOON)

    with ThreadPoolExecutor() as threads:
        with pool.transaction() as conn:
            merge(conn, Pair(survivor_id=customers[0], absorbed_id=customers[1]), agent_id=agent, now=NOON)
            other: Future[None] = threads.submit(second)
            with suppress(TimeoutError):
                other.result(timeout=SOON)
        with pytest.raises(Conflict, match="just merged"):
            other.result(timeout=60)
    with pool.transaction() as conn:
        assert erase(conn, customer_id=customers[0], agent_id=agent, now=NOON).records == 2


def test_a_case_that_is_opened_again_while_its_customer_is_forgotten_is_over_all_the_same(pool: Pool) -> None:
    agent, _authors, customers = _two_customers(pool)
    with pool.transaction() as conn:
        [case_id] = fetch_values(conn, "select id from cases where customer_id = %(id)s", {"id": customers[0]})
        resolve(conn, case_id=case_id, agent_id=agent, policy=POLICY, now=NOON)

    def begun(conn: Connection) -> None:
        reopen(conn, case_id=case_id, agent_id=agent, now=NOON)

    def other(conn: Connection) -> None:
        erase(conn, customer_id=customers[0], agent_id=agent, now=NOON)

    _one_waits_for_the_other(pool, begun, other, lambda _conn: None)
    with pool.transaction() as conn:
        assert fetch_values(conn, "select status from cases where id = %(id)s", {"id": case_id}) == ["resolved"]


def _an_import_of_two(pool: Pool, agent: AgentId, customer: CustomerId) -> Import:
    """Let a dry run find that a file says more of a customer."""
    with pool.transaction() as conn:
        execute(
            conn,
            """
            insert into contact_ways (customer_id, kind, value, normal, created_at)
            values (%(id)s, 'email', 'cy@a.example', 'cy@a.example', now())
            """,
            {"id": customer},
        )
        importing = Importing(conn=conn, agent_id=agent)
        return importing.look(importing.read("Email,Phone,Pronoun\ncy@a.example,+94 77 123 4567,she\n"))


@pytest.mark.parametrize("what", ["erased", "merged"])
def test_whoever_is_erased_or_merged_while_an_import_knows_them_gets_nothing_of_it_afterwards(pool: Pool, what: str) -> None:
    agent, _authors, customers = _two_customers(pool)
    one = _an_import_of_two(pool, agent, customers[1])

    def second() -> None:
        with pool.transaction() as conn:
            if what == "erased":
                erase(conn, customer_id=customers[1], agent_id=agent, now=NOON)
            else:
                merge(conn, Pair(survivor_id=customers[0], absorbed_id=customers[1]), agent_id=agent, now=NOON)

    with ThreadPoolExecutor() as threads:
        with pool.transaction() as conn:
            import_match.lock(conn)
            import_match.match_again(conn, one, one.mapping, after=0, upto=1)
            other: Future[None] = threads.submit(second)
            with suppress(TimeoutError):
                other.result(timeout=SOON)
            import_apply.apply(conn, one, one.mapping, after=0, upto=1, agent_id=agent, now=NOON)
        other.result(timeout=60)
    with pool.transaction() as conn:
        said = fetch_values(conn, "select pronoun from customers where pronoun <> '' and merged_into is null")
        ways = fetch_values(conn, "select customer_id from contact_ways where kind = 'phone'")
    assert (said, ways) == (([], []) if what == "erased" else (["she"], [customers[0]]))


Step = Callable[[Connection], object]


def _one_waits_for_the_other(pool: Pool, begun: Step, other: Step, ended: Step) -> None:
    """Do `begun` and `ended` in one transaction, and `other` beside it in another, which is under way in between."""

    def beside() -> None:
        with pool.transaction() as conn:
            other(conn)

    with ThreadPoolExecutor() as threads:
        with pool.transaction() as conn:
            begun(conn)
            waiting: Future[None] = threads.submit(beside)
            with suppress(TimeoutError):
                waiting.result(timeout=SOON)
            ended(conn)
        waiting.result(timeout=60)


@pytest.mark.parametrize("first", ["agent", "import"])
def test_an_agent_who_saves_while_an_import_compares_comes_before_or_after_it_as_a_whole(pool: Pool, first: str) -> None:
    agent, _authors, customers = _two_customers(pool)
    one = _an_import_of_two(pool, agent, customers[1])

    def by_hand(conn: Connection) -> None:
        change(conn, customer_id=customers[1], values={"pronoun": "they"}, version=None, by=agent, now=NOON)

    def compared(conn: Connection) -> None:
        import_match.lock(conn)
        import_match.match_again(conn, one, one.mapping, after=0, upto=1)

    def written(conn: Connection) -> None:
        import_apply.apply(conn, one, one.mapping, after=0, upto=1, agent_id=agent, now=NOON)

    if first == "import":
        _one_waits_for_the_other(pool, compared, by_hand, written)
    else:
        _one_waits_for_the_other(pool, by_hand, lambda conn: (compared(conn), written(conn)), lambda _conn: None)
    with pool.transaction() as conn:
        told = fetch_values(conn, "select array[was, became] from customer_changes where field = 'pronoun' order by id")
    assert told == ([["", "they"], ["they", "she"]] if first == "agent" else [["", "she"], ["she", "they"]])


@pytest.mark.parametrize("first", ["agent", "import"])
def test_an_address_entered_while_an_import_brings_it_is_never_two_peoples_without_anybody_knowing(pool: Pool, first: str) -> None:
    agent, _authors, customers = _two_customers(pool)
    with pool.transaction() as conn:
        importing = Importing(conn=conn, agent_id=agent)
        one = importing.look(importing.read("Name,Email\nCy,cy@a.example\n"))
    others: list[CustomerId] = []

    def by_hand(conn: Connection) -> None:
        source = Source(by=agent)
        added = add_way(conn, customer_id=customers[0], kind=WayKind.EMAIL, value="cy@a.example", source=source, now=NOON)
        others.extend(added.others)

    def compared(conn: Connection) -> None:
        import_match.lock(conn)
        import_match.match_again(conn, one, one.mapping, after=0, upto=1)

    def written(conn: Connection) -> None:
        import_apply.apply(conn, one, one.mapping, after=0, upto=1, agent_id=agent, now=NOON)

    if first == "import":
        _one_waits_for_the_other(pool, compared, by_hand, written)
    else:
        _one_waits_for_the_other(pool, by_hand, lambda conn: (compared(conn), written(conn)), lambda _conn: None)
    with pool.transaction() as conn:
        holders = fetch_values(conn, "select customer_id from contact_ways where normal = 'cy@a.example' order by customer_id")
    assert holders == [customers[0], *others]
    assert len(others) == (1 if first == "import" else 0)


def test_two_agents_add_an_organisation_of_one_name_and_one_of_them_hears_that_it_is_there(pool: Pool) -> None:
    with pool.transaction() as conn:
        agent = ada(conn)

    def add(conn: Connection) -> None:
        add_organisation(conn, Wish(name="Flyers"), agent_id=agent, now=NOON)

    with pytest.raises(Refused, match="already"):
        _one_waits_for_the_other(pool, add, add, lambda _conn: None)
    with pool.transaction() as conn:
        assert fetch_values(conn, "select name from organisations") == ["Flyers"]


def test_a_case_does_not_fall_asleep_for_an_incident_that_is_being_ended(pool: Pool) -> None:
    agent, _authors, _customers = _two_customers(pool)
    with pool.transaction() as conn:
        [case_id, _other] = fetch_values(conn, "select id from cases order by id")
        [brand] = fetch_values(conn, "select min(id) from brands")
        incident = incidents.open(conn, NewIncident(name="Outage", brand_id=brand), agent_id=agent, now=NOON)

    def second() -> None:
        with pool.transaction() as conn:
            snooze(conn, case_id=case_id, sleep=Sleep(reason=Reason.INCIDENT, incident_id=incident), agent_id=agent, now=NOON)

    with ThreadPoolExecutor() as threads:
        with pool.transaction() as conn:
            incidents.set_status(conn, incident, "fixed", agent_id=agent, now=NOON)
            other: Future[None] = threads.submit(second)
            with suppress(TimeoutError):
                other.result(timeout=SOON)
        with pytest.raises(Refused, match="over"):
            other.result(timeout=60)


@pytest.mark.parametrize("one_before", [False, True])
def test_two_make_the_plan_for_the_same_cases_and_the_second_hears_of_the_first(pool: Pool, one_before: bool) -> None:
    def make(conn: Connection, days: int) -> None:
        make_plan(conn, Plan(first_days=days), now=NOON)

    def second() -> None:
        with pool.transaction() as conn:
            make(conn, 5)

    if one_before:
        with pool.transaction() as conn:
            make(conn, 3)
    with ThreadPoolExecutor() as threads:
        with pool.transaction() as conn:
            make(conn, 4)
            other: Future[None] = threads.submit(second)
            with suppress(TimeoutError):
                other.result(timeout=SOON)
        with pytest.raises(Conflict, match="Another plan"):
            other.result(timeout=60)
    with pool.transaction() as conn:
        assert [plan.first_days for plan in follow_up_plans.in_force(conn)] == [4]
