"""Histories of episodes for the tests of numbers: rows as a desk leaves them, and a slow count of every figure in plain Python."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.inbox.rules.figures import Figure, Length
from amends.inbox.rules.spans import Period
from tests.cast import NOON

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
MOODS, LANGUAGES = ("negative", "neutral", "positive"), ("en", "ta", "si")
OUTCOMES = ("held", "relapsed", "silent", "unknown")


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One episode with its case and its follow-ups, read from the tables of truth."""

    id: int
    case_id: int
    number: int
    network: str
    language: str
    mood: str
    team_id: int | None
    published_at: datetime
    seen_at: datetime
    triaged_at: datetime
    answered_at: datetime | None
    resolved_at: datetime | None
    dismissed: bool
    looks: list[tuple[int, str]]
    clocks: list[list[bool]]
    next_waits: bool
    next_longest: int | None
    first_business: int | None
    next_business: int | None
    ending_business: int | None
    csat: int | None

    @property
    def promise(self) -> str | None:
        """Return whether what was promised was kept: each clock is whether it ran out, was stopped, was voided."""
        if any(broken for broken, _stopped, _voided in self.clocks):
            return "broken"
        running = any(not stopped and not voided for _broken, stopped, voided in self.clocks)
        return "kept" if not running and any(stopped for _broken, stopped, _voided in self.clocks) else None

    def within(self, days: int) -> str | None:
        """Return what the look at about so many days after the resolving found."""
        found = [outcome for after, outcome in sorted(self.looks) if (after < 18) == (days < 18)]
        return found[0] if found else None


def told(conn: Connection) -> list[Told]:
    """Return every episode that was not put aside."""
    rows = fetch_all(
        conn,
        Told,
        """
        select e.id, c.id as case_id, e.number, c.network, c.language, c.sentiment as mood, c.team_id, e.published_at, e.seen_at,
          e.triaged_at, e.answered_at,
          e.resolved_at, e.dismissed_at is not null as dismissed,
          coalesce((select jsonb_agg(jsonb_build_array(f.days, f.outcome)) from follow_ups f
                    where f.episode_id = e.id and f.outcome is not null), '[]') as looks,
          coalesce((select jsonb_agg(jsonb_build_array(breached_at is not null or coalesce(stopped_at > due_at, false),
                                                        stopped_at is not null,
                                                        voided_at is not null)) from clocks k
                    where k.episode_id = e.id and due_at is not null), '[]') as clocks,
          exists (select from clocks k
            where k.episode_id = e.id and kind = 'next' and stopped_at is null and voided_at is null) as next_waits,
          (select max(wall_seconds) from clocks k where k.episode_id = e.id and kind = 'next' and stopped_at is not null) as next_longest,
          (select max(business_seconds) from clocks k
           where k.episode_id = e.id and kind = 'first' and stopped_at is not null) as first_business,
          (select max(business_seconds) from clocks k where k.episode_id = e.id and kind = 'next' and stopped_at is not null
             and not exists (select from clocks r where r.episode_id = e.id and r.kind = 'next' and r.stopped_at is null
               and r.voided_at is null and r.calendar_version_id is not null)) as next_business,
          (select max(whole_business_seconds) from clocks k
           where k.episode_id = e.id and kind = 'resolution' and stopped_at is not null) as ending_business,
          (select csat from surveys s where s.episode_id = e.id) as csat
        from episodes e join cases c on c.id = e.case_id
        """,
    )
    return [row for row in rows if not row.dismissed]


def counted(rows: list[Told], figure: Figure, period: Period) -> int:
    """Return a figure, counted one row after the other."""
    return sum(_fits(row, figure, period) for row in rows)


def _fits(row: Told, figure: Figure, period: Period) -> bool:
    if figure is Figure.BACKLOG:
        return row.published_at < period.until and (row.resolved_at is None or row.resolved_at >= period.until)
    at = row.resolved_at if figure.axis == "resolved" else row.published_at
    if at is None or not period.since <= at < period.until:
        return False
    outcome, _, days = figure.value.rpartition("_")
    return row.within(int(days)) == outcome if days.isdecimal() else _ALSO[figure](row)


