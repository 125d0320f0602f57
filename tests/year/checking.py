"""Compares what the product holds of each case of a made-up year with what is true of it, episode by episode and clock by clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from amends.core.database import fetch_all
from amends.inbox.rules.ids import CaseId
from tests.year.stage import Stage
from tests.year.truth import SECOND, Clock, Episode, Life

KINDS = ("first", "next", "resolution")
Difference = tuple[str, int, int, object, object]
"""What differs, in which life and episode, what is true, what the product holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One episode as the numbers have it."""

    case_id: CaseId
    number: int
    brand_id: int
    source_id: int
    network: str
    team_id: int | None
    agent_id: int | None
    language: str
    mood: str
    topics: Sequence[int]
    member: bool
    published_at: datetime
    resolved_at: datetime | None
    dismissed: bool
    first_answer: int | None
    ending: int | None
    seen: int
    triaged: int
    after_7: str | None
    after_30: str | None
    promise: str | None
    next_answer: int | None
    csat: int | None
    handled: int | None
    first_business: int | None
    next_business: int | None
    ending_business: int | None
    first_calendar: int
    forgotten: int | None
    ending_calendar: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One clock as `docs/metrics.md` shows it; lengths only where it was stopped."""

    case_id: CaseId
    episode: int
    kind: str
    number: int
    started_at: datetime
    outcome: str
    wall: int | None
    business: int | None
    whole: int | None
    paused: int | None
    due_at: datetime | None


def length(begin: datetime, end: datetime | None) -> int | None:
    """Return how many whole seconds lie between; none below nothing."""
    return None if end is None else max(0, (end - begin) // SECOND)


def fact_of(stage: Stage, case_id: CaseId, life: Life, episode: Episode) -> Fact:
    """Return the fact that an episode is to be."""
    waits = [wait for wait in episode.waits if not wait.void]
    waited = any(wait.end is None or (wait.void and episode.forgotten) for wait in episode.waits)
    business = {kind: [clock.whole // SECOND for clock in life.clocks(episode) if clock.kind == kind and clock.stopped] for kind in KINDS}
    longest = max((length(wait.begin, wait.end) or 0 for wait in waits), default=None)
    return Fact(
        case_id=case_id,
        number=episode.number,
        brand_id=stage.brands[life.source],
        source_id=stage.sources[life.source],
        network=life.network,
        team_id=None if life.team is None else stage.teams[life.team],
        agent_id=None if life.agent is None else stage.agents[life.agent],
        language=life.language,
        mood=life.mood,
        member=life.is_members,
        topics=sorted(stage.topics[topic] for topic in life.topics),
        published_at=episode.published,
        resolved_at=episode.resolved or episode.forgotten,
        dismissed=episode.dismissed is not None,
        first_answer=length(episode.published, episode.answered),
        ending=length(episode.published, episode.resolved),
        seen=length(episode.published, episode.seen) or 0,
        triaged=length(episode.seen, episode.triaged) or 0,
        after_7=episode.looks[7].outcome if episode.looks else None,
        after_30=episode.looks[30].outcome if episode.looks else None,
        promise=life.promise(episode),
        next_answer=-2 if waited else longest,
        csat=episode.csat,
        handled=length(episode.triaged, episode.answered),
        first_business=business["first"][0] if business["first"] else None,
        next_business=-2 if waited else max(business["next"], default=None),
        ending_business=business["resolution"][0] if business["resolution"] else None,
        first_calendar=stage.calendars[life.week],
        ending_calendar=stage.calendars[life.week],
        forgotten=length(episode.published, episode.forgotten),
    )


def told_of(case_id: CaseId, episode: Episode, clock: Clock) -> Told:
    """Return what a clock is to come to."""
    stopped = clock.stopped is not None
    return Told(
        case_id=case_id,
        episode=episode.number,
        kind=clock.kind,
        number=clock.number,
        started_at=clock.started,
        outcome=clock.outcome,
        wall=whole(clock.wall) if stopped else None,
        business=whole(clock.business) if stopped else None,
        whole=whole(clock.whole) if stopped else None,
        paused=whole(clock.paused) if stopped else None,
        due_at=clock.due,
    )


def whole(length: timedelta | None) -> int | None:
    return None if length is None else length // SECOND


def differences(stage: Stage, cases: Mapping[int, CaseId], lives: Iterable[Life]) -> list[Difference]:
    """Return everything in which the product differs from the truth."""
    facts = {(fact.case_id, fact.number): fact for fact in fetch_all(stage.conn, Fact, _FACTS)}
    clocks = {(one.case_id, one.episode, one.kind, one.number): one for one in fetch_all(stage.conn, Told, _CLOCKS)}
    found: list[Difference] = []
    for life in lives:
        case_id = cases[life.number]
        for episode in life.episodes:
            found += _apart(life, episode, fact_of(stage, case_id, life, episode), facts.pop((case_id, episode.number), None))
            for clock in life.clocks(episode):
                key = (case_id, episode.number, clock.kind, clock.number)
                found += _apart(life, episode, told_of(case_id, episode, clock), clocks.pop(key, None))
    numbers = {case_id: number for number, case_id in cases.items()}
    found += [("too many facts", numbers[case_id], number, None, fact) for (case_id, number), fact in facts.items()]
    return found + [("too many clocks", numbers[key[0]], key[1], None, clock) for key, clock in clocks.items()]


def _apart(life: Life, episode: Episode, true: Any, held: Any) -> Iterator[Difference]:
    if held is None:
        yield f"missing {type(true).__name__}", life.number, episode.number, true, None
        return
    given = asdict(held)
    for name, value in asdict(true).items():
        if given[name] != value:
            yield f"{getattr(true, 'kind', '')} {name}", life.number, episode.number, value, given[name]


_FACTS = """
select case_id, number, brand_id, source_id, network, team_id, agent_id, language, mood, topics, published_at, resolved_at, dismissed,
  first_answer, ending, seen, triaged, after_7, after_30, promise, next_answer, csat, handled, first_business, next_business,
  ending_business, first_calendar, ending_calendar, forgotten,
  exists (select from cases c join customers u on u.id = c.customer_id where c.id = case_id and 'member' = any(u.tags)) as member
from episode_facts
"""
_CLOCKS = """
select k.case_id, e.number as episode, kind, k.number, started_at, due_at,
  case when breached_at is not null then 'late' when stopped_at is not null then 'kept' when voided_at is not null then 'void'
    else 'running' end as outcome,
  case when stopped_at is not null then wall_seconds end as wall,
  case when stopped_at is not null then business_seconds end as business,
  case when stopped_at is not null then whole_business_seconds end as whole,
  case when stopped_at is not null then paused_seconds end as paused
from clocks k join episodes e on e.id = k.episode_id
"""
