"""What a segment finds in SQL is what its query says, evaluated by hand on each of a population of invented customers."""

import calendar
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.core.database import Connection, Jsonb, connect, execute, fetch_values
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.customer_fields import customer_fields
from amends.inbox.rules.query import All, Either, Match, Node, Not, Query, Term, all_of, either_of, query_of
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.query_values import day, number, span
from amends.inbox.store import customer_sql, segment_members
from tests.cast import NOON, ada, bo
from tests.databases import Server
from tests.often import few

TODAY = NOON.date()
NAMES = ("Ravi Perera", "O'Brien; drop table", "அனிதா", "100%_sure", "Zoë", "<b>x</b>")
TAGS = ("vip", "press", "Board")
KEYS = {"tier": "choice", "city": "text", "visits": "number", "joined": "date", "news": "yes_no"}
RISKS, MOODS = ("none", "some", "high"), ("negative", "neutral", "positive")


@dataclass(frozen=True, kw_only=True)
class Person:
    """A customer as the test knows them; times are ages in days."""

    id: int
    name: str
    tags: tuple[str, ...]
    owner: str
    languages: tuple[str, ...]
    written: tuple[str, ...]
    role: str
    member: bool
    attributes: dict[str, Any]
    purchases: tuple[tuple[str, int, int], ...]
    renews_in: int | None
    birthday: tuple[int, int] | None
    consents: tuple[bool, ...]
    closed: bool
    cases: int | None
    open: int
    contact: int | None
    mood: str
    risk: str
    since: int


def someone(rng: Random, place: int) -> Person:
    """Return an invented customer."""
    kept: dict[str, Any] = {
        "tier": rng.choice(["Gold", "Silver"]),
        "city": rng.choice(["Kandy", "north kandy", "50%"]),
        "visits": rng.choice([0, 3, 3.5, -2, "none of these"]),
        "joined": rng.choice(["2026-02-28", "2025-01-01", "31.02.2026"]),
        "news": rng.random() < 0.5,
    }
    cases = rng.choice([None, 0, 1, 3])
    return Person(
        id=place,
        name=rng.choice(NAMES),
        tags=tuple(rng.sample(TAGS, rng.randrange(3))),
        owner=rng.choice(["", "Ada", "Bo"]),
        languages=tuple(rng.sample(["en", "ta", "si"], rng.randrange(3))),
        written=tuple(rng.sample(["en", "ta"], rng.randrange(2))) if cases else (),
        role=rng.choice(["", "Board", "member"]),
        member=rng.random() < 0.6,
        attributes={key: kept[key] for key in kept if rng.random() < 0.7},
        purchases=tuple(
            (rng.choice(["Fibre 100", "SIM"]), rng.choice([5, 50, 500]), rng.choice([1, 20, 200])) for _ in range(rng.randrange(3))
        ),
        renews_in=rng.choice([None, 3, 40, -5]),
        birthday=rng.choice([None, (3, 2), (3, 5), (2, 29), (2, 31), (12, 31)]),
        consents=tuple(rng.random() < 0.5 for _ in range(rng.randrange(3))),
        closed=rng.random() < 0.2,
        cases=cases,
        open=rng.randrange((cases or 0) + 1),
        contact=rng.choice([None, 1, 100]) if cases else None,
        mood=rng.choice(MOODS) if cases else "",
        risk=rng.choice(RISKS) if cases else "none",
        since=rng.choice([0, 10, 400]),
    )


PEOPLE = [someone(Random(place), place) for place in range(1, 61)]  # noqa: S311


