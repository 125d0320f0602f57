"""A leap year whose true numbers are known by construction, with every change of the clocks in it, is measured to the second.

The small year is played at a desk by the actions themselves, the large ones are written as a desk would have left them. What is true of
a case is kept by `tests/year` while it is made up, in another way than the product works it out.

Twenty cases are played in the suite, and as many as have something of everything by
`./amends test -m soak tests/property/test_a_simulated_year.py`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.actions import facts
from amends.inbox.rules import measuring
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.columns import Column
from amends.inbox.rules.figures import Figure
from amends.inbox.rules.grouping import Grouping
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.paces import PACED
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.rules.spans import Period, period_between, slots
from amends.inbox.store import alarm_numbers, fact_rows, fact_slices, numbers
from amends.inbox.store.fact_rows import Behind
from amends.inbox.store.numbers import GROUPS, Asked, Found
from tests.year import counting
from tests.year.checking import Fact, differences, fact_of
from tests.year.hours import Worked
from tests.year.living import a_year
from tests.year.playing import play
from tests.year.stage import Stage, set_up
from tests.year.truth import NOW, RULES, WORKED, Life
from tests.year.writing import write

PLAYED_SHORT, PLAYED, PLAYED_LONG, SMALL, LARGE = 20, 60, 1_000, 400, 200_000
NOW_WHOLE = NOW.replace(microsecond=0)
Keys = Callable[[Fact], Collection[int]]


def _days(zone: str, first: tuple[int, int], last: tuple[int, int]) -> tuple[Period, ZoneInfo]:
    where = ZoneInfo(zone)
    return period_between(date(2028, *first), date(2028, *last), where), where


def _back(days: int, zone: str) -> tuple[Period, ZoneInfo]:
    return Period(since=NOW_WHOLE - timedelta(days=days), until=NOW_WHOLE), ZoneInfo(zone)


SPANS = [
    _days("Europe/Berlin", (1, 1), (12, 31)),
    _days("Europe/Berlin", (3, 26), (3, 26)),
    _days("Europe/Berlin", (10, 28), (10, 29)),
    _days("Asia/Kolkata", (2, 29), (2, 29)),
    _days("Asia/Colombo", (2, 1), (2, 29)),
    _days("Australia/Lord_Howe", (3, 30), (4, 9)),
    _days("Australia/Lord_Howe", (9, 1), (10, 31)),
    _days("America/St_Johns", (3, 1), (6, 30)),
    _back(30, "Europe/Berlin"),
    _back(60, "UTC"),
    _back(365, "Asia/Colombo"),
    (Period(since=datetime(2028, 5, 3, 7, 11, 13, tzinfo=UTC), until=datetime(2028, 8, 1, 23, 59, 59, tzinfo=UTC)), ZoneInfo("UTC")),
]


@dataclass(frozen=True, slots=True)
class Year:
    """A company whose year it was, and the facts that are true of it."""

    stage: Stage
    true: Sequence[Fact]
    lives: Sequence[Life]

    @property
    def filters(self) -> Mapping[str, Callable[[Fact], bool]]:
        """The queries that are asked, and what each leaves."""
        stage = self.stage
        return {
            "": lambda _: True,
            "network:reddit": lambda row: row.network == "reddit",
            "lang:ta,si -mood:positive": lambda row: row.language != "en" and row.mood != "positive",
            "team:North OR team:none": lambda row: row.team_id in {None, stage.teams[0]},
            "assignee:me": lambda row: row.agent_id == stage.agents[0],
            'topic:"Topic 1" -brand:tern-air': lambda row: stage.topics[1] in row.topics and row.source_id == stage.sources[0],
            "segment:Members": lambda row: row.member,
            "brand:tern-air mood:negative": lambda row: row.source_id != stage.sources[0] and row.mood == "negative",
        }

    def asked(self, place: int) -> tuple[Asked, list[Fact]]:
        """Return what is asked of a span, and the facts that it leaves; the seventh asks within the scope of a team."""
        period, zone = SPANS[place]
        text, fits = list(self.filters.items())[place % len(self.filters)]
        teams = (self.stage.teams[1],) if place == len(SPANS) - 1 else None
        scope = Scope(teams=teams, sources=None) if teams else EVERYTHING
        asker = Asker(agent_id=self.stage.agents[0], now=NOW_WHOLE, scope=scope)
        seen = [row for row in self.true if fits(row) and (teams is None or row.team_id in {None, *teams})]
        return Asked(period=period, query=parse(text), asker=asker, zone=zone), seen


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    "cases", [PLAYED_SHORT, pytest.param(PLAYED, marks=pytest.mark.soak), pytest.param(PLAYED_LONG, marks=pytest.mark.size)]
)
def test_a_year_played_at_a_desk_is_measured_as_it_was_made_up(conn: Connection, cases: int) -> None:
    stage, lived = set_up(conn), a_year(cases, seed=2028)
    lives = [one.life for one in lived]
    player = play(stage, lived)
    assert differences(stage, player.cases, lives) == []
    _numbers_are_true(_year(stage, player.cases, lives))
    kept = fetch_values(conn, "select f::text from episode_facts f order by episode_id")
    facts.rebuild(conn)
    assert fetch_values(conn, "select f::text from episode_facts f order by episode_id") == kept


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("cases", [SMALL, pytest.param(LARGE, marks=pytest.mark.size)])
def test_a_year_written_at_a_stroke_is_measured_as_it_was_made_up(conn: Connection, cases: int) -> None:
    stage, lives = set_up(conn), [one.life for one in a_year(cases, seed=20_28)]
    ids = write(stage, lives)
    facts.rebuild(conn)
    execute(conn, "analyze episode_facts")
    assert differences(stage, ids, lives) == []
    _numbers_are_true(_year(stage, ids, lives))


def _year(stage: Stage, ids: Mapping[int, CaseId], lives: Sequence[Life]) -> Year:
    return Year(stage, [fact_of(stage, ids[life.number], life, episode) for life in lives for episode in life.episodes], lives)


def _numbers_are_true(year: Year) -> None:
    for place in range(len(SPANS)):
        asked, rows = year.asked(place)
        found = numbers.find(year.stage.conn, asked, also={*PACED, *GROUPS})
        assert found.measures(asked) == counting.measures(rows, asked.period, NOW_WHOLE), asked
        assert found.measures_before(asked) == counting.measures(rows, asked.before, NOW_WHOLE), asked
        _figures_are_true(year, asked, found, rows)
        _charts_are_true(asked, found, rows)
        _paces_are_true(year, asked, found, rows)
        _groups_are_true(year, asked, found, rows)
        _alarms_are_true(year, asked)


def _alarms_are_true(year: Year, asked: Asked) -> None:
    """How often each rule rang in the span, and what was made of it."""
    everything = parse("")
    found = alarm_numbers.by_rule(year.stage.conn, asked.period, everything, replace(asked.asker, scope=EVERYTHING))
    rung = [one for life in year.lives for one in life.alarms if asked.period.since <= one.raised < asked.period.until]
    true = {rule: [one for one in rung if one.rule == rule] for rule in RULES}
    assert {one.rule: (one.raised, one.useful, one.useless) for one in found if one.rule in RULES} == {
        rule: (len(of), sum(one.useless is False for one in of), sum(one.useless is True for one in of)) for rule, of in true.items() if of
    }, asked


def _figures_are_true(year: Year, asked: Asked, found: Found, rows: Sequence[Fact]) -> None:
    """Every figure, and the rows behind it."""
    true = counting.figures(rows, asked.period, NOW_WHOLE)
    assert found.figures(asked) == true, asked
    assert found.backlog_before == len(counting.waiting(rows, asked.period.since))
    figure = list(Figure)[len(rows) % len(Figure)]
    behind = Behind(figure=figure, period=asked.period, query=asked.query, asker=asked.asker)
    assert fact_rows.count(year.stage.conn, behind) == true[figure], (asked, figure)


def _charts_are_true(asked: Asked, found: Found, rows: Sequence[Fact]) -> None:
    """The slots of days of 23, 24 and 25 hours, the distributions, the gaps, and how old the backlog is."""
    drawn = measuring.series(found.facts, slots(asked.period, asked.zone), backlog=found.backlog_before, now=asked.now)
    assert drawn == [counting.slot(rows, one.period, NOW_WHOLE) for one in drawn], asked
    new = counting.begun(rows, asked.period)
    for column in (Column.FIRST_ANSWER, Column.ENDING, Column.HANDLED, Column.FIRST_BUSINESS, Column.ENDING_BUSINESS):
        assert measuring.distribution(found.facts.begun[column]) == counting.bins(getattr(row, column.value) for row in new), asked
    assert found.ages == counting.ages(rows, asked.period, NOW_WHOLE), asked


def _paces_are_true(year: Year, asked: Asked, found: Found, rows: Sequence[Fact]) -> None:
    """Step by step, and business time by the calendars of the policies and of the desk."""
    true = [counting.paces(counting.begun(rows, period), _weeks(year), NOW_WHOLE) for period in (asked.period, asked.before)]
    assert list(numbers.paces_of(year.stage.conn, asked, found)) == true, asked


def _weeks(year: Year) -> Mapping[int, Worked]:
    return {year.stage.calendars[name]: worked for name, worked in WORKED.items()}


def _groups_are_true(year: Year, asked: Asked, found: Found, rows: Sequence[Fact]) -> None:
    """The numbers by everything that cases can have in common."""
    codes = fact_slices.codes(year.stage.conn)
    of: Mapping[Column, Keys] = {
        Column.NETWORK: lambda row: [codes[row.network]],
        Column.LANGUAGE: lambda row: [codes[row.language]],
        Column.SOURCE: lambda row: [row.source_id],
        Column.BRAND: lambda row: [row.brand_id],
        Column.TEAM: lambda row: [row.team_id or 0],
        Column.AGENT: lambda row: [row.agent_id or 0],
        Column.TOPIC: lambda row: row.topics or [0],
    }
    seen = counting.Seen(now=NOW_WHOLE, period=asked.period, before=asked.before, calendars=_weeks(year))
    worked = numbers.worktimes_of(year.stage.conn, asked, found)
    apart = Grouping(facts=found.facts, before=found.before, now=asked.now, worktimes=worked)
    for column in GROUPS:
        true = counting.groups(rows, of[column], seen)
        groups = apart.by_topic(year.stage.topics) if column is Column.TOPIC else apart.by_value(column)
        held = {one.key: counting.Grouped(measures=one.measures, paces=one.paces, before=one.before) for one in groups}
        there = {key: group for key, group in true.items() if key in held or group.measures.begun or group.measures.resolved}
        assert held == there, (asked, column)


def test_the_small_years_have_something_of_everything() -> None:
    """A case that never happens proves nothing."""
    lives: list[Life] = [one.life for one in a_year(PLAYED, seed=2028)]
    clocks = {(clock.kind, clock.outcome) for life in lives for episode in life.episodes for clock in life.clocks(episode)}
    assert {("first", "kept"), ("first", "late"), ("first", "void"), ("next", "kept"), ("next", "late"), ("resolution", "kept")} <= clocks
    looks = {look.outcome for life in lives for episode in life.episodes for look in episode.looks.values()}
    assert looks >= {"held", "relapsed", "silent", "unknown"}
    verbs = {deed.verb for one in a_year(PLAYED, seed=2028) for deed in one.deeds}
    assert verbs >= {"link", "edit", "withdraw", "erase", "join", "alarm", "judge"}
    assert verbs >= {"undo", "reopen", "dismiss", "fail", "rate", "move", "assign", "topic", "correct", "bot", "note"}
