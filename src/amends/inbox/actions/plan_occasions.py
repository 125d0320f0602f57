"""Plans messages: each turn of each person once. Place in the path: beat -> here -> `occasion_messages` -> `send_occasions`.

A day is the person's own: we look at the days around ours and ask the rule. Planning twice plans nothing twice.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions.occasions import occasion_of
from amends.inbox.actions.selecting import matching
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.ids import AgentId, CustomerId
from amends.inbox.rules.occasions import Kind, due_on, falls_on, today_in, turn_of
from amends.inbox.rules.query import Query
from amends.inbox.store import customer_sql, occasion_messages, occasion_turns, occasions, segment_members
from amends.inbox.store.occasion_messages import Planned
from amends.inbox.store.occasion_turns import Turn
from amends.inbox.store.occasions import Occasion

A_DAY = timedelta(days=1)


def plan(conn: Connection, *, now: datetime) -> int:
    """Plan what falls on today for every occasion that sends by itself, and return how many messages that made."""
    return sum(_plan(conn, one, now) for one in occasions.every(conn) if one.active and one.kind != Kind.MENDED)


def begin_round(conn: Connection, occasion_id: int, query: Query, asker: Asker, *, now: datetime) -> int:
    """Plan a message for the customer of every case that matches, each once a round; return how many."""
    occasion = occasion_of(conn, occasion_id)
    if occasion.kind != Kind.MENDED or not occasion.active:
        raise Refused(_("Only an occasion of the kind “we mended it” that is switched on goes out in rounds."))
    customers = occasion_messages.customers_of(conn, matching(conn, query, asker))
    if not customers:
        raise Refused(_("No case matches."))
    planned = [Planned(customer_id=customer_id, turn=f"round {now:%Y-%m-%d %H:%M}", due_at=now) for customer_id in customers]
    wanted = _in_audience(conn, occasion, planned, now)
    return occasion_messages.plan(conn, occasion_id, wanted, state=_first_state(occasion), now=now)


def let_out(conn: Connection, occasion_id: int, message_ids: Sequence[int] | None, *, agent_id: AgentId) -> int:
    """Let these proposed messages go, or all of the occasion (None); return how many."""
    return occasion_messages.let_out(conn, occasion_id, message_ids, agent_id=agent_id)


def coming(conn: Connection, occasion: Occasion, *, now: datetime, days: int) -> list[tuple[date, CustomerId]]:
    """Return whose day comes within so many days, the nearest first; nothing is planned."""
    if occasion.kind == Kind.MENDED:
        return []
    ahead = timedelta(days=occasion.days_before)
    asked = [now.date() + timedelta(days=n) + ahead for n in range(days)]
    found = occasion_turns.around(conn, Kind(occasion.kind), asked)
    return sorted((day - ahead, one.customer_id) for one in found for day in asked if _is_on(one, day))


def _plan(conn: Connection, occasion: Occasion, now: datetime) -> int:
    ahead = timedelta(days=occasion.days_before)
    around = [now.date() + ahead + n * A_DAY for n in (-1, 0, 1)]
    todays = list(_todays(occasion, occasion_turns.around(conn, Kind(occasion.kind), around), now))
    planned = _in_audience(conn, occasion, todays, now)
    return occasion_messages.plan(conn, occasion.id, planned, state=_first_state(occasion), now=now) if planned else 0


def _in_audience(conn: Connection, occasion: Occasion, planned: Sequence[Planned], now: datetime) -> Sequence[Planned]:
    """Return those that the occasion is for."""
    if not occasion.audience or not planned:
        return planned
    asked = customer_sql.condition(customer_sql.read(conn, occasion.audience), Asker(agent_id=0, now=now))
    wanted = segment_members.those_in(conn, asked, [one.customer_id for one in planned])
    return [one for one in planned if one.customer_id in wanted]


def _todays(occasion: Occasion, turns: Sequence[Turn], now: datetime) -> Iterator[Planned]:
    """Yield the turns that fall on today, or so many days ahead, where the person lives."""
    for one in turns:
        today = today_in(one.zone, now)
        day = today + timedelta(days=occasion.days_before)
        if _is_turn(one, day):
            turn = turn_of(Kind(occasion.kind), day)
            yield Planned(customer_id=one.customer_id, turn=turn, due_at=due_on(today, occasion.hour, one.zone))


def stands(conn: Connection, occasion: Occasion, customer_id: CustomerId, day: date) -> bool:
    """Tell whether somebody's turn is that day still: a subscription ends, a birthday is mended, between planning and sending."""
    kind = Kind(occasion.kind)
    return kind == Kind.MENDED or any(_is_turn(one, day) for one in occasion_turns.around(conn, kind, [day], whom=customer_id))


def _is_turn(turn: Turn, day: date) -> bool:
    return _is_on(turn, day) and (turn.year is None or turn.year < day.year)


def _is_on(turn: Turn, day: date) -> bool:
    return turn.on == day if turn.on else falls_on(turn.month, turn.day, day)


def _first_state(occasion: Occasion) -> str:
    return "proposed" if occasion.approval else "queued"