def settle(conn: Connection, one: Person, owners: Mapping[str, int | None], organisation: int) -> None:
    """Put a customer into the database."""

    def ago(days: int) -> datetime:
        return NOON - timedelta(days=days)

    facts = {"id": one.id, "name": one.name, "at": ago(one.since), "tags": list(one.tags), "owner": owners[one.owner]}
    facts |= {"languages": list(one.languages), "attributes": Jsonb(one.attributes), "closed": NOON if one.closed else None, "now": NOON}
    execute(
        conn,
        """
        insert into customers (id, name, created_at, tags, owner_id, languages, attributes, do_not_contact_since)
        overriding system value
        values (%(id)s, %(name)s, %(at)s, %(tags)s, %(owner)s, %(languages)s, %(attributes)s, %(closed)s)
        """,
        facts,
    )
    if one.cases is not None:
        facts |= {"cases": one.cases, "open": one.open, "mood": one.mood, "risk": one.risk, "written": list(one.written)}
        facts |= {"contact": None if one.contact is None else ago(one.contact)}
        execute(
            conn,
            """
            insert into customer_facts (customer_id, cases, open_cases, last_contact_at, mood, risk, languages, counted_at)
            values (%(id)s, %(cases)s, %(open)s, %(contact)s, %(mood)s, %(risk)s, %(written)s, %(now)s)
            """,
            facts,
        )
    for name, amount, days in one.purchases:
        renews = None if one.renews_in is None else TODAY + timedelta(days=one.renews_in)
        execute(
            conn,
            """
            insert into purchases (customer_id, kind, name, amount, bought_at, renews_on, created_at)
            values (%(id)s, 'subscription', %(what)s, %(amount)s, %(bought)s, %(renews)s, %(now)s)
            """,
            facts | {"what": name, "amount": amount, "bought": ago(days), "renews": renews},
        )
    if one.birthday:
        month, day_of_month = one.birthday
        execute(
            conn,
            """
            insert into important_dates (customer_id, kind, month, day, created_at) values (%(id)s, 'birthday', %(month)s, %(day)s, %(now)s)
            """,
            facts | {"month": month, "day": day_of_month},
        )
    for place, given_ in enumerate(one.consents):
        execute(
            conn,
            "insert into consents (customer_id, purpose, given, basis, at) values (%(id)s, 'survey', %(given)s, 'told us', %(at)s)",
            {"id": one.id, "given": given_, "at": ago(9 - place)},
        )
    execute(
        conn,
        """
        insert into memberships (organisation_id, customer_id, role, since, until, created_at)
        values (%(organisation)s, %(id)s, %(role)s, '2020-01-01', %(until)s, %(now)s)
        """,
        facts | {"organisation": organisation, "role": one.role, "until": None if one.member else TODAY - timedelta(days=1)},
    )


@pytest.fixture(scope="module")
def population(server: Server) -> Generator[Connection]:
    """A database with all of them, one attribute archived, and one who was erased."""
    conn = connect(server.clone("segments"))
    owners = {"": None, "Ada": ada(conn), "Bo": bo(conn)}
    made = "insert into organisations (name, kind, created_at) values ('Fishers, Union of', 'association', now()) returning id"
    organisation = fetch_values(conn, made)[0]
    for key, kind in KEYS.items():
        execute(
            conn,
            """
            insert into attributes (key, name, kind, choices, created_at, archived_at)
            values (%(key)s, %(key)s, %(kind)s, '{Gold,Silver}', now(), case when %(key)s = 'city' then now() end)
            """,
            {"key": key, "kind": kind},
        )
    for one in PEOPLE:
        settle(conn, one, owners, organisation)
    execute(
        conn,
        """
        insert into customers (id, name, created_at, erased_at, merged_into) overriding system value
        values (101, 'Gone', now(), now(), null), (102, 'Merged', now(), null, 1)
        """,
    )
    yield conn
    conn.rollback()
    conn.close()


# The same again by hand.


def compared(value: Any, match: Match, read: Callable[[str], Any]) -> bool:
    """Tell whether a value is on the side that a match says; nothing is on no side."""
    if value is None:
        return False
    asked = read(match.value)
    if match.op == "..":
        return asked <= value <= read(match.upto)
    return {"": value == asked, ">": value > asked, ">=": value >= asked, "<": value < asked, "<=": value <= asked}[match.op]


def on_day(value: date | None, match: Match) -> bool:
    """Tell whether a day is as a match says; a range that ends before it begins holds nothing."""
    return compared(value, match, lambda text: day(text, NOON).date())


def within(moment: datetime | None, match: Match, *, ago: bool) -> bool:
    """Tell whether a length of time since or until a moment is as a match says; the order of a range does not matter."""
    if moment is None:
        return False
    length = NOON - moment if ago else moment - NOON
    if match.op == "..":
        least, most = sorted((span(match.value), span(match.upto)))
        return least <= length <= most
    return compared(length, match, span)


