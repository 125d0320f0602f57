"""Settles the occasions on which we write to customers: their texts, whether they send, how often at most."""

from dataclasses import dataclass, replace
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions import still_allowed
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.customer_record import line
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.occasions import EARLIEST, LATEST, Cap, Kind, Words, checked_words
from amends.inbox.rules.seen import mark, mark_by
from amends.inbox.store import customer_sql, events, occasion_stops, occasions
from amends.inbox.store.occasions import NewOccasion, Occasion

LONGEST_NAME = 120
MOST_DAYS_BEFORE = 90


def occasion_of(conn: Connection, occasion_id: int) -> Occasion:
    """Return an occasion; `NotFound` where there is none."""
    found = occasions.find(conn, occasion_id)
    if found is None:
        raise NotFound(_("There is no such occasion."))
    return found


def add(conn: Connection, new: NewOccasion, *, agent_id: AgentId, now: datetime) -> int:
    """Make an occasion, which does not send yet, and return its id."""
    occasion_id = occasions.insert(conn, replace(_checked(conn, new), active=False), agent_id=agent_id, now=now)
    _tell(conn, occasion_id, "made", agent_id, now)
    return occasion_id


def change(conn: Connection, occasion_id: int, new: NewOccasion, *, agent_id: AgentId, now: datetime, seen: str = "") -> None:
    """Settle an occasion anew; its kind and whether it sends stay.

    `seen` is the `mark_of` the occasion that its writer saw, if they say so: `Conflict` where it was settled anew since.
    """
    before = unchanged(conn, f"occasion {occasion_id}", lambda: occasion_of(conn, occasion_id), mark_of, seen)
    occasions.update(conn, occasion_id, _checked(conn, replace(new, kind=before.kind, active=before.active)))
    _tell(conn, occasion_id, "changed", agent_id, now)


def write(conn: Connection, occasion_id: int, words: Words, *, agent_id: AgentId, now: datetime, seen: str = "") -> None:
    """Keep what it says in a language; empty words forget the language. Messages that are not out yet say it anew.

    `seen` is the `mark_of_words` that their writer saw, if they say so: `Conflict` where they were written anew since.
    """
    occasion_of(conn, occasion_id)
    said = f"occasion {occasion_id} in {words.language}"
    unchanged(conn, said, lambda: _said(conn, occasion_id, words.language), mark_of_words, seen)
    if words.text.strip() or words.subject.strip():
        occasions.put_text(conn, occasion_id, checked_words(words))
    else:
        occasions.drop_text(conn, occasion_id, words.language)
    _tell(conn, occasion_id, "written", agent_id, now)


def _said(conn: Connection, occasion_id: int, language: str) -> Words | None:
    return next((one for one in occasions.texts(conn, [occasion_id])[occasion_id] if one.language == language), None)


def mark_of(occasion: Occasion) -> str:
    """Return what tells an occasion as its form shows it from the same settled anew since; that it sends or stops is no change."""
    return mark_by(NewOccasion, replace(occasion, active=False))


def mark_of_words(words: Words | None) -> str:
    """Return what tells the words of a language, or that there are none, from those written anew since."""
    return mark(words)


def switch_on(conn: Connection, occasion_id: int, *, agent_id: AgentId, now: datetime) -> None:
    """Let it send from now on."""
    occasion_of(conn, occasion_id)
    if not occasions.texts(conn, [occasion_id])[occasion_id]:
        raise Refused(_("Write what it says first, in one language at least."))
    occasions.set_active(conn, occasion_id, active=True)
    _tell(conn, occasion_id, "switched_on", agent_id, now)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopped:
    """How many messages do not go out any more, and how many a mail server or a network may have already."""

    held: int
    under_way: int


def stop(conn: Connection, occasion_id: int, *, agent_id: AgentId, now: datetime) -> Stopped:
    """Stop it at once: what is not out does not go out any more, also once it sends again."""
    occasion_of(conn, occasion_id)
    occasions.set_active(conn, occasion_id, active=False)
    held = occasion_stops.stop(conn, occasion_id=occasion_id, now=now) + still_allowed.stop(conn, occasion_id, agent_id=agent_id, now=now)
    _tell(conn, occasion_id, "stopped", agent_id, now)
    under_way = occasion_stops.stop_trying(conn, occasion_id=occasion_id) + occasion_stops.handed_over(conn, occasion_id=occasion_id)
    return Stopped(held=held, under_way=under_way)


def stop_one(conn: Connection, occasion_id: int, message_id: int, *, agent_id: AgentId, now: datetime) -> None:
    """Keep one message from going out, also where it waits as an answer; `Refused` where it is out."""
    mail = occasion_stops.stop(conn, occasion_id=occasion_id, message_id=message_id, now=now)
    if not mail and not still_allowed.stop(conn, occasion_id, message_id, agent_id=agent_id, now=now):
        raise Refused(_("This message is out already, or stopped."))


def archive(conn: Connection, occasion_id: int, *, agent_id: AgentId, now: datetime) -> None:
    """Stop it, and take it out of the list."""
    stop(conn, occasion_id, agent_id=agent_id, now=now)
    occasions.archive(conn, occasion_id, at=now)


def restore(conn: Connection, occasion_id: int, *, agent_id: AgentId, now: datetime) -> None:
    """Bring it back into the list, as one that does not send."""
    occasion_of(conn, occasion_id)
    occasions.archive(conn, occasion_id, at=None)
    _tell(conn, occasion_id, "restored", agent_id, now)


def set_cap(conn: Connection, cap: Cap, *, agent_id: AgentId, now: datetime) -> None:
    """Settle how often we may write to one person on all occasions together."""
    if not 1 <= cap.most <= 100 or not 1 <= cap.days <= 366:  # noqa: PLR2004
        raise Refused(_("At most 100 messages in at most 366 days."))
    occasions.set_cap(conn, cap, agent_id=agent_id, now=now)


def _checked(conn: Connection, new: NewOccasion) -> NewOccasion:
    name = line(new.name, LONGEST_NAME)
    if not name:
        raise Refused(_("An occasion needs a name."))
    if not 0 <= new.days_before <= MOST_DAYS_BEFORE or (new.days_before and new.kind != Kind.RENEWAL):
        raise Refused(_("Only before a renewal we write some days ahead, at most 90."))
    if not EARLIEST <= new.hour < LATEST:
        raise Refused(_("Choose an hour between 6 and 20."))
    return replace(new, name=name, kind=Kind(new.kind), audience=str(customer_sql.read(conn, new.audience).query))


def _tell(conn: Connection, occasion_id: int, change: str, agent_id: AgentId, now: datetime) -> None:
    events.add(conn, EventKind.OCCASION_CHANGED, now=now, agent_id=agent_id, occasion_id=occasion_id, change=change)
