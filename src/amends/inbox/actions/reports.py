"""Keeps reports: saves, changes, pauses, removes, brings back, and tries one out on whoever asks.

Place in the path: the page Reports -> here -> a turn that comes (`report_sending`), a file, the screen (`report_making`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import NATIVE_NAMES, _
from amends.inbox.actions import report_making
from amends.inbox.actions.coaching import check_query, check_reader, not_compared
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.report_tables import Document
from amends.inbox.rules.reports import MOST_PEOPLE, Every, FileKind, Part, Schedule, SpanRule, checked_name, next_turn, period_for
from amends.inbox.rules.rights import Right, may
from amends.inbox.rules.seen import mark_by
from amends.inbox.rules.spans import whole_second
from amends.inbox.rules.working_hours import zone_or_utc
from amends.inbox.store import events, number_settings, report_sendings, reports
from amends.inbox.store.numbers import Asked
from amends.inbox.store.query_sql import condition
from amends.inbox.store.reports import Kept, Reader, Report
from amends.inbox.store.sessions import Visitor


def listed(conn: Connection, visitor: Visitor) -> list[Report]:
    """Return the reports that somebody has or is sent; whoever looks after people sees everybody's."""
    return reports.of_agent(conn, visitor.agent_id, everybodys=visitor.may(Right.PEOPLE))


def seen(conn: Connection, report_id: int, visitor: Visitor) -> Report:
    """Return a report that somebody may look at; `NotFound`."""
    found = reports.find(conn, report_id)
    if found is None or not (visitor.agent_id in {found.agent_id, *found.people} or visitor.may(Right.PEOPLE)):
        raise NotFound
    return found


def to_change(conn: Connection, report_id: int, visitor: Visitor) -> Report:
    """Return a report that somebody may change: its owner, and whoever looks after people. `NotFound`."""
    found = seen(conn, report_id, visitor)
    if not may_change(found, visitor):
        raise NotFound
    return found


def may_change(report: Report, visitor: Visitor) -> bool:
    """Tell whether somebody may change a report."""
    return report.agent_id == visitor.agent_id or visitor.may(Right.PEOPLE)


def who_may_read(conn: Connection, ids: Sequence[int] | None = None) -> list[Reader]:
    """Return who may be sent reports: who is here and may see the numbers."""
    return [one for one in reports.readers(conn, ids) if one.active and may(one.role, Right.NUMBERS)]


def save(conn: Connection, wish: Kept, *, visitor: Visitor, now: datetime) -> int:
    """Keep a new report and return its id."""
    kept = _checked(conn, wish, visitor, now)
    report_id = reports.insert(conn, kept, agent_id=visitor.agent_id, next_at=next_turn(schedule_of(kept), now), now=now)
    _tell(conn, EventKind.REPORT_SAVED, report_id, kept.name, visitor, now)
    return report_id


def change(conn: Connection, report_id: int, wish: Kept, *, visitor: Visitor, now: datetime, seen_as: str = "") -> None:
    """Let a report be something else; turns that were before are over.

    `seen_as` is the `mark_of` the report that its writer saw, if they say so: `Conflict` where it was changed since.
    """
    before = unchanged(conn, f"report {report_id}", lambda: to_change(conn, report_id, visitor), mark_of, seen_as)
    kept = _checked(conn, wish, visitor, now, had=before.parts)
    reports.update(conn, report_id, kept, next_at=next_turn(schedule_of(kept), now))
    _tell(conn, EventKind.REPORT_SAVED, report_id, kept.name, visitor, now)


def mark_of(report: Report) -> str:
    """Return what tells a report as its form shows it from the same report changed since."""
    return mark_by(Kept, report)


def delete(conn: Connection, report_id: int, *, visitor: Visitor, now: datetime) -> Report:
    """Take a report away and return it; what has not gone out does not go."""
    report = to_change(conn, report_id, visitor)
    reports.set_deleted(conn, report_id, at=now)
    report_sendings.drop_queued(conn, report_id, why=_("The report was removed."))
    _tell(conn, EventKind.REPORT_REMOVED, report_id, report.name, visitor, now)
    return report


def restore(conn: Connection, report_id: int, *, visitor: Visitor, now: datetime) -> Report:
    """Bring a report back; its turns go on with the next one."""
    report = reports.find_deleted(conn, report_id)
    if report is None or not may_change(report, visitor):
        raise NotFound
    reports.set_deleted(conn, report_id, at=None)
    reports.set_next(conn, report_id, next_at=next_turn(schedule_of(report), now))
    _tell(conn, EventKind.REPORT_RESTORED, report_id, report.name, visitor, now)
    return report


