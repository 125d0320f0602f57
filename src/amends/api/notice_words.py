"""What notifications say: a sentence, what stands under it, and the place where it is seen to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from amends.api import clock_words, words
from amends.api.alarm_reasons import why_alarmed
from amends.api.asking_words import noted
from amends.api.trouble_words import trouble
from amends.core.translating import N_, _, ngettext
from amends.core.written import day, number
from amends.inbox.rules.noticing import MEANS, OF_ALARMS, Notice, Way
from amends.inbox.store.notification_list import Told

WAYS: Mapping[Way, str] = {
    Way.OFF: N_("Off"),
    Way.CENTRE: N_("In the centre"),
    Way.BROWSER: N_("Also as browser notification"),
}
FOR: Mapping[Notice, str] = {
    Notice.APPROVAL: "approve",
    Notice.RULE_STOPPED: "rules",
    Notice.ROTA_GAP: "rules",
    Notice.REPORT_FAILED: "numbers",
}
"""Kinds that only somebody with a right is told."""


def kinds(may: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Return the kinds that somebody can be told, each in words."""
    return [(kind.value, _(MEANS[kind])) for kind in Notice if kind not in FOR or may(FOR[kind])]


def says(told: Told) -> str:
    """Return what happened, in one sentence; of a flood how often it happened beyond what was told one by one."""
    if more := told.facts.get("more"):
        return _more(Notice(told.kind), int(more))
    return _SAYS[Notice(told.kind)](told)


def _more(kind: Notice, n: int) -> str:
    if kind in OF_ALARMS:
        return ngettext("%(n)s more alarm was raised", "%(n)s more alarms were raised", n) % {"n": number(n)}
    return _("%(n)s more: %(what)s") % {"n": number(n), "what": _(MEANS[kind])}


def _by(told: Told, by_person: str, by_nobody: str) -> str:
    return _(by_person) % {"name": told.by} if told.by else _(by_nobody)


def _given(told: Told) -> str:
    if rule := told.facts.get("rule"):
        return _("The rule “%(rule)s” gave you the case") % {"rule": rule}
    return _by(told, N_("%(name)s gave you the case"), N_("The case was given to you"))


def _wrote(told: Told) -> str:
    return _("%(customer)s wrote") % {"customer": told.customer or _("The customer")}


def _follow_up(told: Told) -> str:
    outcome = str(told.facts.get("outcome", ""))
    return _("Follow-up: %(outcome)s") % {"outcome": words.OUTCOMES.get(outcome, outcome)}


def _handed_over(told: Told) -> str:
    return _by(told, N_("%(name)s handed your cases over, or gave them back to you"), N_("Your cases were handed over"))


def _approved(told: Told) -> str:
    if told.facts.get("reworded"):
        return _by(told, N_("%(name)s approved your answer and changed its words"), N_("Your answer was approved in other words"))
    return _by(told, N_("%(name)s approved your answer"), N_("Your answer was approved"))


def _renewal(facts: Mapping[str, object]) -> str:
    n = int(str(facts.get("members", 1)))
    says = ngettext("%(n)s membership of “%(name)s” renews on %(day)s", "%(n)s memberships of “%(name)s” renew on %(day)s", n)
    renews = date.fromisoformat(str(facts["renews_on"]))
    return says % {"n": number(n), "name": facts.get("name", ""), "day": day(renews)}


def _rota_gap(told: Told) -> str:
    return _("Nobody is on call in “%(rota)s” at some time of the next two weeks") % {"rota": told.facts.get("name", "")}


def _clock(told: Told) -> str:
    return clock_words.named(str(told.facts.get("clock", "")))


