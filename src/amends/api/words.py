"""The words of the screens: names of languages and networks, what states and reasons are called. No I/O.

How numbers and times are written is `core.written`; the templates find it here too.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from amends.collectors import abilities, networks
from amends.core.kept import told
from amends.core.translating import N_, Table, _
from amends.core.written import (
    ago,
    appointment,
    clock,
    count,
    day,
    dollars,
    listed,
    listed_with_and,
    listed_with_or,
    local_stamp,
    month,
    number,
    percent,
    region_name,
    seconds,
    span,
    stamp,
    until,
)
from amends.inbox.actions.called import language, network, topic, written
from amends.triage.urgency_weights import Reason

__all__ = [
    "ago",
    "appointment",
    "clock",
    "count",
    "day",
    "dollars",
    "language",
    "listed",
    "listed_with_and",
    "listed_with_or",
    "local_stamp",
    "month",
    "network",
    "number",
    "percent",
    "region_name",
    "seconds",
    "span",
    "stamp",
    "told",
    "topic",
    "until",
    "written",
]

# fmt: off
LANGUAGES = (
    "am", "ar", "bn", "de", "en", "es", "fr", "gu", "hi", "id", "it", "ja", "kn", "ko", "ml",
    "mr", "nl", "pa", "pl", "pt", "ru", "si", "sw", "ta", "te", "tr", "uk", "ur", "zh",
)
# fmt: on
SHIPPED = Table({name: name for name in (N_("Everything else"), N_("A new topic"))})
"""Names that our migrations gave; who calls it otherwise has it as they wrote it."""
SPOKEN = ("en", "es", "si", "am", "ta", "kn", "pa")
"""What a query suggests first."""
VIEWS = Table(
    {
        "open": N_("Waiting for us"),
        "mine": N_("Mine"),
        "unassigned": N_("Unassigned"),
        "needs_look": N_("Needs a look"),
        "due_soon": N_("Due soon"),
        "breached": N_("Late"),
        "waiting": N_("Waiting for customer"),
        "snoozed": N_("Snoozed"),
        "follow_ups": N_("Follow-ups due"),
        "mentions": N_("Mentions of me"),
        "resolved": N_("Resolved"),
        "all": N_("All cases"),
    }
)
SORTS = Table(
    {
        "newest": N_("Newest first"),
        "urgency": N_("Most urgent first"),
        "deadline": N_("Soonest due first"),
        "longest": N_("Longest wait first"),
    }
)
MOODS = Table({"negative": N_("Negative"), "neutral": N_("Neutral"), "positive": N_("Positive")})
MOODS_WITHIN = Table({"negative": N_("negative"), "neutral": N_("neutral"), "positive": N_("positive")})
MEDIA = Table(
    {
        "image": N_("picture"),
        "photo": N_("picture"),
        "gif": N_("moving picture"),
        "video": N_("video"),
        "audio": N_("sound"),
        "file": N_("file"),
    }
)
STATUSES = Table(
    {
        "open": N_("Waiting for us"),
        "waiting": N_("Waiting for the customer"),
        "snoozed": N_("Snoozed"),
        "resolved": N_("Resolved"),
        "dismissed": N_("Put aside: no work of ours"),
    }
)
SHORT_STATUSES = Table(
    {
        "open": N_("open"),
        "waiting": N_("waiting for them"),
        "snoozed": N_("snoozed"),
        "resolved": N_("resolved"),
        "dismissed": N_("put aside"),
    }
)
COUNTERS = {
    "open": "status:open",
    "mine": "mine:",
    "unassigned": "unassigned",
    "needs_look": "needs_look",
    "waiting": "status:waiting",
    "snoozed": "status:snoozed",
    "resolved": "status:resolved",
    "all": "all",
}
EMPTY = {
    "open": (N_("Nobody waits for us"), N_("New complaints appear here by themselves, usually within seconds of being published.")),
    "mine": (N_("Nothing is yours yet"), N_("Take a case with the key a, or pick one from Unassigned.")),
    "unassigned": (N_("Every open case has somebody"), N_("Cases without an agent appear here, so that none is forgotten.")),
    "needs_look": (N_("The machine is sure of itself"), N_("Posts it cannot judge, by language or by meaning, wait here for a person.")),
    "waiting": (N_("We wait for nobody"), N_("Cases we answered stay here until the customer writes again or you resolve them.")),
    "resolved": (N_("Nothing is resolved yet"), N_("A resolved case is followed up after some days: did the answer hold?")),
    "mentions": (
        N_("Nobody has mentioned you"),
        N_("Where a colleague writes @ and your name in a note, the case comes here until it is resolved."),
    ),
    "due_soon": (N_("Nothing falls due within the hour"), N_("A case comes here an hour before we should have answered it.")),
    "breached": (N_("Nothing is late"), N_("A case whose deadline has passed stays here until it is answered.")),
    "snoozed": (N_("Nothing is snoozed"), N_("A snoozed case comes back by itself, at its time or when the customer writes.")),
    "follow_ups": (N_("No follow-up is due"), N_("Some days after a resolve we look whether the answer held; those of today stand here.")),
    "all": (N_("No cases yet"), N_("Once a source is connected, complaints become cases by themselves.")),
}
BASIS = Table({"handle": N_("handle"), "told_us": N_("told us"), "agent": N_("agent"), "verified": N_("verified")})
BASIS_WHY = Table(
    {
        "handle": N_("The account itself: we have seen it write."),
        "told_us": N_("The customer told us."),
        "agent": N_("A colleague saw that it is the same person."),
        "verified": N_("Verified by another system."),
    }
)
OUTCOME_NAMES = Table({"held": N_("held"), "relapsed": N_("relapsed"), "silent": N_("silent"), "unknown": N_("unknown")})
OUTCOMES = Table(
    {
        "held": N_("The resolution held"),
        "relapsed": N_("Relapsed: the customer complained again"),
        "silent": N_("The customer stayed silent"),
        "unknown": N_("Not known whether it held"),
    }
)
REASONS = Table(
    {
        Reason.NEGATIVE: N_("negative"),
        Reason.COMPLAINT: N_("complaint"),
        Reason.SAFETY: N_("safety"),
        Reason.VULNERABLE: N_("vulnerable person"),
        Reason.LEGAL: N_("legal threat"),
        Reason.MONEY: N_("money lost"),
        Reason.OUTAGE: N_("outage"),
        Reason.LEAVING: N_("threatens to leave"),
        Reason.REPEAT: N_("wrote before"),
        Reason.EARLIER: N_("repeat complaint"),
        Reason.REACH: N_("wide reach"),
        Reason.WAITING: N_("waiting time"),
    }
)
SHORT = frozenset({"api", "id", "smtp"})


def empty(view: str) -> tuple[str, str]:
    """Return what an empty view says: a heading, and what will come here."""
    heading, story = EMPTY[view]
    return _(heading), _(story)


def shipped(name: str) -> str:
    """Return the name of a policy or a rule: in the reader's language as long as it is the one that Amends gave it."""
    if name in SHIPPED:
        return SHIPPED[name]
    urgency = name.removeprefix("From urgency ")
    return _("From urgency %(n)s") % {"n": urgency} if urgency != name and urgency.isdecimal() else name


