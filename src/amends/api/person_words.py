"""How what is held on a person reads in the file that they get: what each thing is called, times in their zone, codes in words. No I/O.

A column that has no name here goes by its own, so that a new one is told of before somebody names it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from amends.api import group_words, labels, record_words, words
from amends.core.translating import N_, Table, _, gettext
from amends.core.written import day, listed, local_stamp, number, seconds
from amends.inbox.rules import signals

PLACES = Table(
    {
        "case": N_("beside a case"),
        "customer": N_("on the page of the customer"),
        "file": N_("to make the file they asked for"),
        "merge": N_("on the merge desk"),
        "program": N_("by a program"),
        "sensitive": N_("to read what lies sealed"),
    }
)
_NAMES = Table(
    {
        "name": N_("Name"), "called": N_("Called"), "kind": N_("Kind"), "value": N_("What it says"), "field": N_("Field"),
        "was": N_("Before"), "became": N_("Now"), "subject": N_("Subject"), "text": N_("Text"), "word": N_("Words"), "alt": N_("Picture"),
        "at": N_("When"), "pronoun": N_("Pronoun"), "languages": N_("Languages"), "language": N_("Language"), "zone": N_("Time zone"),
        "loyalty_number": N_("Loyalty number"), "preferences": N_("Preferences"), "concerns": N_("Concerns"), "tags": N_("Tags"),
        "do_not_contact": N_("Do not contact"), "do_not_contact_since": N_("Do not contact"), "label": N_("Label"),
        "purpose": N_("What it is for"), "given": N_("Given"), "basis": N_("Why"), "verified": N_("verified"),
        "verified_at": N_("verified"), "verified_how": N_("Verified elsewhere"), "order_number": N_("Order number"), "amount": N_("Amount"),
        "state": N_("Where it stands"), "status": N_("Where it stands"),
        "bought_at": N_("Bought on"), "renews_on": N_("Renews on"), "ended_at": N_("It ended"),
        "organisation": N_("Organisation"), "role": N_("Role"), "number": N_("Number"), "since": N_("Since"), "until": N_("Until"),
        "pinned": N_("pinned"), "incoming": N_("from them"), "origin": N_("From"), "origin_note": N_("Source"),
        "program": N_("by a program"), "how": N_("How they asked, and how you know that it was they"),
        "asked_at": N_("When"), "due_at": N_("due"), "done_at": N_("Done"), "refused_why": N_("Why not"),
        "outcome": N_("Outcome"), "place": N_("What it is for"), "handle": N_("handle"), "network": N_("Network"),
        "followers": N_("Followers"), "avatar_url": N_("Picture"), "evidence": N_("What its links stand on"), "consent": N_("Consent"),
        "mood": N_("Mood"), "intent": N_("intent"), "urgency": N_("Urgency"), "reasons": N_("Why"), "reason": N_("Reason"),
        "topics": N_("Topics"), "model": N_("Model"), "corrected": N_("What agents corrected"), "what": N_("What"),
        "risk": N_("Signals"), "signals": N_("Signals"), "cases": N_("Cases"), "open_cases": N_("Their open cases"),
        "relapses": N_("relapsed"), "last_case_at": N_("Case opened"), "last_contact_at": N_("last contact"),
        "waiting_since": N_("Waiting for us"), "counted_at": N_("Counted"), "brand": N_("Brand"), "case": N_("Case"),
        "episodes": N_("Episodes"), "incidents": N_("Incidents"), "opened_at": N_("Case opened"), "resolved_at": N_("Resolved"),
        "answered_at": N_("Answered"), "published_at": N_("Published"), "seen_at": N_("first seen"), "deleted_at": N_("Deleted"),
        "triaged_at": N_("Judged"), "waited_seconds": N_("waiting time"), "first_answer_business_seconds": N_("First answer"),
        "permalink": N_("Link"), "sent_at": N_("sent"), "severity": N_("Severity"), "raised_at": N_("Raised"), "note": N_("Note"),
        "why": N_("Why"), "csat": N_("Points"), "solved": N_("It is solved"), "planned_at": N_("planned"), "media": N_("Files"),
        "system": N_("Their system is called"), "external_id": N_("Number in their system"), "reference": N_("Number in their system"),
        "score": N_("by its likeness"), "found_at": N_("Found"), "made_at": N_("Made"), "linked_at": N_("Added"), "set_at": N_("Changed"),
        "created_at": N_("Made"), "changed_at": N_("Changed"), "removed_at": N_("Removed"), "erased_at": N_("Erased"),
        "written_at": N_("When"), "replaced_at": N_("Changed"), "saved_at": N_("Saved"), "translator": N_("Source"),
    }
)  # fmt: skip
_ORDER = {name: place for place, name in enumerate(_NAMES)}
_OURS = frozenset(
    {"attempts", "claimed_until", "content_type", "handed_at", "id", "key", "media_type", "merged_into", "next_at", "part_of", "turn"}
)
"""What only leads from one of our tables to another, or tells our worker what to do; person.json has it."""
_KINDS: Mapping[str, Mapping[str, str]] = {
    "contact_ways": record_words.WAYS,
    "important_dates": record_words.DATES,
    "notes": record_words.NOTES,
    "purchases": record_words.BOUGHT,
}
_CODES: Mapping[str, Mapping[str, str]] = {
    "purpose": record_words.PURPOSES,
    "origin": record_words.ORIGINS,
    "place": PLACES,
    "mood": words.MOODS,
    "intent": labels.INTENTS,
    "status": words.STATUSES,
    "outcome": words.OUTCOME_NAMES,
    "basis": words.BASIS,
    "risk": group_words.RISKS,
    "signals": Table({one.value: means for one, means in signals.MEANS.items()}),
}
_CALLED: Mapping[str, Callable[[str], str]] = {
    "network": words.network,
    "language": words.language,
    "languages": words.language,
    "reasons": words.reason,
    "topics": words.topic,
    "field": record_words.field,
    "state": gettext,
    "basis": record_words.basis,
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def lines(section: str, row: Mapping[str, Any], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """Yield what a row of a section holds: what each thing is called, and how it reads."""
    if section == "important_dates":
        yield _("Day"), record_words.date_line(row["kind"], row["name"], row["month"], row["day"], row["year"])
        row = {"created_at": row["created_at"]}
    if row.get("amount") is not None:
        row = {**row, "amount": f"{row['amount']} {row.get('currency') or ''}".strip(), "currency": None}
    given = {"case": f"#{row['case_id']}"} if row.get("case_id") else {"case": f"#{row['id']}"} if section == "cases" else {}
    for name, value in _told({**row, **given}):
        if isinstance(value, Mapping) and name == "attributes":
            yield from ((_plain(key), _said(section, key, one, zone)) for key, one in _told(value))
        else:
            yield _NAMES.get(name) or _plain(name), _said(section, name, value, zone)


def _told(row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return what is there, as one asks for it: first what it is, then what happened to it."""
    found = [(name, value) for name, value in row.items() if value not in (None, "", [], {}) and not _is_ours(name)]
    return sorted(found, key=lambda one: _ORDER.get(one[0], len(_ORDER)))


def _is_ours(name: str) -> bool:
    return name in _OURS or (name.endswith("_id") and name != "external_id")


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _said(section: str, name: str, value: object, zone: ZoneInfo) -> str:
    """Return how a value reads."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return "; ".join(f"{_NAMES.get(key) or _plain(key)}: {_said(section, key, one, zone)}" for key, one in _told(value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        parts = [_said(section, name, one, zone) for one in value if one not in (None, "")]
        return "\n".join(parts) if any(isinstance(one, Mapping) for one in value) else listed(parts)
    if isinstance(value, int | float):
        return seconds(value) if name.endswith("_seconds") else number(value)
    return _text(section, name, str(value), zone)


def _text(section: str, name: str, text: str, zone: ZoneInfo) -> str:
    codes = _KINDS.get(section, {}) if name == "kind" else _CODES.get(name, {})
    if text in codes:
        return codes[text]
    if name in _CALLED:
        return _CALLED[name](text)
    if _MOMENT.match(text) and name.endswith(("at", "since")):
        return local_stamp(datetime.fromisoformat(text), zone)
    if _DAY.fullmatch(text):
        return day(date.fromisoformat(text))
    return text