_ALSO: Mapping[Figure, Callable[[Told], bool]] = {
    Figure.BEGUN: lambda _row: True,
    Figure.RESOLVED: lambda _row: True,
    Figure.ANSWERED: lambda row: row.answered_at is not None,
    Figure.UNANSWERED: lambda row: row.answered_at is None,
    Figure.ENDED: lambda row: row.resolved_at is not None,
    Figure.UNENDED: lambda row: row.resolved_at is None,
    Figure.REOPENED: lambda row: row.number > 1,
    Figure.NEGATIVE: lambda row: row.mood == "negative",
    Figure.NEUTRAL: lambda row: row.mood == "neutral",
    Figure.POSITIVE: lambda row: row.mood == "positive",
    Figure.KEPT: lambda row: row.promise == "kept",
    Figure.BROKEN: lambda row: row.promise == "broken",
    Figure.NEXT_ANSWERED: lambda row: not row.next_waits and row.next_longest is not None,
    Figure.NEXT_WAITING: lambda row: row.next_waits,
    Figure.RATED: lambda row: row.csat is not None,
    Figure.CONTENT: lambda row: (row.csat or 0) >= 4,
}


def first_answer_after(rows: list[Told], period: Period, now: datetime, share: str) -> int | None:
    """Return after how many seconds a share of the episodes begun in the span had an answer, second by second in fractions."""
    begun = [row for row in rows if period.since <= row.published_at < period.until]
    ended = [whole(row.answered_at - row.published_at) for row in begun if row.answered_at]
    watched = [whole(now - _floor(row.published_at)) for row in begun if not row.answered_at and not row.resolved_at]
    left = Fraction(1)
    for second in sorted(set(ended)):
        there = len(begun) - sum(one < second for one in [*ended, *watched])
        left *= 1 - Fraction(ended.count(second), there)
        if left <= 1 - Fraction(share):
            return second
    return None


def lengths_of(rows: list[Told], period: Period) -> dict[Length, list[int]]:
    """Return the lengths that the episodes begun in the span have, in whole seconds."""
    begun = [row for row in rows if period.since <= row.published_at < period.until]
    return {
        Length.SEEN: [whole(row.seen_at - row.published_at) for row in begun],
        Length.TRIAGED: [whole(row.triaged_at - row.seen_at) for row in begun],
        Length.FIRST_ANSWER: [whole(row.answered_at - row.published_at) for row in begun if row.answered_at],
        Length.ENDING: [whole(row.resolved_at - row.published_at) for row in begun if row.resolved_at],
        Length.HANDLED: [whole(row.answered_at - row.triaged_at) for row in begun if row.answered_at],
        Length.NEXT_ANSWER: _there(row.next_longest for row in begun if not row.next_waits),
        Length.FIRST_BUSINESS: _there(row.first_business for row in begun),
        Length.NEXT_BUSINESS: _there(row.next_business for row in begun),
        Length.ENDING_BUSINESS: _there(row.ending_business for row in begun),
    }


def _there(lengths: Iterable[int | None]) -> list[int]:
    return [length for length in lengths if length is not None]


