"""Whatever happened in whatever order: the numbers, the rows behind them and a slow count agree, and a rebuild changes nothing."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.core.database import Connection, fetch_values
from amends.inbox.actions import calendars, facts
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.columns import Column
from amends.inbox.rules.figures import Figure, Length
from amends.inbox.rules.measuring import distribution, series
from amends.inbox.rules.paces import PACED
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.rules.spans import Period, slots
from amends.inbox.rules.working_hours import Span
from amends.inbox.store import fact_rows, numbers
from amends.inbox.store.fact_rows import Behind
from amends.inbox.store.numbers import Asked, Found
from tests.cast import NOON, a_source, ada
from tests.desk import Desk
from tests.episodes import DAY, Made, Told, counted, first_answer_after, lengths_of, told, whole
from tests.often import few
from tests.property.test_desk import POSTS, STEPS, World

NOW = NOON + 25 * DAY
SPANS = [(40, 40), (7, 7), (30, 1), (1, 1), (300, 290)]
ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Colombo"]
QUERIES: dict[str, Callable[[Told], bool]] = {
    "": lambda _row: True,
    "network:reddit": lambda row: row.network == "reddit",
    "lang:ta,si -mood:positive": lambda row: row.language != "en" and row.mood != "positive",
    "team:none OR mood:negative": lambda row: row.team_id is None or row.mood == "negative",
    "mood:negative urgency:<50": lambda row: row.mood == "negative",
}


@contextmanager
def _emptied(conn: Connection) -> Generator[Connection]:
    try:
        yield conn
    finally:
        conn.rollback()


def _furnished(conn: Connection, seed: int) -> Made:
    sources = [int(a_source(conn)), int(a_source(conn, network="reddit", handle="tern", brand="tern"))]
    fetch_values(conn, "insert into authors (network, external_id, handle) values ('x', '1', 'cy') returning id")
    fetch_values(conn, "insert into customers (name, created_at) values ('Cy', now()) returning id")
    _a_week(conn)
    teams = fetch_values(conn, "insert into teams (name, created_at) values ('North', now()), ('South', now()) returning id")
    return Made(conn, seed, sources=sources, teams=teams)


def _a_week(conn: Connection) -> None:
    week = Calendar(zone="Europe/Berlin", spans=tuple(Span(day=day, begins=540, ends=1020) for day in range(5)))
    calendars.save(conn, name="Week", calendar=week, calendar_id=None, agent_id=ada(conn), now=NOON)


@settings(max_examples=few(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    steps=st.lists(st.sampled_from(["begin", "happen", "happen", "happen", "fold", "look", "look back"]), min_size=5, max_size=60),
)
def test_numbers_rows_and_a_slow_count_agree_whatever_happened(conn: Connection, seed: int, steps: list[str]) -> None:
    with _emptied(conn):
        made = _furnished(conn, seed)
        for step in steps:
            if step == "fold":
                facts.fold(conn)
            elif step.startswith("look"):
                _look(conn, days=7 if step == "look back" else 300)
            else:
                getattr(made, step)()
        facts.freshen(conn)
        _agree(conn, made)
        once = _everything(conn)
        facts.rebuild(conn)
        assert _everything(conn) == once
        assert fetch_values(conn, "select count(*) from stale_slices") == [0]


@settings(max_examples=few(6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=15, max_size=40))
def test_numbers_of_what_a_desk_did_agree_with_a_slow_count(conn: Connection, steps: list[tuple[str, object]]) -> None:
    with _emptied(conn):
        desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn), now=NOON + timedelta(hours=1))
        world = World(desk)
        desk.hear(*POSTS[:4])
        for place, (step, value) in enumerate(steps):
            world.do(step, value)
            if place % 5 == 0:
                facts.fold(conn)
        facts.freshen(conn)
        period = Period(since=NOON - DAY, until=NOON + 365 * DAY)
        _agree_on(conn, told(conn), Asked(period=period, query=parse(""), asker=_asker(), zone=ZoneInfo("UTC")))


def test_what_a_clock_that_was_put_back_resolves_is_resolved_no_sooner_than_it_began(conn: Connection) -> None:
    with _emptied(conn):
        desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn), now=NOON + timedelta(hours=1))
        desk.hear(*POSTS[:2])
        desk.now = NOON - timedelta(hours=5)
        desk.resolve()
        facts.freshen(conn)
        period = Period(since=NOON - DAY, until=NOON + DAY)
        asked = Asked(period=period, query=parse(""), asker=_asker(), zone=ZoneInfo("UTC"))
        _agree_on(conn, told(conn), asked)
        found = numbers.find(conn, asked)
        assert {slot.backlog for slot in series(found.facts, slots(period, asked.zone), backlog=0, now=asked.now)} <= {0, 1, 2}


def _asker(scope: Scope = EVERYTHING) -> Asker:
    return Asker(agent_id=0, now=NOW, scope=scope)


def _look(conn: Connection, *, days: int) -> None:
    """Read numbers, which the process keeps, of some columns or of more."""
    asked = Asked(period=Period(since=NOW - days * DAY, until=NOW - days * DAY / 2), query=parse(""), asker=_asker(), zone=ZoneInfo("UTC"))
    numbers.find(conn, asked, also=PACED if days == 7 else ())


def _agree(conn: Connection, made: Made) -> None:
    rows = told(conn)
    for place, (text, fits) in enumerate(QUERIES.items()):
        since, length = SPANS[place % len(SPANS)]
        period = Period(since=NOW - since * DAY, until=NOW - (since - length) * DAY)
        asked = Asked(period=period, query=parse(text), asker=_asker(), zone=ZoneInfo(ZONES[place % len(ZONES)]))
        _agree_on(conn, [row for row in rows if fits(row)], asked)
    north = made.teams[0]
    seen = Asked(
        period=Period(since=NOW - 60 * DAY, until=NOW),
        query=parse(""),
        asker=_asker(Scope(teams=(north,), sources=None)),
        zone=ZoneInfo("UTC"),
    )
    _agree_on(conn, [row for row in rows if row.team_id in {None, north}], seen)


def _agree_on(conn: Connection, rows: list[Told], asked: Asked) -> None:
    found = numbers.find(conn, asked, also=PACED)
    figures = found.figures(asked)
    for figure in Figure:
        behind = Behind(figure=figure, period=asked.period, query=asked.query, asker=asked.asker)
        right = counted(rows, figure, asked.period)
        assert (figures[figure], fact_rows.count(conn, behind), _paged(conn, behind)) == (right, right, right), figure
    _ages_agree(rows, asked, found)
    first = found.measures(asked).first
    expected = [first_answer_after(rows, asked.period, NOW, share) for share in ("0.5", "0.9")]
    assert [first.median, first.p90] == expected
    _bins_agree(conn, rows, asked, found)
    drawn = series(found.facts, slots(asked.period, asked.zone), backlog=found.backlog_before, now=asked.now)
    for slot in drawn:
        assert slot.begun == counted(rows, Figure.BEGUN, slot.period)
        for figure in (Figure.NEGATIVE, Figure.NEUTRAL, Figure.POSITIVE):
            assert getattr(slot, figure.value) == counted(rows, figure, slot.period)
        assert slot.resolved == counted(rows, Figure.RESOLVED, slot.period)
        assert slot.backlog == counted(rows, Figure.BACKLOG, slot.period)


def _ages_agree(rows: list[Told], asked: Asked, found: Found) -> None:
    """The ages of the backlog are those that its rows had as the span ended; from parts of seconds they may be one off."""
    until = asked.period.until
    waited = sorted(min(until, NOW) - row.published_at for row in rows if counted([row], Figure.BACKLOG, asked.period))
    if not waited:
        assert (found.ages.median, found.ages.oldest) == (None, None)
        return
    assert found.ages.median is not None
    assert found.ages.oldest is not None
    assert abs(found.ages.median - whole(waited[(len(waited) - 1) // 2])) <= 1
    assert abs(found.ages.oldest - whole(waited[-1])) <= 1


def _bins_agree(conn: Connection, rows: list[Told], asked: Asked, found: Found) -> None:
    """Every bar of a distribution opens as many rows as it says, and all bars together are everybody who has the length."""
    told_lengths = lengths_of(rows, asked.period)
    for length, bounds in (
        *((length, (0, 300)) for length in Length if length is not Length.ENDING),
        (Length.ENDING, (900, 3600)),
    ):
        lengths = told_lengths[length]
        behind = Behind(
            figure=Figure.BEGUN, period=asked.period, query=asked.query, asker=asked.asker, length=length, least=bounds[0], below=bounds[1]
        )
        bins = distribution(found.facts.begun[Column(length.value)])
        right = sum(bounds[0] <= one < bounds[1] for one in lengths)
        assert (fact_rows.count(conn, behind), sum(bins)) == (right, len(lengths)), length
        assert bins[0 if bounds[0] == 0 else 2] == right


def _paged(conn: Connection, behind: Behind) -> int:
    """Count the rows a page at a time."""
    after, seen = None, set[int]()
    while page := fact_rows.page(conn, behind, after=after, limit=7):
        assert not seen & {row.id for row in page}
        seen |= {row.id for row in page}
        after = fact_rows.place_of(page[-1])
    return len(seen)


def _everything(conn: Connection) -> list[object]:
    """Return all facts, and all packed days with those that are stale read through, as texts."""
    kept = fetch_values(conn, "select f::text from episode_facts f order by episode_id")
    asked = Asked(period=Period(since=NOW - 400 * DAY, until=NOW + 400 * DAY), query=parse(""), asker=_asker(), zone=ZoneInfo("UTC"))
    found = numbers.find(conn, asked, also=numbers.GROUPS)
    return [*kept, {column: values.tolist() for column, values in found.facts.begun.held.items()}, found.figures(asked)]
