"""Writes lives as a desk has left them at the end: the tables of truth, filled at a stroke, for a year that is too large to be played."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any, LiteralString

from amends.core.database import copy_rows, execute
from amends.inbox.rules.ids import CaseId
from tests.year.stage import MEMBER, Stage
from tests.year.truth import SECOND, Clock, Episode, Life

Row = Sequence[Any]


def write(stage: Stage, lives: Sequence[Life]) -> dict[int, CaseId]:
    """Write everything that is true of these cases, and return which case each is; the facts are to be made from it anew."""
    execute(stage.conn, "set local session_replication_role = replica")
    execute(stage.conn, "insert into authors (id, network, external_id, handle) overriding system value values (1, 'x', '1', 'cy')")
    episodes = [(life, episode) for life in lives for episode in life.episodes]
    ids = {(life.number, episode.number): place for place, (life, episode) in enumerate(episodes, 1)}
    copy_rows(stage.conn, _CUSTOMERS, _CUSTOMER_TYPES, (_customer(life) for life in lives if life.of is None))
    copy_rows(stage.conn, _CASES, _CASE_TYPES, (_case(stage, life) for life in lives))
    copy_rows(stage.conn, _EPISODES, _EPISODE_TYPES, (_episode(place, *one) for place, one in enumerate(episodes, 1)))
    copy_rows(stage.conn, _CLOCKS, _CLOCK_TYPES, _clocks(stage, episodes, ids))
    copy_rows(stage.conn, _LOOKS, _LOOK_TYPES, _looks(episodes, ids))
    copy_rows(stage.conn, _SURVEYS, _SURVEY_TYPES, _surveys(episodes, ids))
    copy_rows(stage.conn, _POSTS, _POST_TYPES, (_post(stage, life) for life in lives if life.topics or life.alarms))
    copy_rows(stage.conn, _ALARMS, _ALARM_TYPES, _alarms(lives))
    copy_rows(stage.conn, _TOPICS, _TOPIC_TYPES, _topics(stage, lives))
    execute(stage.conn, "set local session_replication_role = origin")
    execute(stage.conn, "analyze")
    return {life.number: CaseId(life.number + 1) for life in lives}


def _case(stage: Stage, life: Life) -> Row:
    at, newest = life.episodes[0].published, life.episodes[-1]
    over = newest.resolved or newest.forgotten
    status = "resolved" if over else "dismissed" if newest.dismissed else "open"
    who = (None if life.team is None else stage.teams[life.team], None if life.agent is None else stage.agents[life.agent])
    what = (life.network, 1, (life.of or life).number + 1, str(life.number), status, "", life.language, life.mood, 10)
    return (
        life.number + 1,
        stage.brands[life.source],
        stage.sources[life.source],
        *what,
        *who,
        len(life.episodes),
        at,
        at,
        over,
        1,
    )


def _episode(place: int, life: Life, one: Episode) -> Row:
    ends = one.resolved, one.dismissed, one.forgotten
    return place, life.number + 1, one.number, one.published, one.seen, one.triaged, one.answered, *ends


def _clocks(stage: Stage, episodes: Sequence[tuple[Life, Episode]], ids: dict[tuple[int, int], int]) -> Iterator[Row]:
    numbers = count(1)
    for life, episode in episodes:
        version = stage.versions[life.policy.name] if life.policy else None, stage.calendars[life.week]
        for clock in life.clocks(episode):
            yield next(numbers), life.number + 1, ids[life.number, episode.number], *version, *_run(clock)


def _run(clock: Clock) -> Row:
    ran = [length // SECOND if clock.stopped else None for length in (clock.wall, clock.business, clock.whole)]
    lengths = (*ran, clock.paused // SECOND if clock.stopped else 0)
    late = clock.due if clock.broken else None
    return clock.kind, clock.number, clock.started, clock.started, clock.due, clock.stopped, clock.voided, late, *lengths


def _customer(life: Life) -> Row:
    return life.number + 1, "Cy", [MEMBER] if life.member else [], life.episodes[0].published


def _alarms(lives: Sequence[Life]) -> Iterator[Row]:
    numbers = count(1)
    for life in lives:
        for one in life.alarms:
            judged, useless = None if one.useless is None else one.raised, one.raised if one.useless else None
            yield next(numbers), life.number + 1, life.number + 1, one.rule, "high", "It rings.", one.raised, judged, useless


def _looks(episodes: Sequence[tuple[Life, Episode]], ids: dict[tuple[int, int], int]) -> Iterator[Row]:
    numbers = count(1)
    for life, episode in episodes:
        for days, look in episode.looks.items():
            known: datetime | None = look.due if look.outcome else None
            case = (life.number + 1, ids[life.number, episode.number])
            yield next(numbers), *case, days, episode.resolved, look.due, known, look.outcome


def _surveys(episodes: Sequence[tuple[Life, Episode]], ids: dict[tuple[int, int], int]) -> Iterator[Row]:
    numbers = count(1)
    for life, one in episodes:
        if one.csat:
            yield (
                next(numbers),
                ids[life.number, one.number],
                life.number + 1,
                (life.of or life).number + 1,
                "en",
                False,
                one.resolved,
                one.resolved,
                one.csat,
            )


def _post(stage: Stage, life: Life) -> Row:
    at = life.episodes[0].published
    where = (life.number + 1, stage.sources[life.source], life.network, f"p{life.number}", 1, "")
    return *where, at, at, at, "", str(life.number), "open", life.number + 1, 1


def _topics(stage: Stage, lives: Sequence[Life]) -> Iterator[Row]:
    for life in lives:
        for topic in life.topics:
            yield life.number + 1, stage.topics[topic], True, 1.0, life.episodes[0].published


_CUSTOMERS: LiteralString = "copy customers (id, name, tags, created_at) from stdin (format binary)"
_CUSTOMER_TYPES = ["int8", "text", "text[]", "timestamptz"]
_ALARMS: LiteralString = """
copy alerts (id, case_id, post_id, rule, severity, reason, raised_at, acknowledged_at, dismissed_at) from stdin (format binary)
"""
_ALARM_TYPES = ["int8", "int8", "int8", "text", "text", "text", "timestamptz", "timestamptz", "timestamptz"]
_CASES: LiteralString = """
copy cases (id, brand_id, source_id, network, author_id, customer_id, root_external_id, status, preview, language, sentiment, urgency,
  team_id, assignee_id, episode, opened_at, last_post_at, resolved_at, customer_posts) from stdin (format binary)
