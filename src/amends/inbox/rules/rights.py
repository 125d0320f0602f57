"""Who may do what: the one table of rights, and how far each person sees.

Place in the path: `api/auth.py` asks it at every route; the tests go through every route and every role with it. A role says what
somebody may do, the teams they are in say with which cases (`Scope`), and a token may carry less than its owner (`Carries`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from amends.inbox.rules.words import Role

AGENT, LEAD, MANAGER, ADMIN, AUDITOR = Role.AGENT, Role.LEAD, Role.MANAGER, Role.ADMIN, Role.AUDITOR


class Right(StrEnum):
    """One thing that somebody may do; each route names one."""

    SELF = "self"
    SEE = "see"
    SENSITIVE = "sensitive"
    WORK = "work"
    APPROVE = "approve"
    SHARE = "share"
    TEAMS = "teams"
    NUMBERS = "numbers"
    REPORTS = "reports"
    TRIAGE = "triage"
    RULES = "rules"
    SEE_SOURCES = "see_sources"
    BUDGETS = "budgets"
    SOURCES = "sources"
    PEOPLE = "people"
    ATTRIBUTES = "attributes"
    AUDIT = "audit"
    PRIVACY = "privacy"
    EXCHANGE = "exchange"
    OCCASIONS = "occasions"


EVERYBODY = frozenset(Role)
RIGHTS: Mapping[Right, frozenset[Role]] = {
    # one's own settings, sessions, tokens, notifications
    Right.SELF: EVERYBODY,
    # cases, customers, threads, searches, within one's scope
    Right.SEE: EVERYBODY,
    # what the administrator marked as sensitive of a customer
    Right.SENSITIVE: frozenset({LEAD, MANAGER, ADMIN}),
    # reply, note, assign, label, snooze, resolve, in bulk too
    Right.WORK: frozenset({AGENT, LEAD, MANAGER, ADMIN}),
    # let a colleague's answer out, or give it back
    Right.APPROVE: frozenset({LEAD, MANAGER, ADMIN}),
    # macros and views for the whole team
    Right.SHARE: frozenset({LEAD, MANAGER, ADMIN}),
    # who is in a team, its hours and skills
    Right.TEAMS: frozenset({LEAD, MANAGER, ADMIN}),
    # the managers' numbers and reports
    Right.NUMBERS: frozenset({LEAD, MANAGER, ADMIN, AUDITOR}),
    # save reports and send them to colleagues
    Right.REPORTS: frozenset({LEAD, MANAGER, ADMIN}),
    # topics, noise, urgency, models
    Right.TRIAGE: frozenset({MANAGER, ADMIN}),
    # rules that work for the team
    Right.RULES: frozenset({MANAGER, ADMIN}),
    # what is watched and how it is
    Right.SEE_SOURCES: frozenset({MANAGER, ADMIN, AUDITOR}),
    # what reading may cost; whoever sees the sources may try a budget out
    Right.BUDGETS: frozenset({ADMIN}),
    # add, change, pause what is watched; channels
    Right.SOURCES: frozenset({ADMIN}),
    # invite, change roles, end sessions
    Right.PEOPLE: frozenset({ADMIN}),
    # what is to be known of every customer
    Right.ATTRIBUTES: frozenset({ADMIN}),
    # the audit log
    Right.AUDIT: frozenset({ADMIN, AUDITOR}),
    # what people ask about their data, erasing them, how long what is kept
    Right.PRIVACY: frozenset({MANAGER, ADMIN}),
    # customers in and out: imports, exports, webhooks, what other systems read and write
    Right.EXCHANGE: frozenset({MANAGER, ADMIN}),
    # messages to customers on birthdays, renewals and the like
    Right.OCCASIONS: frozenset({MANAGER, ADMIN}),
}
SEE_EVERY_TEAM = frozenset({MANAGER, ADMIN, AUDITOR})


class Carries(StrEnum):
    """How much of its owner's rights an API token carries."""

    READ = "read"
    WORK = "work"
    EVERYTHING = "everything"


_READ = frozenset({Right.SEE, Right.NUMBERS, Right.SEE_SOURCES, Right.AUDIT})
CARRIED: Mapping[Carries, frozenset[Right]] = {
    Carries.READ: _READ,
    Carries.WORK: _READ | {Right.WORK, Right.APPROVE},
    Carries.EVERYTHING: frozenset(Right),
}


def may(role: str, right: Right, carries: str = Carries.EVERYTHING) -> bool:
    """Tell whether somebody of this role has the right, through a token that carries so much."""
    return Role(role) in RIGHTS[right] and right in CARRIED[Carries(carries)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Which cases somebody sees: those on these `sources` that belong to no team or to one of these `teams`. None: all there are."""

    teams: tuple[int, ...] | None = None
    sources: tuple[int, ...] | None = None

    def holds(self, *, team_id: int | None, source_id: int) -> bool:
        """Tell whether a case of this team on this source is seen."""
        ours = self.teams is None or team_id is None or team_id in self.teams
        return ours and (self.sources is None or source_id in self.sources)


EVERYTHING = Scope()
