"""What one row of a file of people says: a `Given` record, or why it is refused. Pure.

Place in the path: cells of a row -> here, by the mapping -> `import_records` -> matched and compared in SQL.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules import organisations
from amends.inbox.rules.contact import WayKind
from amends.inbox.rules.customer_record import Attribute, Kind, a_name, checked, line, plain
from amends.inbox.rules.export_files import read_back
from amends.inbox.rules.import_addresses import group_of
from amends.inbox.rules.import_cells import NOTHING, amount_in, language_codes, plain_number, truth, without_formula, zone_name
from amends.inbox.rules.import_days import day_setter
from amends.inbox.rules.import_fields import Preset, closed, preset_of
from amends.inbox.rules.import_given import Given, Setter
from amends.inbox.rules.import_mapping import ImportMapping, is_day
from amends.inbox.rules.import_ways import KNOWN_WAYS, place_setter, put_together, way_setter

MOST_WAYS = 20
LONGEST_REFERENCE = 200
SAY_NOTHING_BY_NOTHING = frozenset({Preset.AMENDS, Preset.VCARD})
"""In our own exports and in cards `NULL` and `N/A` are what somebody wrote."""

PARTS_OF_A_NAME = ("given_name", "family_name")
FAMILY_FIRST = re.compile("[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7a3 ]+")
"""Names in the letters of China, Japan and Korea, where the family's stands first."""
NAMES = frozenset({"name", *PARTS_OF_A_NAME})


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a row is read with: the administrator's fields, who works here by their address, and the year it is.

    `currencies` are those of columns of amounts, by name; `escaped` says that an apostrophe may keep a cell from being taken for a formula,
    as our own exports have it.
    """

    attributes: Sequence[Attribute]
    owners: Mapping[str, int]
    year_now: int
    currencies: Mapping[str, str] = field(default_factory=dict[str, str])
    escaped: bool = False


class Reader:
    """Reads rows by one mapping; what each column does is worked out once."""

    def __init__(self, columns: Sequence[str], mapping: ImportMapping, at: Surroundings) -> None:
        self._mapping = mapping
        self._at = at
        means = [(place, name, mapping.columns.get(name, "")) for place, name in enumerate(columns)]
        self._nothing = frozenset[str]() if preset_of(columns) in SAY_NOTHING_BY_NOTHING else NOTHING
        self._in_parts = {group_of(closed(name)) for _place, name, target in means if target == "address_part"}
        self._steps = [
            (place, name, self._setter(name, target), _type_place(place, [target for _place, _name, target in means]))
            for place, name, target in means
            if target and not target.endswith("_type")
        ]

    def read(self, cells: Sequence[str]) -> Given:
        """Return what the row says; `Refused` names the column and what is wrong with it."""
        found = Given()
        for place, name, put, kind in self._steps:
            text = self._bare(cells[place])
            if not text or (text in self._nothing and self._mapping.columns[name] not in NAMES):
                continue
            found.label = self._bare(cells[kind]) if kind is not None else ""
            try:
                put(found, text)
            except Refused as error:
                raise Refused(str(error) if str(error).startswith(f"{name}:") else f"{name}: {error}") from error
        return _finished(found)

    def _bare(self, text: str) -> str:
        """Return a cell without the blanks around it, and without what keeps a spreadsheet from counting with it."""
        text = text.strip()
        text = read_back(text) if self._at.escaped else text
        return without_formula(text) if text.startswith("=") else text

    def _setter(self, name: str, target: str) -> Setter:
        if target in KNOWN_WAYS:
            return self._way_setter(name, target)
        if is_day(target, self._at.attributes):
            return day_setter(target, name, self._mapping.dates.get(name), self._at.year_now)
        if target.startswith("attributes."):
            return _attribute_setter(target, self._at.attributes, self._at.currencies.get(name, ""))
        if target == "owner":
            return _owner_setter(self._at.owners)
        return _SETTERS[target]

    def _way_setter(self, name: str, target: str) -> Setter:
        group = group_of(closed(name))
        if KNOWN_WAYS[target] is WayKind.POST and group in self._in_parts:
            return place_setter(group, is_street=target == "address")
        return way_setter(KNOWN_WAYS[target], self._mapping.region)


def _type_place(place: int, targets: Sequence[str]) -> int | None:
    """Return where the kind of a way stands: before each way (Google) or behind it (vCard), as the first ones of the file stand."""
    kind = f"{targets[place]}_type"
    if kind not in targets:
        return None
    at = place - 1 if targets.index(kind) < targets.index(targets[place]) else place + 1
    return at if 0 <= at < len(targets) and targets[at] == kind else None


def _finished(found: Given) -> Given:
    """Return the record with a name: the given one, else first and last name, else what they are reached by."""
    names = found.names
    parts = [names[part] for part in PARTS_OF_A_NAME if part in names]
    spoken = " ".join(reversed(parts) if all(map(FAMILY_FIRST.fullmatch, parts)) else parts)
    found.name = found.name or spoken or None
    if found.places:
        put_together(found)
    if len(found.ways) > MOST_WAYS:
        raise Refused(_("more than %(n)s ways to reach one person") % {"n": MOST_WAYS})
    if not (found.name or found.ways or found.reference or found.organisation):
        raise Refused(_("nothing here says who this is: no name, no e-mail, no phone, no number"))
    return found


def first_name_of(found: Given) -> str:
    """Return what somebody new is called where the row has no name."""
    email = next((value for kind, value, _normal, _label in found.ways if kind == WayKind.EMAIL), "")
    return found.name or email or found.organisation or (found.ways[0][1] if found.ways else f"#{found.reference}")


def _several(text: str) -> list[str]:
    """Return the single values, without the quotation marks around them (Mailchimp) and what Google calls every contact."""
    mark = ";" if ";" in text else ","
    given = (one.strip(' "') for one in text.replace(" ::: ", mark).replace("\n", mark).split(mark))
    return [one for one in given if one and one != "* myContacts"]


def _attribute_setter(target: str, attributes: Sequence[Attribute], currency: str) -> Setter:
    kind = next((one.kind for one in attributes if one.field == target), None)
    meant = _MEANT.get(kind, str) if kind else str
    if kind is Kind.NUMBER and currency:
        meant = partial(amount_in, currency=currency)

    def put(found: Given, text: str) -> None:
        value = checked(target, meant(text), attributes)
        if value is not None:
            found.attributes[target.removeprefix("attributes.")] = value

    return put


def _owner_setter(owners: Mapping[str, int]) -> Setter:
    def put(found: Given, text: str) -> None:
        found.owner_id = owners.get(text.lower())
        if found.owner_id is None:
            raise Refused(_("“%(email)s” is no colleague's address") % {"email": text[:100]})

    return put


_MEANT: Mapping[Kind, Callable[[str], object]] = {Kind.NUMBER: plain_number, Kind.YES_NO: truth}


def _name(found: Given, text: str) -> None:
    plainly = text.isascii() and text.isprintable() and text[0].isalnum() and len(text) <= 200  # noqa: PLR2004
    found.name = line(text, 200) if plainly else a_name(text)


def _spoken(part: str) -> Setter:
    def put(found: Given, text: str) -> None:
        found.names[part] = f"{found.names[part]} {line(text, 100)}" if part in found.names else line(text, 100)

    return put


def _line(name: str, most: int) -> Setter:
    return lambda found, text: setattr(found, name, line(text, most))


@lru_cache(maxsize=4_096)
def _cached(name: str, text: str) -> Any:
    given = _several(text) if name in {"languages", "tags"} else text
    return checked(name, given, ())


def _listed(name: str) -> Setter:
    def put(found: Given, text: str) -> None:
        setattr(found, name, list(dict.fromkeys([*(getattr(found, name) or []), *_cached(name, text)])))

    return put


def _note(found: Given, text: str) -> None:
    found.note = plain(f"{found.note}\n{text}" if found.note else text)


_LANGUAGES = _listed("languages")
_SETTERS: Mapping[str, Setter] = {
    "name": _name,
    "given_name": _spoken("given_name"),
    "family_name": _spoken("family_name"),
    "external_id": _line("reference", LONGEST_REFERENCE),
    "pronoun": _line("pronoun", 40),
    "languages": lambda found, text: _LANGUAGES(found, language_codes(text)),
    "zone": lambda found, text: setattr(found, "zone", _cached("zone", zone_name(text))),
    "loyalty_number": _line("loyalty_number", 60),
    "organisation": _line("organisation", organisations.LONGEST_NAME),
    "role": _line("role", organisations.LONGEST_ROLE),
    "tags": _listed("tags"),
    "note": _note,
    "preferences": lambda found, text: setattr(found, "preferences", plain(text)),
    "concerns": lambda found, text: setattr(found, "concerns", plain(text)),
    "do_not_contact": lambda found, text: setattr(found, "do_not_contact", truth(text) or bool(found.do_not_contact)),
}
