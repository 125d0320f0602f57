"""What somebody is told and how: kinds of notifications, each person's choice, mutes, and the hours in which nothing pops up.

Place in the path: an event of a case -> `actions.notify` asks here for each person -> the notification centre, an open screen, the browser.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.quiet_hours import Quiet
from amends.inbox.rules.words import Severity
from amends.inbox.rules.working_hours import DAY, Span

MOST_SPANS = 21
MOST_ALONE = 30
"""How many of a kind that may come by the thousand somebody is told one by one within `FLOOD`; the rest is one that counts."""


class Notice(StrEnum):
    """One kind of thing that somebody is told."""

    MENTIONED = "mentioned"
    TEAM_MENTIONED = "team_mentioned"
    GIVEN = "given"
    CUSTOMER_WROTE = "customer_wrote"
    REPLY_FAILED = "reply_failed"
    REPLY_VANISHED = "reply_vanished"
    REPLY_APPROVED = "reply_approved"
    REPLY_GIVEN_BACK = "reply_given_back"
    WOKEN = "woken"
    FOLLOW_UP = "follow_up"
    ALERT = "alert"
    TOLD_BY_RULE = "told_by_rule"
    HANDED_OVER = "handed_over"
    APPROVAL = "approval"
    RULE_STOPPED = "rule_stopped"
    RENEWAL = "renewal"
    REPORT_FAILED = "report_failed"
    CLOCK_WARNED = "clock_warned"
    CLOCK_BREACHED = "clock_breached"
    CLOCK_ESCALATED = "clock_escalated"
    PROMISE_REMINDED = "promise_reminded"
    PROMISE_BROKEN = "promise_broken"
    CALLED = "called"
    ROTA_GAP = "rota_gap"


class Way(StrEnum):
    """How far a notification goes: nowhere, into the centre, or to the browser as well."""

    OFF = "off"
    CENTRE = "centre"
    BROWSER = "browser"


MEANS: Mapping[Notice, str] = {
    Notice.MENTIONED: N_("I am mentioned in a note"),
    Notice.TEAM_MENTIONED: N_("A team of mine is mentioned in a note"),
    Notice.GIVEN: N_("A case is given to me"),
    Notice.CUSTOMER_WROTE: N_("The customer writes in a case of mine"),
    Notice.REPLY_FAILED: N_("An answer of mine is not published"),
    Notice.REPLY_VANISHED: N_("An answer of mine cannot be seen in public"),
    Notice.REPLY_APPROVED: N_("An answer of mine is approved"),
    Notice.REPLY_GIVEN_BACK: N_("An answer of mine is given back to me"),
    Notice.WOKEN: N_("A snoozed case of mine wakes"),
    Notice.FOLLOW_UP: N_("A follow-up of a case of mine is due"),
    Notice.ALERT: N_("An alarm is raised on a case of mine, or a critical one on a case of my team"),
    Notice.TOLD_BY_RULE: N_("A rule tells me, or a team of mine, of a case"),
    Notice.HANDED_OVER: N_("My cases are handed over, or come back"),
    Notice.APPROVAL: N_("An answer waits for my approval"),
    Notice.RULE_STOPPED: N_("A rule was switched off because it failed"),
    Notice.RENEWAL: N_("Memberships of an organisation of mine renew soon"),
    Notice.REPORT_FAILED: N_("A report of mine did not go out"),
    Notice.CLOCK_WARNED: N_("A case of mine is due soon"),
    Notice.CLOCK_BREACHED: N_("A case of mine is late"),
    Notice.CLOCK_ESCALATED: N_("A late case is escalated to me"),
    Notice.PROMISE_REMINDED: N_("A promise of mine is due soon"),
    Notice.PROMISE_BROKEN: N_("A promise of mine, or of my team as its lead, is broken"),
    Notice.CALLED: N_("I am called while I am on call"),
    Notice.ROTA_GAP: N_("Nobody will be on call"),
}
DEFAULTS: Mapping[Notice, Way] = {
    **dict.fromkeys(Notice, Way.CENTRE),
    **dict.fromkeys((Notice.MENTIONED, Notice.GIVEN, Notice.REPLY_FAILED, Notice.REPLY_GIVEN_BACK), Way.BROWSER),
    **dict.fromkeys((Notice.ALERT, Notice.TOLD_BY_RULE, Notice.CALLED), Way.BROWSER),
}
BY_NAME = frozenset({Notice.MENTIONED})
"""What no mute of a source or a team holds back: somebody asks for this very person."""
OF_ALARMS = frozenset({Notice.ALERT, Notice.CALLED})
BY_THE_THOUSAND = OF_ALARMS | {
    Notice.GIVEN,
    Notice.WOKEN,
    Notice.FOLLOW_UP,
    Notice.TOLD_BY_RULE,
    Notice.CLOCK_WARNED,
    Notice.CLOCK_BREACHED,
    Notice.CLOCK_ESCALATED,
}
"""What comes by the thousand where something breaks, an incident ends, or somebody does one thing to many cases."""
NEWS_OF_MINE: Mapping[str, Notice] = {
    EventKind.POST_JOINED: Notice.CUSTOMER_WROTE,
    EventKind.CASE_REOPENED: Notice.CUSTOMER_WROTE,
    EventKind.CASE_WOKEN: Notice.WOKEN,
    EventKind.FOLLOW_UP_CONCLUDED: Notice.FOLLOW_UP,
}
"""What happened to a case, as its assignee is told of it."""
NEWS_OF_MY_REPLY: Mapping[str, Notice] = {
    EventKind.REPLY_FAILED: Notice.REPLY_FAILED,
    EventKind.REPLY_VANISHED: Notice.REPLY_VANISHED,
    EventKind.REPLY_NOT_VISIBLE: Notice.REPLY_VANISHED,
    EventKind.REPLY_APPROVED: Notice.REPLY_APPROVED,
    EventKind.REPLY_GIVEN_BACK: Notice.REPLY_GIVEN_BACK,
}
"""What happened to an answer, as its author is told of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """How somebody wants to be told; `quiet` are spans in `zone`, and one that ends before it begins goes over midnight."""

    ways: Mapping[str, str] = field(default_factory=dict[str, str])
    muted_sources: frozenset[int] = frozenset()
    muted_teams: frozenset[int] = frozenset()
    quiet: tuple[Span, ...] = ()
    zone: str = "UTC"
    critical_breaks: bool = True
    quiet_away: bool = True

    def way_of(self, kind: Notice) -> Way:
        """Return how far a kind goes."""
        return Way(self.ways.get(kind, DEFAULTS[kind]))

    def hears(self, kind: Notice, *, source_id: int | None, team_id: int | None) -> bool:
        """Tell whether a notification is made at all, of a case on a source and of a team."""
        if self.way_of(kind) is Way.OFF:
            return False
        return kind in BY_NAME or not (source_id in self.muted_sources or team_id in self.muted_teams)

    def is_quiet(self, now: datetime) -> bool:
        """Tell whether `now` is within the quiet hours, by the clock on the wall, whatever summer time does to it."""
        return Quiet(spans=self.quiet, zone=self.zone).holds(now)

    def pops(self, now: datetime, *, away: bool, severity: str = "") -> bool:
        """Tell whether something may pop up at `now`; what may not lies in the centre all the same."""
        if self.critical_breaks and severity == Severity.CRITICAL:
            return True
        return not (self.is_quiet(now) or (away and self.quiet_away))


def checked_ways(ways: Mapping[str, str]) -> dict[str, str]:
    """Return what differs from how it comes; `Refused` where a kind or a way is none of ours."""
    try:
        asked = {Notice(kind): Way(way) for kind, way in ways.items()}
    except ValueError as error:
        raise Refused(_("This is no kind of notification, or no way to be told of one.")) from error
    return {kind.value: way.value for kind, way in asked.items() if DEFAULTS[kind] is not way}


def checked_spans(spans: list[Span]) -> tuple[Span, ...]:
    """Return the quiet hours in order; `Refused` where they are no times of a week, or too many."""
    if len(spans) > MOST_SPANS or not all(0 <= one.day < 7 and 0 <= one.begins < DAY and 0 <= one.ends <= DAY for one in spans):  # noqa: PLR2004
        raise Refused(_("Quiet hours are at most %(most)s spans, each on a weekday from 0:00 to 24:00.") % {"most": MOST_SPANS})
    return tuple(sorted(set(spans)))
