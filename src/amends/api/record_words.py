"""The words of a customer's record: what its fields are called, and how their values, its history and its timeline read. No I/O."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from amends.api import words
from amends.core.translating import N_, Table, _
from amends.core.written import day, listed, number, short_day
from amends.inbox.rules.consent import LINK, MERGED
from amends.inbox.rules.customer_record import ATTRIBUTES, FIELDS, Attribute, Kind
from amends.inbox.store.timeline_kinds._entry import Entry

PURPOSES = Table({"care": N_("Answers beyond a case"), "survey": N_("Surveys"), "occasion": N_("Messages on occasions")})
WAYS = Table({"email": N_("E-mail"), "phone": N_("Phone"), "post": N_("Post")})
DATES = Table({"birthday": N_("Birthday"), "anniversary": N_("Anniversary"), "renewal": N_("Renewal"), "other": N_("Another day")})
NOTES = Table({"note": N_("Note"), "call": N_("Call"), "email": N_("E-mail"), "visit": N_("Visit"), "letter": N_("Letter")})
BOUGHT = Table({"purchase": N_("Purchase"), "subscription": N_("Subscription")})
KINDS = Table(
    {
        Kind.TEXT: N_("Text"),
        Kind.NUMBER: N_("Number"),
        Kind.DATE: N_("Date"),
        Kind.YES_NO: N_("Yes or no"),
        Kind.CHOICE: N_("Choice"),
        Kind.LINK: N_("Link"),
    }
)
ORIGINS = Table(
    {
        "agent": N_("by a colleague"),
        "network": N_("from the network"),
        "import": N_("by an import"),
        "program": N_("by a program"),
        "merge": N_("by a merge"),
        "unmerge": N_("by undoing a merge"),
        "rule": N_("by a rule"),
        "customer": N_("by the customer"),
    }
)
PARTS = Table(
    {
        "contact_ways": N_("Contact ways"),
        "purchases": N_("Purchases"),
        "important_dates": N_("Important dates"),
        "notes": N_("Notes"),
        "files": N_("Files"),
        "memberships": N_("Organisations"),
        "handles": N_("Handles"),
    }
)
BASES = Table(
    {
        MERGED: N_("What either revoked stays revoked, and “do not contact” is kept."),
        LINK: N_("They followed the link in a message."),
    }
)
LONG = frozenset({"preferences", "concerns"})
LEAP_YEAR = 2000
"""Has every day that a date without its year may name."""


def field(name: str, attributes: Sequence[Attribute] = ()) -> str:
    """Return what a field is called."""
    if name in FIELDS:
        return _(FIELDS[name])
    if name in PARTS:
        return PARTS[name]
    return next((one.name for one in attributes if one.field == name), name.removeprefix(ATTRIBUTES))


def value(name: str, kept: object, people: Mapping[int, str], attribute: Attribute | None = None) -> str:
    """Return a field's value as people read it; empty where there is none."""
    if kept is None or kept in ("", []):
        return ""
    if isinstance(kept, dict):
        return _part(kept)
    if name == "owner_id":
        return people.get(int(str(kept)), _("a colleague who left"))
    if isinstance(kept, bool):
        return _("yes") if kept else _("no")
    return _plain(name, kept, attribute)


def _plain(name: str, kept: object, attribute: Attribute | None) -> str:
    if isinstance(kept, list):
        return listed(words.language(str(one)) if name == "languages" else str(one) for one in kept)
    if isinstance(kept, int | float) and attribute is not None:
        return number(kept)
    if attribute is not None and attribute.kind is Kind.DATE:
        return _as_day(str(kept))
    return str(kept)


def _as_day(kept: str) -> str:
    """Return a date as people write it; what is masked stays so."""
    try:
        return day(date.fromisoformat(kept))
    except ValueError:
        return kept


def _part(kept: Mapping[str, Any]) -> str:
    """Return what a part of the record is called: an address, a purchase, a day, a file, a note, a membership, a handle."""
    if "month" in kept:
        return date_line(kept["kind"], kept["name"], kept["month"], kept["day"], kept["year"])
    if "network" in kept:
        return f"{words.network(kept['network'])}: {words.handle(kept['value'], kept['network'])}"
    if "organisation_id" in kept:
        until = _("until %(day)s") % {"day": _as_day(kept["until"])} if kept.get("until") else ""
        return " · ".join(one for one in (str(kept["name"]), str(kept.get("role") or ""), until) if one)
    told = [str(kept[one]) for one in ("value", "verified") if kept.get(one)] or [str(kept.get("name") or "")]
    return " · ".join(told) if told[0] else NOTES.get(str(kept.get("kind")), "")


def basis(kept: str) -> str:
    """Return on what ground consent was written down: in the words of who wrote it, or what Amends itself had for one."""
    return BASES.get(kept, kept)


def date_line(kind: str, name: str, month: int, day_of_month: int, year: int | None) -> str:
    """Return a day that matters in words."""
    when = short_day(date(LEAP_YEAR, month, day_of_month)) if year is None else day_text(year, month, day_of_month)
    return f"{name or DATES[kind]}: {when}"


def day_text(year: int, month: int, day_of_month: int) -> str:
    """Return a date as people write it."""
    return day(date(year, month, day_of_month))


def changed(entry: Entry, people: Mapping[int, str], attributes: Sequence[Attribute]) -> tuple[str, str]:
    """Return what a change of the timeline changed, as it was and as it became."""
    was, became = entry.facts.get("was"), entry.facts.get("became")
    if isinstance(was, dict) and isinstance(became, dict) and "bought_at" in became:
        return _bought(was), _bought(became)
    attribute = next((one for one in attributes if one.field == entry.detail), None)
    return value(entry.detail, was, people, attribute), value(entry.detail, became, people, attribute)


def _bought(kept: Mapping[str, Any]) -> str:
    """Return all that may change of a purchase, since its name alone does not tell what did."""
    renews, ended = kept.get("renews_on"), kept.get("ended_at")
    told = [
        kept["name"],
        kept.get("order_number"),
        amount(kept),
        kept.get("state"),
        _("renews on %(day)s") % {"day": day(date.fromisoformat(renews))} if renews else "",
        _("ended %(day)s") % {"day": day(datetime.fromisoformat(ended))} if ended else "",
    ]
    return " · ".join(one for one in told if one)


def amount(facts: Mapping[str, Any]) -> str:
    """Return what a purchase cost, empty where nobody said."""
    return f"{facts['amount']} {facts['currency']}".strip() if facts.get("amount") else ""


def size(octets: int) -> str:
    """Return how large a file is."""
    large = octets >= 100_000  # noqa: PLR2004
    return _("%(n)s MB") % {"n": number(octets / 1_000_000, 1)} if large else _("%(n)s kB") % {"n": number(octets / 1_000, 1)}