def pause(conn: Connection, report_id: int, *, visitor: Visitor, now: datetime) -> Report:
    """Let a report not go out until it is resumed; it can be looked at as ever."""
    report = to_change(conn, report_id, visitor)
    reports.set_paused(conn, report_id, at=now)
    report_sendings.drop_queued(conn, report_id, why=_("The report was paused."))
    _tell(conn, EventKind.REPORT_PAUSED, report_id, report.name, visitor, now)
    return report


def resume(conn: Connection, report_id: int, *, visitor: Visitor, now: datetime) -> Report:
    """Let a report go out again, from its next turn on."""
    report = to_change(conn, report_id, visitor)
    reports.set_paused(conn, report_id, at=None)
    reports.set_next(conn, report_id, next_at=next_turn(schedule_of(report), now))
    _tell(conn, EventKind.REPORT_RESUMED, report_id, report.name, visitor, now)
    return report


def try_out(conn: Connection, report_id: int, *, visitor: Visitor, now: datetime) -> None:
    """Send a report to whoever asks, and to nobody else."""
    to_change(conn, report_id, visitor)
    report_sendings.queue(conn, report_id, [visitor.agent_id], turn=now, now=now, trial=True)


def document(  # noqa: PLR0913 - a report, and for whom
    conn: Connection, report: Report, asker: Asker, *, turn: datetime, reader: AgentId, compares: bool, path: str
) -> Document:
    """Return a report of a turn, made for a reader of what its asker may see; `compares`: agents may stand beside one another.

    Its days are those before the turn. Who waits is waited for until the asker's moment, since who was answered could be until then.
    `Refused` where it cannot be asked any more, `TooBroad`, or where it is of a colleague whom the reader may not compare.
    """
    zone = zone_or_utc(report.zone)
    asker = replace(asker, now=whole_second(asker.now))
    period = period_for(SpanRule(report.span), turn, zone)
    asked = Asked(period=period, query=parse(report.condition), asker=asker, zone=zone)
    check_reader(conn, asked.query, asker, reader=reader, compares=compares)
    return Document(
        name=report.name,
        owner=report.owner,
        period=period,
        zone=zone,
        cases=report.condition,
        path=path,
        tables=report_making.make(conn, map(Part, report.parts), asked, compares=compares),
    )


def schedule_of(kept: Kept) -> Schedule:
    """Return when a report goes out."""
    return Schedule(every=Every(kept.every), on_day=kept.on_day, at_minute=kept.at_minute, zone=zone_or_utc(kept.zone))


def _checked(conn: Connection, wish: Kept, visitor: Visitor, now: datetime, *, had: Sequence[str] = ()) -> Kept:
    """Return the wish as it is kept. A part that it had stays though its owner may not see it any more: it says so in its place."""
    query, asker = parse(wish.condition), Asker(agent_id=visitor.agent_id, now=now, scope=visitor.scope)
    condition(conn, query, asker)
    check_query(conn, query, asker, role=visitor.role)
    parts = [part.value for part in Part if part in wish.parts]
    if not parts:
        raise Refused(_("Choose at least one part of the report."))
    if Part.ASSIGNEE in parts and Part.ASSIGNEE not in had and not number_settings.read(conn).may_compare(visitor.role):
        raise Refused(not_compared())
    files = [kind.value for kind in (FileKind.CSV, FileKind.XLSX) if kind in wish.files]
    language = wish.language if wish.language in NATIVE_NAMES else "en"
    chosen = replace(wish, parts=parts, files=files, language=language, people=_people(conn, wish))
    return replace(chosen, name=checked_name(wish.name), condition=wish.condition.strip())


def _people(conn: Connection, wish: Kept) -> list[int]:
    """Return who gets a report by mail; `Refused` where that is nobody though it goes out, or somebody who may not see numbers."""
    people = sorted(set(wish.people))
    if wish.every and not people:
        raise Refused(_("Choose who gets the report by mail, or let it not go out by itself."))
    if len(people) > MOST_PEOPLE:
        raise Refused(_("A report goes to at most %(most)s people.") % {"most": MOST_PEOPLE})
    if people and len(who_may_read(conn, people)) < len(people):
        raise Refused(_("Reports go to colleagues who may see the numbers, and to nobody else."))
    return people


def _tell(conn: Connection, kind: EventKind, report_id: int, name: str, visitor: Visitor, now: datetime) -> None:
    events.add(conn, kind, now=now, agent_id=visitor.agent_id, report_id=report_id, name=name)
