"""The words of the ledger: what a gap is, and what became of it. Times are UTC. No I/O."""

from datetime import datetime

from amends.api.trouble_words import trouble
from amends.core.translating import N_, Table, _, ngettext
from amends.core.written import hour, number, percent, short_day, span
from amends.inbox.store.backfills import Backfill
from amends.inbox.store.gaps import Gap

CAUSES = Table(
    {
        "outage": N_("the network was unreachable"),
        "rate_limit": N_("the network asked us to wait"),
        "refused": N_("the network refused our credentials"),
        "unpaid": N_("the network wanted to be paid"),
        "unfit": N_("the watch had to be mended"),
        "paused": N_("paused by an administrator"),
        "budget": N_("the budget was spent"),
        "late": N_("Amends did not look: it was not running, or too busy"),
        "backlog": N_("more was published than a few pages hold"),
        "unseen": N_("the network did not show it"),
    }
)


def gap(one: Gap, now: datetime) -> str:
    """Return a gap in a sentence: when, how long, why, and what became of it."""
    told = {"when": when(one.since, one.until), "cause": CAUSES.get(one.kind, one.kind), "fate": fate(one)}
    if one.since is None:
        return _("%(when)s: %(cause)s; %(fate)s") % told
    return _("%(when)s, %(length)s: %(cause)s; %(fate)s") % (told | {"length": span((one.until or now) - one.since)})


def fate(one: Gap) -> str:
    """Return what became of a gap."""
    if one.lost_note is not None:
        return _("cannot be filled: %(why)s") % {"why": trouble(one.lost_note)}
    if one.filled_at:
        return _filled(one.filled_at, one.until)
    if one.filling:
        return _("being filled now")
    return _("filled as soon as a visit succeeds") if one.until is None else _("filled at the end of the walk that is under way")


def when(since: datetime | None, until: datetime | None) -> str:
    """Return a stretch of time; the day is said twice only where it is not the same."""
    if until is None:
        return _("Since %(since)s") % {"since": _moment(since)} if since else _("Since long ago")
    if since is None:
        return _("From long ago until %(until)s") % {"until": _moment(until)}
    if since.date() == until.date():
        return _("%(since)s\N{EN DASH}%(until)s") % {"since": _moment(since), "until": hour(until)}
    return _("%(since)s \N{EN DASH} %(until)s") % {"since": _moment(since), "until": _moment(until)}


def way_back(one: Backfill) -> str:
    """Return how far a backfill is."""
    parts = [_aim(one), _far(one)]
    return " ".join([*parts, _("Put off: %(why)s") % {"why": trouble(one.note)}] if one.note else parts)


def _aim(one: Backfill) -> str:
    if one.since:
        return _("Reading back to %(moment)s beside what is new.") % {"moment": _moment(one.since)}
    return _("Reading as far back as a first visit goes beside what is new.")


def _far(one: Backfill) -> str:
    told = {"n": number(one.posts), "moment": _moment(one.reached) if one.reached else "", "share": percent(done(one))}
    if not one.reached:
        return ngettext("%(n)s post so far.", "%(n)s posts so far.", one.posts) % told
    if not one.since:
        return ngettext("%(n)s post so far; read down to %(moment)s.", "%(n)s posts so far; read down to %(moment)s.", one.posts) % told
    return (
        ngettext(
            "%(n)s post so far; read down to %(moment)s (%(share)s).", "%(n)s posts so far; read down to %(moment)s (%(share)s).", one.posts
        )
        % told
    )


def done(one: Backfill) -> float:
    """Return the share of a backfill's time that is read, 0 to 1."""
    if one.since is None or one.reached is None or one.until <= one.since:
        return 0
    return min(max((one.until - one.reached) / (one.until - one.since), 0), 1)


def _moment(moment: datetime) -> str:
    return _("%(day)s %(time)s") % {"day": short_day(moment), "time": hour(moment)}


def _filled(moment: datetime, beside: datetime | None) -> str:
    if beside and beside.date() == moment.date():
        return _("filled at %(time)s") % {"time": hour(moment)}
    return _("filled on %(day)s at %(time)s") % {"day": short_day(moment), "time": hour(moment)}
