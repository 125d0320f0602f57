"""Checks of what the desk works with: people, sources, alert channels, worker, backlog; `conn` reaches a migrated database."""

import socket
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from amends.cli.checks.finding import Finding, Findings, Patient, fail, ok, warn
from amends.cli.checks.servers import skew
from amends.collectors import abilities, load
from amends.core.clock import utc_now
from amends.core.database import Connection
from amends.core.errors import SettingsWrong
from amends.core.secrets import unseal
from amends.inbox.actions.conditions import trouble
from amends.inbox.store import agents, alert_routes, audit_log, automation, channels, health, sla_policies, surge_rules
from amends.inbox.store.health import SourceState, Waiting
from amends.inbox.store.heartbeats import Heartbeat, heartbeats

SILENT_AFTER = 30.0
LATE_AFTER = 60.0
PATIENCE = 4.0


def sources(patient: Patient, conn: Connection) -> Findings:
    """Find whether there is something to watch, with credentials that open, and how it goes."""
    found = health.sources(conn)
    if not found:
        yield warn("nothing is watched", "Add a source on the sources page, or in AMENDS_SOURCES.")
    for source in found:
        yield _source(source, patient.secret_key)


def _source(source: SourceState, secret_key: str) -> Finding:
    name = f"{source.network} {source.handle}"
    page = "Open it on the sources page."
    try:
        credentials = unseal(source.credentials, secret_key)
    except SettingsWrong as error:
        return fail(f"{name}: {error}", "Set the AMENDS_SECRET_KEY that this installation began with, or enter the credentials again.")
    if load(source.network).CREDENTIALS and not abilities(source.network).keyless and not any(credentials.values()):
        return fail(f"{name} has no credentials", "Enter them on the sources page.")
    if source.stopped:
        return fail(f"{name} has stopped: {source.stopped[0]}", page)
    if source.paused:
        return warn(f"{name} is paused", page)
    return warn(f"{name}: {source.waiting[0]}", "Nothing: it tries again by itself.") if source.waiting else ok(f"{name} is watched")


def source_clocks(_patient: Patient, conn: Connection) -> Findings:
    """Find whether the networks' clocks agree with ours; one that cannot be reached is left to its source's own trouble."""
    homes = {urlsplit(_home(source)).netloc: _home(source) for source in health.sources(conn)}
    for host, url in sorted(homes.items()):
        ahead = _ahead(url)
        if ahead is not None:
            yield skew(host, ahead)


def _home(source: SourceState) -> str:
    return source.options.get("base_url") or getattr(load(source.network), "API", "")


def _ahead(url: str) -> float | None:
    try:
        date = httpx.head(url, timeout=PATIENCE).headers.get("date", "")
        return (parsedate_to_datetime(date).astimezone(UTC) - utc_now()).total_seconds()
    except (httpx.HTTPError, ValueError):
        return None


def alert_channels(patient: Patient, conn: Connection) -> Findings:
    """Find whether somebody would hear an alert."""
    found = channels.active(conn)
    sealed = [channels.sealed(conn, channel.id) for channel in found]
    if not found:
        yield warn("no alert channel: nobody is told when something turns bad", "Add one on the sources page, or in AMENDS_ALERT_CHANNELS.")
    for channel in filter(None, sealed):
        yield _channel(channel.label, unseal(channel.target, patient.secret_key)["target"])


def _channel(label: str, target: str) -> Finding:
    parts = urlsplit(target)
    default = {"smtps": 465, "smtp": 25, "mailto": 25, "webhook+https": 443, "webhook+http": 80}.get(parts.scheme)
    if default is None or not parts.hostname:
        return ok(f"alerts go to {label}")
    try:
        socket.create_connection((parts.hostname, parts.port or default), timeout=PATIENCE).close()
    except OSError as error:
        return warn(
            f"alerts go to {label}, and nobody listens there ({error.strerror or error})", "Start the receiver, or mend the channel."
        )
    return ok(f"alerts go to {label}, where somebody listens")


def conditions(_patient: Patient, conn: Connection) -> Findings:
    """Find whether the condition of a rule, an SLA policy, a rule of alarms or a way of alarms asks for “me”, whom nobody is to it."""
    kept = {
        "the rule": automation.every(conn),
        "the SLA policy": sla_policies.every(conn),
        "the rule of alarms": surge_rules.every(conn),
        "the way of alarms": alert_routes.every(conn),
    }
    idle = [
        f"{what} “{one.name}” asks for “me” or “mine”: {one.condition}"
        for what, those in kept.items()
        for one in those
        if trouble(one.condition)
    ]
    yield from (warn(line, "Name the colleague or the team in its condition, on its settings page.") for line in idle)
    if not idle:
        yield ok("no condition asks for “me”")


def people(_patient: Patient, conn: Connection) -> Findings:
    """Find whether anybody may sign in."""
    found = sum(agent.active for agent in agents.everyone(conn))
    yield (
        ok(f"{found} may sign in")
        if found
        else warn("nobody may sign in", "Open /welcome; `./amends up` prints its set-up code, and the log of the web server shows it.")
    )


def audited(_patient: Patient, conn: Connection) -> Findings:
    """Find whether the audit log can only be added to."""
    yield (
        ok("nobody can change the audit log")
        if audit_log.is_kept(conn)
        else fail(
            "the audit log can be changed: somebody switched its trigger off at the database",
            "Find out who, then: alter table audit_log enable always trigger audit_log_kept",
        )
    )


def worker(_patient: Patient, conn: Connection) -> Findings:
    """Find whether both lanes of the worker live, and what troubles them."""
    beats = {beat.part: beat for beat in heartbeats(conn)}
    for part in ("collect", "desk"):
        yield _lane(part, beats.get(part))
    for beat in beats.values():
        if beat.trouble:
            yield fail(f"{beat.part}: {beat.trouble}", "Mend that; the work waits and goes on by itself.")


def _lane(part: str, beat: Heartbeat | None) -> Finding:
    start = f"Start it: ./amends worker --lane {part} (and ./amends beat); DATA/logs/worker-{part}.log may say why it stopped."
    if beat is None:
        return fail(f"the worker's lane {part} has never run", start)
    silent = (utc_now() - beat.at).total_seconds()
    if silent > SILENT_AFTER:
        return fail(f"the worker's lane {part} has been silent for {silent:.0f} s", start)
    return ok(f"the worker's lane {part} was at work {max(silent, 0):.0f} s ago")


def backlog(_patient: Patient, conn: Connection) -> Findings:
    """Find whether work waits for long."""
    found = health.waiting(conn, now=utc_now())
    late = [line for line in _lines(found) if line]
    yield from (warn(line, "If it does not shrink, add a worker: ./amends worker --lane desk") for line in late)
    if not late:
        yield ok("nothing waits for long")


def _lines(found: Waiting) -> tuple[str, ...]:
    return (
        _late("posts wait for triage", found.triage),
        _late("replies wait to be sent", found.replies),
        _late("alerts wait to be delivered", found.deliveries),
        _late("events wait for the relay", found.events),
    )


def _late(what: str, seconds: float | None) -> str:
    return f"{what}, the first for {seconds:.0f} s" if seconds is not None and seconds > LATE_AFTER else ""
