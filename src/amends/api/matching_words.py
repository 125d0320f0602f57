"""The words of why two records may be one person, and of what goes over when they become one."""

from collections.abc import Mapping
from typing import Any

from amends.core.translating import N_, gettext, ngettext
from amends.core.written import number, percent
from amends.inbox.rules.evidence import CONSENTS, KINDS

_OF_LEVEL: Mapping[tuple[str, str], str] = {
    ("handle", "same"): N_("same handle elsewhere (%(shared)s)"),
    ("handle", "same of name"): N_("same handle elsewhere, made of the name (%(shared)s)"),
    ("handle", "same common"): N_("same handle elsewhere, but many have it (%(shared)s)"),
    ("handle", "same stem"): N_("same handle but for the number at its end (%(shared)s)"),
    ("handle", "alike"): N_("handles spelled alike (%(shared)s)"),
    ("handle", "other"): N_("other handles"),
    ("name", "same"): N_("same name (%(shared)s)"),
    ("name", "same common"): N_("same name, a common one (%(shared)s)"),
    ("name", "close"): N_("names nearly the same (%(shared)s)"),
    ("name", "part"): N_("names with a part in common (%(shared)s)"),
    ("name", "other"): N_("other names (%(shared)s)"),
    ("contact", "same"): N_("same address or number (%(shared)s)"),
    ("contact", "same of others"): N_("same address or number under another name, as in a family (%(shared)s)"),
    ("order", "same"): N_("same order number (%(shared)s)"),
    ("language", "same"): N_("same language"),
    ("language", "other"): N_("other languages"),
    ("brand", "same"): N_("write about the same brand"),
    ("brand", "other"): N_("write about other brands"),
    ("zone", "same"): N_("same time zone (%(shared)s)"),
    ("zone", "other"): N_("other time zones"),
    ("network", "same"): N_("both on the same network"),
    ("network", "other"): N_("on different networks"),
}


def sentence(reason: Mapping[str, Any]) -> str:
    """Return a reason as people read it."""
    words = _OF_LEVEL.get((str(reason["field"]), str(reason["level"])))
    return gettext(words) % {"shared": reason["shared"]} if words else f"{reason['field']}: {reason['level']}"


def chance(score: float) -> str:
    """Return how likely two records are one person, as `87%`; nobody is ever certain."""
    return percent(min(99, max(1, round(score * 100))) / 100)


def proof(kind: str) -> str:
    """Return what shows that a handle is a customer's."""
    return gettext(KINDS[kind])


def consent(basis: str) -> str:
    """Return what the person gave for it."""
    return gettext(CONSENTS[basis])


def moved(table: str, count: int) -> str:
    """Return what goes over of a table, as people count it."""
    told: Mapping[str, str] = {
        "customer_links": ngettext("%(num)s handle", "%(num)s handles", count),
        "cases": ngettext("%(num)s case", "%(num)s cases", count),
        "contact_ways": ngettext("%(num)s contact way", "%(num)s contact ways", count),
        "consents": ngettext("%(num)s word on consent", "%(num)s words on consent", count),
        "purchases": ngettext("%(num)s purchase", "%(num)s purchases", count),
        "important_dates": ngettext("%(num)s date", "%(num)s dates", count),
        "customer_notes": ngettext("%(num)s note", "%(num)s notes", count),
        "customer_files": ngettext("%(num)s file", "%(num)s files", count),
        "memberships": ngettext("%(num)s membership", "%(num)s memberships", count),
        "customer_refs": ngettext("%(num)s number in another system", "%(num)s numbers in other systems", count),
    }
    return (told.get(table) or ngettext("%(num)s other thing", "%(num)s other things", count)) % {"num": number(count)}
