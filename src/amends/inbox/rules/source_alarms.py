"""Which troubles of a source deserve an alarm. Place in the path: watches, standing, rhythm -> here -> alerts of the source. Pure.

An alarm has a key that is the same as long as the trouble is the same one; so it rings once, and ends when its key is no longer found.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.translating import N_
from amends.inbox.rules.alert_text import first_words
from amends.inbox.rules.words import Severity, WatchState

LONGEST_RETRYING = timedelta(minutes=30)
WARN_BEFORE = (timedelta(days=1), timedelta(days=3), timedelta(days=14))
LONGEST_REASON = 300
STOPPED = N_("It stopped reading %(name)s. %(note)s")
RETRYING = N_("It could not read %(name)s for more than 30 minutes, and tries on. %(note)s")
SILENT = N_("It is silent for longer than usual: reading works, and the last post is of %(at)s UTC.")
EXPIRED = N_("The credentials have ended: enter new ones on the page Sources.")
EXPIRING = N_("The credentials end within %(days)s days, on %(at)s UTC: enter new ones on the page Sources.")
EXPIRING_SOON = N_("The credentials end tomorrow, on %(at)s UTC: enter new ones on the page Sources.")
TEXTS = (STOPPED, RETRYING, SILENT, EXPIRED, EXPIRING, EXPIRING_SOON)
"""What the reasons are made of; they go to pagers in English and are kept so, and screens recognise them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceAlarm:
    """An alarm to raise, or to let go on; `since` is when the trouble began, `reason` a sentence for whoever is woken by it."""

    key: str
    rule: str
    severity: Severity
    reason: str
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchSeen:
    """A watch as it is now."""

    id: int
    kind: str
    query: str
    state: str
    note: str
    state_since: datetime
    last_ok_at: datetime | None

    @property
    def name(self) -> str:
        """What it looks at, in few words."""
        return first_words(f"{self.kind.replace('_', ' ')} {self.query}", 60).strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceSeen:
    """A source as it is now. `silent_since` is the last post, where the silence since then is longer than the source's habit."""

    watches: Sequence[WatchSeen]
    expires_at: datetime | None
    silent_since: datetime | None
    paused: bool


def alarms_of(source: SourceSeen, *, open_keys: Iterable[str], now: datetime) -> list[SourceAlarm]:
    """Return every alarm that holds at `now`; a source that somebody paused has none but of its credentials."""
    found = list(_expiring(source, now))
    if not source.paused:
        found += [alarm for watch in source.watches for alarm in _of_watch(watch, now)]
        found += _silent(source, frozenset(open_keys))
    return found


def _of_watch(watch: WatchSeen, now: datetime) -> Iterator[SourceAlarm]:
    """One failure lasts until the watch works again, whatever was tried meanwhile: its key holds when it last worked."""
    failure = f"{watch.id}:{watch.last_ok_at.isoformat() if watch.last_ok_at else 'never'}"
    if watch.state == WatchState.STOPPED:
        reason = STOPPED % {"name": watch.name, "note": watch.note}
        yield _alarm(f"stopped:{failure}", "stopped", Severity.CRITICAL, reason, watch.state_since)
    elif watch.state == WatchState.RETRYING and now - watch.state_since >= LONGEST_RETRYING:
        reason = RETRYING % {"name": watch.name, "note": watch.note}
        yield _alarm(f"retrying:{failure}", "retrying", Severity.HIGH, reason, watch.state_since)


def _silent(source: SourceSeen, open_keys: frozenset[str]) -> Iterator[SourceAlarm]:
    """A silence that is explained (nothing works there at all) is told by what explains it; one that rang already goes on until a post."""
    if source.silent_since is None:
        return
    key = f"silent:{source.silent_since.isoformat()}"
    if key in open_keys or any(watch.state == WatchState.OK for watch in source.watches):
        reason = SILENT % {"at": f"{source.silent_since:%Y-%m-%d %H:%M}"}
        yield _alarm(key, "silent", Severity.HIGH, reason, source.silent_since)


def _expiring(source: SourceSeen, now: datetime) -> Iterator[SourceAlarm]:
    """Only the nearest warning holds; the day stands for the moment, which some networks tell a little differently each time."""
    if source.expires_at is None:
        return
    ends, left = f"{source.expires_at:%Y-%m-%d}", source.expires_at - now
    if left <= timedelta(0):
        yield _alarm(f"expired:{ends}", "expired", Severity.CRITICAL, EXPIRED, source.expires_at)
        return
    for before in WARN_BEFORE:
        if left <= before:
            text, days = EXPIRING_SOON if before.days == 1 else EXPIRING, before.days
            reason = text % {"days": days, "at": f"{source.expires_at:%Y-%m-%d %H:%M}"}
            yield _alarm(f"expiring:{ends}:{before.days}", "expiring", Severity.HIGH, reason, now)
            return


def _alarm(key: str, rule: str, severity: Severity, reason: str, since: datetime) -> SourceAlarm:
    return SourceAlarm(key=key, rule=rule, severity=severity, reason=first_words(reason, LONGEST_REASON), since=since)