def whole(length: timedelta) -> int:
    """Return a length in whole seconds, none below nothing."""
    return max(0, length // SECOND)


def _floor(at: datetime) -> datetime:
    return at.replace(microsecond=0)


class Made:
    """Makes episodes at random, and changes them as a desk does: answers, resolves, takes back, corrects, moves, deletes."""

    def __init__(self, conn: Connection, seed: int, *, sources: list[int], teams: list[int]) -> None:
        self.conn = conn
        self.chance = random.Random(seed)  # noqa: S311
        self.sources, self.teams = sources, teams

    def begin(self, *, since: datetime = NOON - 40 * DAY, days: int = 60) -> int:
        """Open a case with one or two episodes, and return it."""
        chance = self.chance
        source = chance.choice(self.sources)
        at = since + chance.random() * days * DAY
        case_id = fetch_values(
            self.conn,
            """
            insert into cases (brand_id, source_id, network, author_id, customer_id, root_external_id, status, preview, language, sentiment,
              urgency, team_id, opened_at, last_post_at, customer_posts)
            select s.brand_id, s.id, s.network, (select min(id) from authors), (select min(id) from customers), gen_random_uuid()::text,
              'open', 'bag lost', %(language)s, %(mood)s, 10, %(team)s, %(at)s, %(at)s, 1
            from sources s where s.id = %(source)s returning id
            """,
            {
                "language": chance.choice(LANGUAGES),
                "mood": chance.choice(MOODS),
                "team": chance.choice([None, *self.teams]),
                "at": at,
                "source": source,
            },
        )[0]
        for number in range(1, chance.choice([2, 2, 3])):
            self._episode(case_id, number, at + (number - 1) * DAY)
        return case_id

    def _episode(self, case_id: int, number: int, at: datetime) -> None:
        seen = at + self.chance.uniform(-2, 90) * SECOND
        execute(
            self.conn,
            """
            insert into episodes (case_id, number, published_at, seen_at, triaged_at)
            values (%(case)s, %(number)s, %(at)s, %(seen)s, %(triaged)s)
            """,
            {"case": case_id, "number": number, "at": at, "seen": seen, "triaged": seen + self.chance.random() * SECOND},
        )

    def happen(self) -> None:
        """Let one thing happen to one episode."""
        ids = fetch_values(self.conn, "select id from episodes order by id")
        if not ids:
            return
        at = timedelta(seconds=self.chance.choice([0, 59, 60, 3600, 90_000, 1_000_000]) + self.chance.random())
        given = {"id": self.chance.choice(ids), "length": at, "team": self.chance.choice([None, *self.teams])}
        given |= {
            "mood": self.chance.choice(MOODS),
            "outcome": self.chance.choice(OUTCOMES),
            "days": self.chance.choice([7, 30]),
            "pick": self.chance.random(),
        }
        execute(self.conn, self.chance.choice(_HAPPENINGS), given)


_HAPPENINGS = (
    "update episodes set answered_at = published_at + %(length)s where id = %(id)s",
    "update episodes set answered_at = published_at + %(length)s where id = %(id)s",
    "update episodes set resolved_at = published_at + %(length)s where id = %(id)s",
    "update episodes set resolved_at = published_at + %(length)s where id = %(id)s",
    "update episodes set resolved_at = null, dismissed_at = null where id = %(id)s",
    "update episodes set dismissed_at = published_at where id = %(id)s",
    "update episodes set published_at = published_at - %(length)s where id = %(id)s",
    "update cases set team_id = %(team)s where id = (select case_id from episodes where id = %(id)s)",
    "update cases set sentiment = %(mood)s where id = (select case_id from episodes where id = %(id)s)",
    """
    insert into follow_ups (case_id, episode_id, days, planned_at, due_at, concluded_at, outcome)
    select case_id, id, %(days)s, resolved_at, resolved_at + make_interval(days => %(days)s), resolved_at + interval '31 days', %(outcome)s
    from episodes where id = %(id)s and resolved_at is not null
      and not exists (select from follow_ups f where f.episode_id = episodes.id and f.days = %(days)s)
    """,
    """
    insert into clocks (case_id, episode_id, kind, number, created_at, started_at, due_at, stopped_at, voided_at, breached_at, wall_seconds,
      calendar_version_id, business_seconds, whole_business_seconds)
    select e.case_id, e.id, k.kind, (select count(*) from clocks o where o.episode_id = e.id and o.kind = k.kind) + 1, e.published_at,
      e.published_at, case when %(pick)s < 0.9 then e.published_at + interval '1 hour' end, s.stopped,
      case when %(pick)s < 0.1 then e.seen_at end,
      case when %(pick)s between 0.1 and 0.2 then e.seen_at end, extract(epoch from s.stopped - e.published_at),
      v.id, case when v.id is not null then extract(epoch from s.stopped - e.published_at) / 3 end,
      case when v.id is not null then extract(epoch from s.stopped - e.published_at) / 2 end
    from episodes e,
      lateral (select case when %(pick)s > 0.66 then 'first' when %(pick)s > 0.4 then 'resolution' else 'next' end as kind) k,
      lateral (select case when %(pick)s between 0.15 and 0.8 then e.published_at + %(length)s end as stopped) s
      left join calendar_versions v on %(pick)s > 0.2 where e.id = %(id)s
    """,
    "delete from clocks where id = (select max(id) from clocks where episode_id = %(id)s)",
    """
    insert into surveys (episode_id, case_id, customer_id, language, on_network, due_at, next_at)
    select e.id, e.case_id, c.customer_id, 'en', false, e.published_at, e.published_at
    from episodes e join cases c on c.id = e.case_id where e.id = %(id)s on conflict do nothing
    """,
    "update surveys set csat = 1 + (%(pick)s * 4.99)::integer %% 5, answered_at = due_at where id = (select min(id) from surveys)",
    "delete from follow_ups where episode_id = %(id)s",
    "delete from episodes where id = %(id)s",
)
