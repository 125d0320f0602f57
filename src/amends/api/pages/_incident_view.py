"""Puts an incident together for its board: posts over time as a chart with its table, notes, people, and who was told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from amends.api.words import LANGUAGES, language
from amends.core.database import Connection
from amends.core.written import hour, number, short_day, short_stamp
from amends.inbox.actions import incidents as acts
from amends.inbox.actions import tell_affected
from amends.inbox.rules.incidents import GRAVITIES, HOWS, STAGES
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.text import preview
from amends.inbox.store import agent_list, incident_answers, incident_board, incident_cases, incident_notes, incident_rounds, incidents
from amends.inbox.store.incident_board import Bin

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 1040.0, 160.0, 40.0, 22.0, 8.0
MOST_SLOTS = 60
WIDEST = 40.0
"""A bar of an incident that has just begun is no wider."""
LENGTHS = tuple(timedelta(minutes=minutes) for minutes in (10, 30, 60, 180, 720, 1440, 10080))
MOST_LABELS = 8
SHOWN = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """Posts within one slot of time, as a bar that grows from the base; `label` is empty where it has no room."""

    since: datetime
    n: int
    x: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """The chart of posts over time; each slot is `minutes` long, and the scale ends at `most`."""

    slots: Sequence[Slot]
    minutes: int
    most: int
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    base: float = HEIGHT - BOTTOM
    top: float = TOP

    @property
    def most_shown(self) -> str:
        """Return the top of the scale in words."""
        return number(self.most)


def length_of(span: timedelta) -> timedelta:
    """Return how long a slot is, so that a span has `MOST_SLOTS` at most, as long as anybody looks at it hour by hour."""
    return next((one for one in LENGTHS if span <= one * MOST_SLOTS), LENGTHS[-1])


def rate_of(bins: Sequence[Bin], since: datetime, until: datetime, length: timedelta) -> Rate:
    """Return the chart of these bins, with empty slots between."""
    known = {one.slot: one.n for one in bins}
    last = min(max(int((until - since) / length), 0), 2 * MOST_SLOTS)
    most = max([1, *known.values()])
    width, every = min((WIDTH - LEFT) / (last + 1), WIDEST), -(-(last + 1) // MOST_LABELS)
    high = HEIGHT - BOTTOM - TOP
    written = hour if length * (last + 1) <= timedelta(days=1) else short_day if length >= timedelta(hours=12) else short_stamp
    slots = [
        Slot(
            since=since + length * place,
            n=known.get(place, 0),
            x=round(LEFT + width * (place + 0.1), 2),
            width=round(width * 0.8, 2),
            height=round(high * known.get(place, 0) / most, 2),
            label=written(since + length * place) if place % every == 0 else "",
        )
        for place in range(last + 1)
    ]
    return Rate(slots=slots, minutes=int(length.total_seconds() // 60), most=most)


def board_values(conn: Connection, scope: Scope, incident_id: int, now: datetime) -> dict[str, Any]:
    """Return what `incident.html` shows of an incident, as far as somebody sees."""
    one = acts.incident_of(conn, incident_id)
    board = incident_board.board(conn, scope, incident_id)
    since = min(one.started_at, board.first_seen or one.started_at)
    until = max(since, min(now, (one.closed_at or now)))
    length = length_of(until - since)
    there = tell_affected.round_of(conn, incident_id)
    return {
        "one": one,
        "mark_of": acts.mark_of,
        "board": board,
        "rate": rate_of(incident_board.bins(conn, scope, incident_id, since=since, length=length), since, until, length),
        "shares": incident_board.shares(conn, scope, incident_id),
        "loudest": [replace(one, text=preview(one.text)) for one in incident_board.loudest(conn, scope, incident_id)],
        "people": incidents.people(conn, one.id),
        "notes": incident_notes.newest(conn, incident_id),
        "members": incident_cases.page(conn, scope, one.id, limit=SHOWN),
        "round": there,
        "tally": incident_answers.tally(conn, scope, there.id) if there else None,
        **tongues(incident_rounds.languages(conn, scope, incident_id)),
        "agents": agent_list.active(conn),
        **words(),
    }


def tongues(*used: Iterable[str]) -> dict[str, list[str]]:
    """Return the languages that words are wanted in, English among them, and those that they may be wanted in beside."""
    wanted = list(dict.fromkeys(code for code in (*chain(*used), "en") if code not in {"", "und"}))
    return {"languages": wanted, "others": sorted({*LANGUAGES} - {*wanted}, key=language)}


def words() -> dict[str, Any]:
    """Return the words that every screen of incidents needs."""
    return {"stages": STAGES, "gravities": GRAVITIES, "hows": HOWS}
