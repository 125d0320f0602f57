"""A year whose true numbers are known by construction, with both changes of the clocks in it, is measured to the second."""

import random
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from amends.core.database import Connection, connect, copy_rows, fetch_values
from amends.inbox.actions import facts
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.figures import Figure
from amends.inbox.rules.measuring import series
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.spans import days_of, slots
from amends.inbox.store import numbers
from amends.inbox.store.numbers import Asked
from tests.cast import a_source
from tests.databases import Server

BERLIN = ZoneInfo("Europe/Berlin")
SMALL, LARGE = 600, 200_000
SECOND = timedelta(seconds=1)
NOW = datetime(2027, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lived:
    """One case of the year as it was made up."""

    published_at: datetime
    answered_after: int | None
    resolved_after: int | None
    mood: str

    @property
    def day(self) -> date:
        """The day in Berlin on which it was published."""
        return self.published_at.astimezone(BERLIN).date()


@pytest.fixture
def conn_of_year(server: Server) -> Generator[Connection]:
    """A connection to a database of its own, rolled back at the end."""
    url = server.clone("a_year")
    with connect(url) as conn:
        yield conn
        conn.rollback()
    server.drop("a_year")


def _live(cases: int, seed: int) -> list[Lived]:
    """Return the cases of a year; the seconds are whole, so that what is true is true to the second."""
    chance = random.Random(seed)  # noqa: S311
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    lived: list[Lived] = []
    for _ in range(cases):
        answered = chance.randrange(30, 200_000) if chance.random() < 0.9 else None
        resolved = (answered or 0) + chance.randrange(60, 900_000) if chance.random() < 0.85 else None
        mood = chance.choice(["negative", "negative", "neutral", "positive"])
        at = begins + chance.randrange(365 * 86_400) * SECOND
        lived.append(Lived(published_at=at, answered_after=answered, resolved_after=resolved, mood=mood))
    return lived


def _write(conn: Connection, lived: list[Lived]) -> None:
    source = a_source(conn)
    brand = fetch_values(conn, "select brand_id from sources")[0]
    author = fetch_values(conn, "insert into authors (network, external_id, handle) values ('x', '1', 'cy') returning id")[0]
    customer = fetch_values(conn, "insert into customers (name, created_at) values ('Cy', now()) returning id")[0]
    copy_rows(
        conn,
        """
        copy cases (brand_id, source_id, network, author_id, customer_id, root_external_id, status, preview, language, sentiment, urgency,
          opened_at, last_post_at, customer_posts) from stdin (format binary)
        """,
        ["int8", "int8", "text", "int8", "int8", "text", "text", "text", "text", "text", "int2", "timestamptz", "timestamptz", "int4"],
        (
            (brand, source, "x", author, customer, str(n), "open", "late", "en", one.mood, 10, one.published_at, one.published_at, 1)
            for n, one in enumerate(lived)
        ),
    )
    first = fetch_values(conn, "select min(id) from cases")[0]
    copy_rows(
        conn,
        """
        copy episodes (case_id, number, published_at, seen_at, triaged_at, answered_at, resolved_at) from stdin (format binary)
        """,
        ["int8", "int4", "timestamptz", "timestamptz", "timestamptz", "timestamptz", "timestamptz"],
        ((first + n, 1, one.published_at, one.published_at, one.published_at, *_ends(one)) for n, one in enumerate(lived)),
    )


def _ends(one: Lived) -> tuple[datetime | None, datetime | None]:
    found = (None if after is None else one.published_at + after * SECOND for after in (one.answered_after, one.resolved_after))
    answered, resolved = found
    return answered, resolved


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("cases", [SMALL, pytest.param(LARGE, marks=pytest.mark.size)])
def test_a_year_is_measured_as_it_was_made_up(conn_of_year: Connection, cases: int) -> None:
    lived = _live(cases, seed=20_26)
    _write(conn_of_year, lived)
    facts.rebuild(conn_of_year)
    asked = Asked(
        period=days_of(date(2026, 1, 1), date(2026, 12, 31), BERLIN), query=parse(""), asker=Asker(agent_id=0, now=NOW), zone=BERLIN
    )
    found = numbers.find(conn_of_year, asked)
    _whole_year(found, asked, [one for one in lived if one.day.year == 2026])
    _month_by_days(conn_of_year, lived, date(2026, 3, 1), date(2026, 3, 31))
    _month_by_days(conn_of_year, lived, date(2026, 10, 1), date(2026, 10, 31))


def _whole_year(found: numbers.Found, asked: Asked, lived: list[Lived]) -> None:
    figures = found.figures(asked)
    answered = sorted(one.answered_after for one in lived if one.answered_after is not None)
    assert figures[Figure.BEGUN] == len(lived)
    assert figures[Figure.ANSWERED] == len(answered)
    assert figures[Figure.NEGATIVE] == sum(one.mood == "negative" for one in lived)
    assert figures[Figure.ENDED] == sum(one.resolved_after is not None for one in lived)
    # who waits has waited longer than any answer took (the year is two months over), so that the estimate is the plain rank of all
    assert found.measures(asked).first.median == answered[(len(lived) - 1) // 2]
    assert found.measures(asked).first.p90 == (
        answered[-(-len(lived) * 9 // 10) - 1] if len(answered) >= -(-len(lived) * 9 // 10) else None
    )


def _month_by_days(conn: Connection, lived: list[Lived], first: date, last: date) -> None:
    """The change of the clocks makes one day of the month an hour shorter or longer; each has the cases that it had."""
    asked = Asked(period=days_of(first, last, BERLIN), query=parse("network:x"), asker=Asker(agent_id=0, now=NOW), zone=BERLIN)
    found = numbers.find(conn, asked)
    drawn = series(found.facts, slots(asked.period, BERLIN), backlog=found.backlog_before, now=asked.now)
    assert len(drawn) == 31
    for slot in drawn:
        day = slot.period.since.astimezone(BERLIN).date()
        assert slot.begun == sum(one.day == day for one in lived), day
        open_then = [one for one in lived if one.published_at < slot.period.until]
        resolved = [one for one in open_then if one.resolved_after is not None and _ends(one)[1] < slot.period.until]  # pyright: ignore[reportOptionalOperand]
        assert slot.backlog == len(open_then) - len(resolved), day
