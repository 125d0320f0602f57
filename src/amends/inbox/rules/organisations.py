"""What an organisation and a membership may be, and how an organisation is, said in plain reasons.

There is no score: each reason is a sentence that stands by itself, good or bad, and the organisation is as its worst reason is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from amends.core import written
from amends.core.errors import Refused
from amends.core.translating import _, ngettext
from amends.inbox.rules.customer_record import line, plain
from amends.inbox.rules.text import storable, without_marks

LONGEST_NAME, LONGEST_ROLE, LONGEST_NOTE = 200, 200, 5_000
MOST_REMIND = 365
EARLIEST, LATEST = date(1850, 1, 1), date(2200, 12, 31)
SILENT = timedelta(days=180)
MANY = 0.1
_TEN = 10

FREE_MAIL = frozenset(
    [
        "aol.com",
        "fastmail.com",
        "free.fr",
        "gmail.com",
        "gmx.at",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.co.uk",
        "hotmail.com",
        "hotmail.es",
        "hotmail.fr",
        "icloud.com",
        "libero.it",
        "live.com",
        "mac.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "naver.com",
        "orange.fr",
        "outlook.com",
        "outlook.es",
        "posteo.de",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "rediffmail.com",
        "t-online.de",
        "tuta.com",
        "tutanota.com",
        "web.de",
        "wp.pl",
        "yahoo.co.in",
        "yahoo.co.uk",
        "yahoo.com",
        "yahoo.es",
        "yahoo.fr",
        "yandex.com",
        "yandex.ru",
        "ymail.com",
        "zoho.com",
        "126.com",
        "163.com",
    ]
)
"""Where anybody gets an address: that two have one there ties them to nothing."""


class OrganisationKind(StrEnum):
    """What kind of organisation: one that buys from us, or one whose members do."""

    COMPANY = "company"
    ASSOCIATION = "association"


def named(name: str, *, longest: int = LONGEST_NAME) -> str:
    """Return a name as it is kept; `Refused` where it is none."""
    tidy = line(name, LONGEST_NOTE)
    if not tidy:
        raise Refused(_("Give the organisation a name."))
    return _short(tidy, longest)


def role(text: str) -> str:
    """Return a role as it is kept; it may be empty."""
    return _short(line(text, LONGEST_NOTE), LONGEST_ROLE)


def _short(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Refused(_("“%(text)s…” is too long: at most %(most)s characters.") % {"text": text[:30], "most": longest})
    return text


def note(text: str) -> str:
    """Return a note as it is kept."""
    return _short(plain(text), LONGEST_NOTE)


def domain(text: str) -> str:
    """Return the domain of an organisation's addresses, empty where none is given; `Refused` where it is none, or anybody's."""
    bare = storable(text).strip().lower().removeprefix("https://").removeprefix("http://").partition("/")[0]
    bare = bare.rpartition("@")[2].removeprefix("www.").rstrip(".")
    if not bare:
        return ""
    parts = bare.split(".")
    if len(parts) < 2 or len(bare) > 253 or not all(part and without_marks(part).replace("-", "").isalnum() for part in parts):  # noqa: PLR2004
        raise Refused(_("“%(text)s” is no domain; write for example union.example.") % {"text": text[:60]})
    if bare in FREE_MAIL:
        raise Refused(
            _("Anybody can have an address at %(domain)s, so it says nothing of who belongs here; leave it empty.") % {"domain": bare}
        )
    return bare


def remind_days(days: int) -> int:
    """Return how many days before a renewal the owner is told; 0: on the day."""
    if not 0 <= days <= MOST_REMIND:
        raise Refused(_("Say between 0 and %(most)s days.") % {"most": MOST_REMIND})
    return days


def day(text: str) -> date | None:
    """Return a day as a form gives it, None where it is empty; `Refused` where there is no such day."""
    if not text.strip():
        return None
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found <= LATEST:
        raise Refused(_("“%(text)s” is no day; write it as 2026-03-31.") % {"text": text[:40]})
    return found


def check_dates(since: date | None, until: date | None, renews_on: date | None) -> None:
    """Raise `Refused` where a membership would end before it begins, or renew before."""
    if since and until and until < since:
        raise Refused(
            _("A membership cannot end before it begins: %(until)s is before %(since)s.")
            % {"until": written.day(until), "since": written.day(since)}
        )
    if since and renews_on and renews_on < since:
        raise Refused(
            _("A membership cannot renew before it begins: %(renews)s is before %(since)s.")
            % {"renews": written.day(renews_on), "since": written.day(since)}
        )


class Health(StrEnum):
    """How an organisation is: the worst of its reasons."""

    WELL = "well"
    WATCH = "watch"
    UNWELL = "unwell"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """One reason, in a sentence."""

    health: Health
    says: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Engagement:
    """What is known of the members who belong now: people, not cases, save where it says so."""

    members: int
    silent: int = 0
    unhappy: int = 0
    content: int = 0
    at_risk: int = 0
    waiting: int = 0
    relapsed: int = 0
    open_cases: int = 0
    last_contact_at: datetime | None = None
    renewing: int = 0
    renews_on: date | None = None


def _risk(at: Engagement) -> Why | None:
    if not at.at_risk:
        return None
    says = ngettext("%(n)s member is at high risk of leaving.", "%(n)s members are at high risk of leaving.", at.at_risk) % {
        "n": written.number(at.at_risk)
    }
    return Why(health=Health.UNWELL if at.at_risk >= at.members * MANY else Health.WATCH, says=says)


def _waiting(at: Engagement) -> Why | None:
    if not at.waiting:
        return None
    return Why(
        health=Health.WATCH,
        says=ngettext("%(n)s member waits for us.", "%(n)s members wait for us.", at.waiting) % {"n": written.number(at.waiting)},
    )


def _mood(at: Engagement) -> Why | None:
    heard = at.unhappy + at.content
    if at.unhappy and at.unhappy * 2 > heard:
        says = ngettext("%(n)s member sounds unhappy of late.", "%(n)s members sound unhappy of late.", at.unhappy) % {
            "n": written.number(at.unhappy)
        }
        return Why(health=Health.UNWELL if at.unhappy >= at.members * MANY else Health.WATCH, says=says)
    if at.content:
        says = ngettext("%(n)s member sounds content of late.", "%(n)s members sound content of late.", at.content) % {
            "n": written.number(at.content)
        }
        return Why(health=Health.WELL, says=says)
    return None


def _relapsed(at: Engagement) -> Why | None:
    if not at.relapsed:
        return None
    says = ngettext("Our last answer to %(n)s member did not hold.", "Our last answers to %(n)s members did not hold.", at.relapsed)
    return Why(health=Health.WATCH, says=says % {"n": written.number(at.relapsed)})


def _renewing(at: Engagement) -> Why | None:
    if not at.renewing or at.renews_on is None:
        return None
    says = ngettext(
        "%(n)s membership renews by %(day)s or sooner.", "%(n)s memberships renew within 30 days, the next on %(day)s.", at.renewing
    )
    return Why(
        health=Health.WATCH if at.at_risk or at.unhappy else Health.WELL,
        says=says % {"n": written.number(at.renewing), "day": written.day(at.renews_on)},
    )


def _silent(at: Engagement) -> Why | None:
    """Nobody of a group of ten or more was in touch for half a year."""
    if at.members < _TEN or at.silent < at.members:
        return None
    return Why(health=Health.WATCH, says=_("No member has been in touch for half a year."))


def _calm(at: Engagement) -> Why | None:
    if at.open_cases or at.silent >= at.members:
        return None
    return Why(health=Health.WELL, says=_("No case of a member is open."))


RULES: Sequence[Callable[[Engagement], Why | None]] = (_risk, _mood, _waiting, _relapsed, _renewing, _silent, _calm)
_ORDER = (Health.UNWELL, Health.WATCH, Health.WELL)


def why(at: Engagement) -> list[Why]:
    """Return how the organisation is in reasons, the worst first."""
    if not at.members:
        return [Why(health=Health.UNKNOWN, says=_("It has no members yet."))]
    found = [one for rule in RULES if (one := rule(at))]
    return sorted(found, key=lambda one: _ORDER.index(one.health)) or [
        Why(health=Health.UNKNOWN, says=_("Nobody of them has been in touch."))
    ]


def health(reasons: Sequence[Why]) -> Health:
    """Return how the organisation is: as its worst reason."""
    return reasons[0].health