def next_birthday(one: Person) -> datetime | None:
    """Return when the next birthday begins; a day that a month lacks is its last."""
    if one.birthday is None:
        return None
    month, wanted = one.birthday
    days = [date(year, month, min(wanted, calendar.monthrange(year, month)[1])) for year in (TODAY.year, TODAY.year + 1)]
    return datetime.combine(next(found for found in days if found >= TODAY), time(), UTC)


def days_ago(days: int | None) -> datetime | None:
    """Return that moment."""
    return None if days is None else NOON - timedelta(days=days)


def on_joined(value: str | None, match: Match) -> bool:
    """Tell whether an attribute that should hold a day is as a match says; what is no day never is."""
    try:
        return on_day(date.fromisoformat(value or ""), match)
    except ValueError:
        return False


ATTRIBUTES: dict[str, Callable[[Any, Match], bool]] = {
    "tier": lambda value, m: value == m.value,
    "news": lambda value, m: value is (m.value == "yes"),
    "city": lambda value, m: value is not None and m.value.lower() in value.lower(),
    "visits": lambda value, m: not isinstance(value, str) and compared(value, m, number),
    "joined": on_joined,
}


def attribute(one: Person, key: str, match: Match) -> bool:
    """Tell whether an attribute is as a match says."""
    value = one.attributes.get(key)
    return value is None if match.value == "none" and not match.op else ATTRIBUTES[key](value, match)


def renewal(one: Person) -> datetime | None:
    """Return when their next renewal begins."""
    there = one.renews_in is not None and one.renews_in >= 0 and one.purchases
    return datetime.combine(TODAY + timedelta(days=one.renews_in or 0), time(), UTC) if there else None


HOLDS: dict[str, Callable[[Person, Match], bool]] = {
    "name": lambda one, m: m.value.lower() in one.name.lower(),
    "tag": lambda one, m: not one.tags if m.value == "none" else bool({m.value, m.value.lower()} & set(one.tags)),
    "owner": lambda one, m: one.owner.lower() == {"none": ""}.get(m.value, m.value.lower()),
    "lang": lambda one, m: m.value in one.languages + one.written,
    "organisation": lambda one, m: not one.member if m.value == "none" else one.member,
    "role": lambda one, m: one.member and one.role.lower() == m.value.lower(),
    "since": lambda one, m: on_day((NOON - timedelta(days=one.since)).date(), m),
    "birthday": lambda one, m: within(next_birthday(one), m, ago=False),
    "purchases": lambda one, m: compared(len(one.purchases), m, number),
    "bought": lambda one, m: within(days_ago(min((days for *_rest, days in one.purchases), default=None)), m, ago=True),
    "amount": lambda one, m: compared(max((amount for _name, amount, _days in one.purchases), default=None), m, number),
    "product": lambda one, m: any(m.value.lower() in name.lower() for name, *_rest in one.purchases),
    "renews": lambda one, m: within(renewal(one), m, ago=False),
    "consent": lambda one, m: m.value == "survey" and one.consents[-1:] == (True,),
    "cases": lambda one, m: compared(one.cases or 0, m, number),
    "open": lambda one, m: compared(one.open, m, number),
    "contact": lambda one, m: within(days_ago(one.contact), m, ago=True),
    "mood": lambda one, m: one.mood == m.value,
    "risk": lambda one, m: one.risk == m.value,
    "is": lambda one, m: {"do-not-contact": one.closed, "member": one.member, "former-member": not one.member, "owned": bool(one.owner)}[
        m.value
    ],
    "has": lambda one, m: {"birthday": bool(one.birthday), "subscription": bool(one.purchases), "purchase": False}[m.value],
}
VALUES = {
    "name": ["ravi", "o'brien;", "%_", "அனிதா", "x</b>", "\\"],
    "tag": ["vip", "VIP", "Board", "none", "nobody's"],
    "owner": ["ada", "Bo", "none"],
    "lang": ["en", "ta", "si"],
    "organisation": ["none", "Fishers, Union of", "fishers, union OF"],
    "role": ["board", "Member", "x"],
    "product": ["fibre", "SIM", "%"],
    "consent": ["survey", "care"],
    "mood": list(MOODS),
    "risk": list(RISKS),
    "is": ["do-not-contact", "member", "former-member", "owned"],
    "has": ["birthday", "subscription", "purchase"],
    "attr-tier": ["Gold", "silver", "none"],
    "attr-city": ["kandy", "50%", "none"],
    "attr-news": ["yes", "no", "none"],
}
SIDES = st.sampled_from([">", ">=", "<", "<="])
NUMBERS, SPANS = st.sampled_from(["0", "1", "2", "3", "50", "500"]), st.sampled_from(["1d", "3d", "4d", "20d", "40d", "300d", "0s"])
DAYS = st.sampled_from(["today", "yesterday", "2026-02-28", "2025-01-01", "2026-02-20", "2099-12-31"])
COMPARED = {
    **dict.fromkeys(("purchases", "amount", "cases", "open", "attr-visits"), NUMBERS),
    **dict.fromkeys(("birthday", "bought", "renews", "contact"), SPANS),
    **dict.fromkeys(("since", "attr-joined"), DAYS),
}


