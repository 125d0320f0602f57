"""Sends reports by mail. Place in the path: beat -> `plan` (a row a person and turn) -> claim -> `prepare` -> mail server -> recorded.

A report holds what its owner may see, whoever reads it. Everything is asked once more right before it goes. For one turn nobody has two
rows; a mail that was handed over while the worker died goes again with the same Message-ID, by which mail programs can tell.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import AmendsError, DeliveryError, Refused
from amends.core.ports import Message
from amends.core.translating import _, speaking
from amends.inbox.actions import reports as keeping
from amends.inbox.notifiers.email import Enclosure
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.report_files import MEDIA, as_file, file_name
from amends.inbox.rules.report_tables import Document
from amends.inbox.rules.reports import FileKind, next_turn, turn_due
from amends.inbox.rules.rights import Right, may
from amends.inbox.store import events, number_settings, report_sendings, reports, scopes
from amends.inbox.store.report_sendings import Claimed
from amends.inbox.store.reports import Reader, Report

LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
MOST_TRIES = 8
BATCH = 20
LONGEST_WHY = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """A letter to hand over outside the transaction."""

    claimed: Claimed
    to: str
    message: Message
    html: str
    enclosed: tuple[Enclosure, ...]


def plan(conn: Connection, *, now: datetime) -> int:
    """Let the reports go out whose turn has come, and return how many that were; of several missed turns the newest alone."""
    due = reports.lock_due(conn, now=now, limit=BATCH)
    for report in due:
        _plan_one(conn, report, now)
    return len(due)


def _plan_one(conn: Connection, report: Report, now: datetime) -> None:
    schedule = keeping.schedule_of(report)
    if not _owner(conn, report):
        _stop(conn, report, _("Its owner may not see the numbers any more."), now)
        return
    turn = turn_due(schedule, report.next_at or now, now)
    report_sendings.queue(conn, report.id, report.people, turn=turn, now=now)
    reports.set_next(conn, report.id, next_at=next_turn(schedule, now))


def _owner(conn: Connection, report: Report) -> Reader | None:
    """Return the owner where they are here and may see the numbers."""
    return next(iter(keeping.who_may_read(conn, [report.agent_id])), None)


def _stop(conn: Connection, report: Report, why: str, now: datetime) -> None:
    reports.set_paused(conn, report.id, at=now, trouble=why)
    report_sendings.drop_queued(conn, report.id, why=why)
    _failed(conn, report, why, now)


def _failed(conn: Connection, report: Report, why: str, now: datetime) -> None:
    """Tell the owner."""
    events.add(conn, EventKind.REPORT_FAILED, now=now, whom=report.agent_id, report_id=report.id, name=report.name, why=why)


def claim(conn: Connection, *, now: datetime) -> Claimed | None:
    """Claim the next sending, or None."""
    return report_sendings.claim(conn, now=now, lease=LEASE)


def prepare(conn: Connection, claimed: Claimed, *, base: str, now: datetime) -> Ready | None:
    """Return the letter, None where it may not go any more; what cannot be made (`Refused`) is for `record_trouble`."""
    if claimed.attempts > MOST_TRIES:  # Whoever made it died of it each time, and recorded nothing.
        raise Refused(_("It broke while it was made, again and again; the log of the worker says why."))
    report = reports.find(conn, claimed.report_id)
    reader = next(iter(reports.readers(conn, [claimed.agent_id])), None)
    if report is None or reader is None or (report.paused_at is not None and not claimed.trial):
        report_sendings.set_over(conn, claimed.id, state="skipped", why=_("The report was paused or removed."))
        return None
    owner = _owner(conn, report)
    if owner is None:
        report_sendings.set_over(conn, claimed.id, state="skipped", why=_("Its owner may not see the numbers any more."))
        _stop(conn, report, _("Its owner may not see the numbers any more."), now)
        return None
    if not (reader.active and may(reader.role, Right.NUMBERS)):
        report_sendings.set_over(conn, claimed.id, state="skipped", why=_("They may not see the numbers any more."))
        return None
    with speaking(report.language):
        return _letter(claimed, report, reader, _made(conn, claimed, report, (owner, reader), now), base)


def _made(conn: Connection, claimed: Claimed, report: Report, people: tuple[Reader, Reader], now: datetime) -> Document:
    owner, reader = people
    asker = Asker(agent_id=owner.id, now=now, scope=scopes.of_agent(conn, owner.id))
    settings = number_settings.read(conn)
    compares = settings.may_compare(owner.role) and settings.may_compare(reader.role)
    return keeping.document(conn, report, asker, turn=claimed.turn, reader=reader.id, compares=compares, path=f"/reports/{report.id}")


def _letter(claimed: Claimed, report: Report, reader: Reader, made: Document, base: str) -> Ready:
    subject = f"{report.name}: {made.days}"
    if claimed.trial:
        subject = _("Trial: %(subject)s") % {"subject": subject}
    url = base + made.path
    body = _("%(name)s for %(days)s. Every number and its rows: %(url)s") % {"name": report.name, "days": made.days, "url": url}
    kinds = [FileKind(kind) for kind in report.files]
    return Ready(
        claimed=claimed,
        to=reader.email,
        message=Message(key=f"report-{claimed.id}", title=subject, body=body, url=url, severity="", facts={}),
        html=as_file(made, FileKind.HTML, base).decode(),
        enclosed=tuple(Enclosure(name=file_name(made, kind), media=MEDIA[kind], content=as_file(made, kind, base)) for kind in kinds),
    )


def record_sent(conn: Connection, claimed: Claimed, *, now: datetime) -> None:
    """Keep that the mail server took it."""
    report_sendings.set_sent(conn, claimed.id, now=now)
    events.add(conn, EventKind.REPORT_SENT, now=now, report_id=claimed.report_id, sending_id=claimed.id)


def record_trouble(conn: Connection, claimed: Claimed, error: AmendsError, *, now: datetime) -> None:
    """Keep why it did not go: tried again later, or failed for good, of which the owner is told."""
    why = str(error)[:LONGEST_WHY]
    final = error.permanent if isinstance(error, DeliveryError) else isinstance(error, Refused)
    if not final and claimed.attempts < MOST_TRIES:
        report_sendings.set_again(conn, claimed.id, at=now + FIRST_PAUSE * 2 ** (claimed.attempts - 1), why=why)
        return
    report_sendings.set_over(conn, claimed.id, state="failed", why=why)
    report = reports.find(conn, claimed.report_id)
    if report is not None:
        _failed(conn, report, why, now)