_SAYS: Mapping[Notice, Callable[[Told], str]] = {
    Notice.MENTIONED: lambda told: _by(told, N_("%(name)s mentioned you"), N_("You are mentioned in a note")),
    Notice.TEAM_MENTIONED: lambda told: _by(told, N_("%(name)s mentioned your team"), N_("Your team is mentioned in a note")),
    Notice.GIVEN: _given,
    Notice.CUSTOMER_WROTE: _wrote,
    Notice.REPLY_FAILED: lambda _told: _("Your answer was not published"),
    Notice.REPLY_VANISHED: lambda _told: _("Your answer cannot be seen in public"),
    Notice.REPLY_APPROVED: _approved,
    Notice.REPLY_GIVEN_BACK: lambda told: _by(told, N_("%(name)s gave your answer back"), N_("Your answer was given back")),
    Notice.WOKEN: lambda _told: _("A snoozed case of yours is awake"),
    Notice.FOLLOW_UP: _follow_up,
    Notice.ALERT: lambda _told: _("An alarm was raised"),
    Notice.TOLD_BY_RULE: lambda told: _("The rule “%(rule)s” tells you of this case") % {"rule": told.facts.get("rule", "")},
    Notice.HANDED_OVER: _handed_over,
    Notice.APPROVAL: lambda told: _by(told, N_("%(name)s asks for approval of an answer"), N_("An answer waits for approval")),
    Notice.RENEWAL: lambda told: _renewal(told.facts),
    Notice.RULE_STOPPED: lambda told: _("The rule “%(rule)s” was switched off") % {"rule": told.facts.get("name", "")},
    Notice.REPORT_FAILED: lambda told: _("The report “%(name)s” did not go out") % {"name": told.facts.get("name", "")},
    Notice.CLOCK_WARNED: lambda told: _("%(clock)s is due soon") % {"clock": _clock(told)},
    Notice.CLOCK_BREACHED: lambda told: _("%(clock)s is late") % {"clock": _clock(told)},
    Notice.PROMISE_REMINDED: lambda _told: _("What was promised is due soon"),
    Notice.PROMISE_BROKEN: lambda _told: _("A promise was not kept in time"),
    Notice.CALLED: lambda told: _("An alarm calls you; you are on call (%(rota)s)") % {"rota": told.facts.get("name", "")},
    Notice.ROTA_GAP: _rota_gap,
    Notice.CLOCK_ESCALATED: lambda told: _("Escalated to you: %(clock)s is late") % {"clock": _clock(told)},
}


def under(told: Told) -> str:
    """Return what stands under the sentence: a note's words, a reason, or the customer's newest post without personal data."""
    kind = Notice(told.kind)
    if kind in {Notice.MENTIONED, Notice.TEAM_MENTIONED}:
        return told.excerpt or ""
    if kind is Notice.CUSTOMER_WROTE:
        return told.preview or ""
    words_of = _IN_OUR_WORDS.get(kind, str)
    return next((words_of(str(told.facts[key])) for key in ("text", "note", "reason", "why") if told.facts.get(key)), "")


_IN_OUR_WORDS: Mapping[Notice, Callable[[str], str]] = {
    Notice.ALERT: why_alarmed,
    Notice.CALLED: why_alarmed,
    Notice.FOLLOW_UP: noted,
    Notice.RULE_STOPPED: trouble,
}
"""Kinds under which stands what we said ourselves, and how it is said in the reader's language."""


def address(told: Told) -> str:
    """Return where it is seen to: the very note, answer or post of the case."""
    if told.case_id is None:
        places = {
            Notice.RULE_STOPPED: f"/settings/rules/{told.facts.get('rule_id', '')}",
            Notice.REPORT_FAILED: f"/reports/{told.facts.get('report_id', '')}",
            Notice.CALLED: f"/alarms#alarm-{told.facts['alert_id']}" if "alert_id" in told.facts else "/alarms",
            Notice.ALERT: "/alarms",
            Notice.ROTA_GAP: f"/on-call#rota-{told.facts.get('rota_id', '')}",
            Notice.TOLD_BY_RULE: "/inbox",
            Notice.CLOCK_ESCALATED: "/inbox",
            Notice.RENEWAL: f"/organisations/{told.facts.get('organisation_id', '')}",
        }
        return places.get(Notice(told.kind), "/inbox?view=mine")
    for name, fact in (("note", "note_id"), ("reply", "reply_id")):
        if told.facts.get(fact) and told.kind != Notice.REPLY_GIVEN_BACK:
            return f"/inbox/{told.case_id}#{name}-{told.facts[fact]}"
    return f"/inbox/{told.case_id}" + (f"#post-{told.post_id}" if told.post_id and told.kind == Notice.CUSTOMER_WROTE else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """What somebody was told of one case, the newest first."""

    newest: int
    case_id: int | None
    customer: str
    network: str
    told: Sequence[Told]

    @property
    def unread(self) -> bool:
        """Whether one of them was not read."""
        return any(one.read_at is None for one in self.told)


def grouped(told: Sequence[Told]) -> list[Group]:
    """Return notifications gathered by case; they come in that order."""
    groups = [list(rows) for _newest, rows in groupby(told, key=lambda one: one.newest)]
    return [
        Group(newest=rows[0].newest, case_id=rows[0].case_id, customer=rows[0].customer or "", network=rows[0].network or "", told=rows)
        for rows in groups
    ]


def title(told: Told) -> str:
    """Return the sentence with whose case it is, as a notification of the browser has no more room for."""
    if told.customer and told.kind != Notice.CUSTOMER_WROTE:
        return _("%(what)s: %(customer)s") % {"what": says(told), "customer": told.customer}
    return says(told)