def mark(name: str) -> str:
    """Return the one letter that stands for a network in a list."""
    return abilities(name).mark if name in networks() else name[:1]


def handle(name: str, network_name: str) -> str:
    """Return a handle as its network writes it; a name of several words, or of a place, stays as it is."""
    at = abilities(network_name).at if network_name in networks() else "@"
    return name if name.startswith((at or "[", "[")) or not at or "/" in name or " " in name else at + name


def initials(name: str) -> str:
    """Return one or two letters that stand for a person; the first letters of scripts without cases too."""
    parts = [part for part in name.replace("_", " ").replace("-", " ").split() if part[0].isalnum()] or [name or "?"]
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


def reason(word: str) -> str:
    """Return what a stored reason of urgency is called; one of an older version stays as it was stored."""
    return REASONS[Reason(word)] if word in REASONS else word


def left(due: datetime, now: datetime) -> str:
    """Return how much time is left to answer, or by how much it is exceeded: `2 h left`, `late by 20 min`."""
    if due > now:
        return _("%(span)s left") % {"span": span(due - now)}
    return _("late by %(span)s") % {"span": span(now - due)}


def telling(reasons: Sequence[str], sentiment: str) -> list[str]:
    """Return the reasons that say more than the mood, which is shown beside them."""
    return [reason(one) for one in reasons if one != sentiment]


def weighed(reasons: Sequence[str], points: Mapping[str, int]) -> list[str]:
    """Return each reason with the points that it adds, where they are known: `safety +40`."""
    return [f"{reason(one)} +{points[one]}" if one in points else reason(one) for one in reasons]


def heat(urgency: int) -> str:
    """Return the colour class of an urgency of 0 to 100."""
    if urgency >= 70:  # noqa: PLR2004
        return "hot"
    return "warm" if urgency >= 40 else "cool"  # noqa: PLR2004


def at_least(counted: int, is_cut: bool) -> str:
    """Return a count, with a plus where counting stopped before the end."""
    return number(counted) + ("+" if is_cut else "")


def ordinal(number: int) -> str:
    """Return `2nd`, `3rd`, `11th`; languages that write no such endings translate all four alike."""
    last = 0 if number % 100 in {11, 12, 13} else number % 10
    ending = {1: _("%(n)sst"), 2: _("%(n)snd"), 3: _("%(n)srd")}.get(last, _("%(n)sth"))
    return ending % {"n": number}


def spoken(also: str) -> list[str]:
    """Return the languages that a filter offers, with `also` among them, by name."""
    return sorted({*LANGUAGES, also} - {""}, key=language)


def safe_url(address: str | None) -> str:
    """Return a link that a network gave us if it leads to the web, else one that leads nowhere."""
    return address if address and address.lower().startswith(("https://", "http://")) else "#"


def new_key() -> str:
    """Return a key under which a reply is sent at most once."""
    return str(uuid4())


def label(name: str) -> str:
    """Return a field's name as a label, for what no table names: `consumer_key` is "Consumer key", `api_key` "API key"."""
    told = " ".join(part.upper() if part in SHORT else part for part in name.split("_"))
    return told[:1].upper() + told[1:]