"""
_CASE_TYPES = [
    *("int8", "int8", "int8", "text", "int8", "int8", "text", "text", "text", "text", "text", "int2"),
    *("int8", "int8", "int4", "timestamptz", "timestamptz", "timestamptz", "int4"),
]
_EPISODES: LiteralString = """
copy episodes (id, case_id, number, published_at, seen_at, triaged_at, answered_at, resolved_at, dismissed_at,
  erased_at) from stdin (format binary)
"""
_EPISODE_TYPES = ["int8", "int8", "int4", *7 * ["timestamptz"]]
_CLOCKS: LiteralString = """
copy clocks (id, case_id, episode_id, policy_version_id, calendar_version_id, kind, number, created_at, started_at, due_at, stopped_at,
  voided_at, breached_at, wall_seconds, business_seconds, whole_business_seconds, paused_seconds) from stdin (format binary)
"""
_CLOCK_TYPES = [*5 * ["int8"], "text", "int4", *6 * ["timestamptz"], *4 * ["int8"]]
_LOOKS: LiteralString = """
copy follow_ups (id, case_id, episode_id, days, planned_at, due_at, concluded_at, outcome) from stdin (format binary)
"""
_LOOK_TYPES = ["int8", "int8", "int8", "int2", "timestamptz", "timestamptz", "timestamptz", "text"]
_SURVEYS: LiteralString = """
copy surveys (id, episode_id, case_id, customer_id, language, on_network, due_at, next_at, csat) from stdin (format binary)
"""
_SURVEY_TYPES = ["int8", "int8", "int8", "int8", "text", "bool", "timestamptz", "timestamptz", "int2"]
_POSTS: LiteralString = """
copy posts (id, source_id, network, external_id, author_id, text, published_at, seen_at, triaged_at, permalink, root_id, route, case_id,
  case_number) from stdin (format binary)
"""
_POST_TYPES = [
    *("int8", "int8", "text", "text", "int8", "text", "timestamptz", "timestamptz", "timestamptz", "text", "text", "text", "int8", "int4"),
]
_TOPICS: LiteralString = "copy post_topics (post_id, topic_id, fits, score, published_at) from stdin (format binary)"
_TOPIC_TYPES = ["int8", "int8", "bool", "float4", "timestamptz"]
