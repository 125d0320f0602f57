"""What the page of an import shows: what its columns mean, what would come of it or came of it, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import Form
from phonenumbers import SUPPORTED_REGIONS

from amends.core import written
from amends.core.database import Connection
from amends.core.translating import N_, _
from amends.inbox.actions import customer_import
from amends.inbox.rules.customer_record import Attribute
from amends.inbox.rules.import_dates import ORDERS, Order
from amends.inbox.rules.import_fields import TARGETS
from amends.inbox.rules.import_mapping import MATCHES, Existing, ImportMapping, MatchBy, is_day, origin_of
from amends.inbox.rules.import_reasons import reason
from amends.inbox.store import agents, import_rows, imports
from amends.inbox.store import jobs as job_rows
from amends.inbox.store.imports import Import

SHOWN = 5
LONGEST = 300
LEAP = 2000
"""A year that has every day."""
OUTCOMES: Mapping[str, str] = {
    "made": N_("New customers"),
    "changed": N_("Changed customers"),
    "same": N_("Nothing to change"),
    "refused": N_("Refused rows"),
}
EXISTING: Mapping[Existing, str] = {
    Existing.REPLACE: N_("take what the file says; empty cells change nothing"),
    Existing.FILL: N_("only fill what is empty"),
}
FIELDS: Mapping[str, str] = {
    "contact_ways": N_("Ways to reach them"),
    "important_dates": N_("Days"),
    "memberships": N_("Organisation"),
    "notes": N_("Note"),
    "customer_refs": N_("Number in their system"),
    "owner_id": N_("The colleague they know"),
}


def mapped(  # noqa: PLR0913
    column: Annotated[list[str], Form()],
    target: Annotated[list[str], Form()],
    order: Annotated[list[str], Form()],
    system: Annotated[str, Form(max_length=60)] = "",
    match: Annotated[MatchBy, Form()] = MatchBy.REFERENCE_EMAIL_PHONE,
    existing: Annotated[Existing, Form()] = Existing.REPLACE,
    region: Annotated[str, Form(max_length=2)] = "",
) -> ImportMapping:
    """Return the mapping that the form says."""
    return ImportMapping(
        columns=dict(zip(column, target, strict=False)),
        system=system.strip(),
        match=match,
        existing=existing,
        region=region.strip().upper(),
        dates={name: Order(one) for name, one in zip(column, order, strict=False) if one},
    )


def import_values(conn: Connection, one: Import, *, chosen: str = "") -> dict[str, Any]:
    """Return everything that the page of an import shows; `chosen` names a kept mapping to read it by."""
    known = customer_import.known_attributes(conn)
    mapping = customer_import.fit(conn, one, chosen) if chosen else one.mapping
    return {
        "one": one,
        "mapping": mapping,
        "columns": one.shown_columns,
        "targets": {name: _(words) for name, words in TARGETS.items()} | {found.field: found.name for found in known},
        "days": {column.name for column in one.shown_columns if column.orders and is_day(mapping.columns[column.name], known)},
        "orders": {order: _(words) for order, words in ORDERS.items()},
        "matches": {match: _(words) for match, words in MATCHES.items()},
        "existings": {existing: _(words) for existing, words in EXISTING.items()},
        "regions": sorted(SUPPORTED_REGIONS),
        "origin": origin_of(one.shown_columns),
        "named": imports.mappings(conn),
        "chosen": chosen,
        "outcomes": {outcome: _(words) for outcome, words in OUTCOMES.items()},
        "examples": _examples(conn, one),
        "left": [(row, reason(row.reason, row.detail)) for row in import_rows.kept(conn, one.id, limit=SHOWN)],
        "refused": [(row, reason(row.reason, row.detail)) for row in import_rows.refused(conn, one.id, after=0, limit=SHOWN)],
        "job": job_rows.find(conn, job_id=one.job_id) if one.job_id and one.is_busy else None,
        "changed": partial(_changed_words, called=_called(conn, known)),
        "apart": False,
    }


def _examples(conn: Connection, one: Import) -> dict[str, list[import_rows.Outcome]]:
    if one.state == "read":
        return {}
    return {outcome: import_rows.examples(conn, one.id, outcome=outcome, limit=SHOWN) for outcome in ("made", "changed")}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Called:
    """What colleagues are called by their id, and the administrator's fields by their name in the record."""

    colleagues: Mapping[int, str]
    attributes: Mapping[str, str]


def _called(conn: Connection, known: Sequence[Attribute]) -> _Called:
    return _Called(colleagues={one.id: one.name for one in agents.everyone(conn)}, attributes={found.field: found.name for found in known})


def _changed_words(changes: Mapping[str, Any], *, called: _Called) -> list[tuple[str, str, str]]:
    """Return each field of a row with what it was and what it becomes."""
    told = [(_field(name, called), _shown(name, was, called), _shown(name, new, called)) for name, (was, new) in changes.items()]
    return [one for one in told if one[1] or one[2]]


def _field(name: str, called: _Called) -> str:
    if name in FIELDS:
        return _(FIELDS[name])
    return _(TARGETS[name]) if name in TARGETS else called.attributes.get(name, name.removeprefix("attributes."))


def _shown(name: str, value: Any, called: _Called) -> str:
    if name == "owner_id" and value is not None:
        return called.colleagues.get(value, f"#{value}")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_part(part) for part in value)
    return "" if value is None else str(value)[:LONGEST]


def _part(part: Any) -> str:
    """Return a way (kind, value, …) or a day (kind, month, day, year, name) or a word as text."""
    if not isinstance(part, Sequence) or isinstance(part, str):
        return str(part)
    if part[0] in {"email", "phone", "post"}:
        return str(part[1])
    month, day, year = part[1:4]
    return written.day(date(year, month, day)) if year else written.short_day(date(LEAP, month, day))