def matches_of(name: str) -> st.SearchStrategy[Match]:
    """Return what may be asked of a field."""
    if name in VALUES:
        return st.sampled_from(VALUES[name]).map(Match)
    value = COMPARED[name]
    sides = st.builds(Match, value, SIDES) | st.builds(Match, value, st.just(".."), value)
    return sides if value is SPANS else sides | st.builds(Match, value)


def terms_of(name: str) -> st.SearchStrategy[Node]:
    """Return conditions on a field."""
    return st.lists(matches_of(name), min_size=1, max_size=2, unique=True).map(lambda some: Term(name, tuple(some)))


def grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Return what is made of conditions."""
    some = st.lists(inner, min_size=2, max_size=3)
    return inner.map(Not) | some.map(all_of) | some.map(either_of)


NODES = st.recursive(st.sampled_from(sorted(VALUES.keys() | COMPARED.keys())).flatmap(terms_of), grown, max_leaves=5)


def holds(one: Person, node: Node) -> bool:
    """Tell whether a condition holds for a customer."""
    match node:
        case Term(name, matches) if name.startswith("attr-"):
            return any(attribute(one, name.removeprefix("attr-"), match) for match in matches)
        case Term(name, matches):
            return any(HOLDS[name](one, match) for match in matches)
        case Not(inner):
            return not holds(one, inner)
        case All(parts):
            return all(holds(one, part) for part in parts)
        case Either(parts):
            return any(holds(one, part) for part in parts)
        case _:
            raise AssertionError(node)


def found(conn: Connection, text: str) -> set[int]:
    """Return whom a query finds; counting, listing and matching must say the same."""
    asked = customer_sql.condition(customer_sql.read(conn, text), Asker(agent_id=0, now=NOON))
    there = {one.id for one in segment_members.page(conn, asked, limit=100).members}
    assert segment_members.found(conn, asked).size.n == len(there)
    assert segment_members.count_exactly(conn, asked) == len(there)
    assert segment_members.those_in(conn, asked, range(200)) == there
    assert {one.id for one in segment_members.batch(conn, asked, above=0, limit=100)} == there
    return there


@given(NODES)
@settings(max_examples=few(40), suppress_health_check=[HealthCheck.too_slow])
def test_a_segment_finds_whom_its_query_means(population: Connection, node: Node) -> None:
    text = str(query_of(node))
    read = parse(text, customer_fields(customer_sql.attributes(population)))
    assert str(read) == str(parse(str(read), customer_fields(customer_sql.attributes(population))))
    assert found(population, text) == {one.id for one in PEOPLE if all(holds(one, part) for part in read.parts)}


def test_who_was_erased_or_merged_is_found_by_nothing(population: Connection) -> None:
    assert found(population, "") == {one.id for one in PEOPLE}
    assert parse("", customer_fields()) == Query()
    assert found(population, "-name:ravi") | found(population, "name:ravi") == {one.id for one in PEOPLE}
