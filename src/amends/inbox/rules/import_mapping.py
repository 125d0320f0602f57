"""How a file of people is read: what each column means, by what a person is known again, and what happens to what is there already. Pure.

Place in the path: `import_fields` guesses, a person changes -> here, as JSON in `imports.spec` and `import_mappings.spec` -> `import_rows`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from phonenumbers import SUPPORTED_REGIONS

from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.rules.customer_record import ATTRIBUTES, Attribute, line
from amends.inbox.rules.import_dates import Order, settled
from amends.inbox.rules.import_fields import DATES, PRESETS, SEVERAL, TARGETS, Preset, guess, preset_of


class MatchBy(StrEnum):
    """By what a person of the file is known again among the customers. Never by a name."""

    REFERENCE = "reference"
    REFERENCE_EMAIL = "reference_email"
    REFERENCE_EMAIL_PHONE = "reference_email_phone"
    EMAIL = "email"
    EMAIL_PHONE = "email_phone"

    @property
    def by_reference(self) -> bool:
        """Whether the number in their system counts."""
        return "reference" in self.value

    @property
    def by_email(self) -> bool:
        """Whether an e-mail address counts."""
        return "email" in self.value

    @property
    def by_phone(self) -> bool:
        """Whether a phone number counts."""
        return "phone" in self.value


MATCHES: Mapping[MatchBy, str] = {
    MatchBy.REFERENCE_EMAIL_PHONE: N_("by the number in their system, else e-mail, else phone"),
    MatchBy.REFERENCE_EMAIL: N_("by the number in their system, else e-mail"),
    MatchBy.REFERENCE: N_("by the number in their system alone"),
    MatchBy.EMAIL_PHONE: N_("by e-mail, else phone"),
    MatchBy.EMAIL: N_("by e-mail alone"),
}


class Existing(StrEnum):
    """What happens to a field of somebody who is there already. An empty cell never empties a field."""

    REPLACE = "replace"
    FILL = "fill"


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportMapping:
    """The whole rule for one file: `columns` by name ('' means that it is left out), `dates` the order of each column of days."""

    columns: Mapping[str, str]
    system: str = ""
    match: MatchBy = MatchBy.REFERENCE_EMAIL_PHONE
    existing: Existing = Existing.REPLACE
    region: str = ""
    dates: Mapping[str, Order] = field(default_factory=dict[str, Order])

    def as_json(self) -> dict[str, object]:
        """Return the mapping as it is kept."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column of the file: some values, the orders in which all of it are days (empty: it holds none), the currency of its amounts."""

    name: str
    samples: Sequence[str] = ()
    orders: Sequence[str] = ()
    currency: str = ""


def from_json(given: Mapping[str, object]) -> ImportMapping:
    """Return a mapping that was kept."""
    dates: object = given.get("dates")
    columns: object = given.get("columns")
    return ImportMapping(
        columns={str(name): str(target) for name, target in columns.items()} if isinstance(columns, dict) else {},
        system=str(given.get("system", "")),
        match=MatchBy(str(given.get("match", MatchBy.REFERENCE_EMAIL_PHONE))),
        existing=Existing(str(given.get("existing", Existing.REPLACE))),
        region=str(given.get("region", "")),
        dates={str(name): Order(str(order)) for name, order in dates.items()} if isinstance(dates, dict) else {},
    )


def guessed(columns: Sequence[Column], attributes: Sequence[Attribute], *, region: str = "") -> ImportMapping:
    """Return the mapping that the names of the columns and their days suggest."""
    names = [column.name for column in columns]
    preset = preset_of(names)
    found = guess(names, attributes={one.key: one.name for one in attributes})
    orders = {column.name: settled(column.orders) for column in columns if is_day(found[column.name], attributes)}
    return ImportMapping(
        columns=found,
        system=preset.value if preset is not Preset.PLAIN else "file",
        region=region,
        dates={name: order for name, order in orders.items() if order},
    )


def origin_of(columns: Sequence[Column]) -> str:
    """Return whose export this is, as people call it; empty where nobody can tell."""
    return PRESETS[preset_of(column.name for column in columns)].name


def fitted(kept: ImportMapping, columns: Sequence[Column], attributes: Sequence[Attribute]) -> ImportMapping:
    """Return a kept mapping for another file: what it says of columns that are there, else what they suggest."""
    found = guessed(columns, attributes)
    means = {name: kept.columns.get(name, target) for name, target in found.columns.items()}
    dates = {**found.dates, **{name: order for name, order in kept.dates.items() if name in means}}
    return ImportMapping(columns=means, system=kept.system, match=kept.match, existing=kept.existing, region=kept.region, dates=dates)


def is_day(target: str, attributes: Sequence[Attribute]) -> bool:
    """Tell whether a column of this meaning holds days."""
    return target in DATES or any(one.field == target and one.kind == "date" for one in attributes)


def undecided(mapping: ImportMapping, columns: Sequence[Column], attributes: Sequence[Attribute]) -> list[str]:
    """Return the columns whose days could be read in several orders, of which none was chosen yet."""
    return [
        column.name
        for column in columns
        if is_day(mapping.columns.get(column.name, ""), attributes) and column.name not in mapping.dates and column.orders
    ]


def check(mapping: ImportMapping, columns: Sequence[Column], attributes: Sequence[Attribute]) -> ImportMapping:
    """Return the mapping where a file can be read by it; `Refused` says what is missing or wrong."""
    line(mapping.system, 60)
    used = [target for target in mapping.columns.values() if target]
    _check_targets(used, attributes)
    if not {"name", "given_name", "family_name", "email", "organisation", "external_id"} & set(used):
        raise Refused(_("Say which column holds the name or the e-mail address; without one nobody can be imported."))
    if "external_id" in used and not mapping.system.strip():
        raise Refused(_("Say what their system is called, since the numbers are its own."))
    if mapping.region and mapping.region not in SUPPORTED_REGIONS:
        raise Refused(_("“%(region)s” is no country's code; write one such as LK.") % {"region": mapping.region})
    if open_ones := undecided(mapping, columns, attributes):
        raise Refused(_("Choose how the days in “%(column)s” are written; several orders fit.") % {"column": open_ones[0]})
    return mapping


def _check_targets(used: Sequence[str], attributes: Sequence[Attribute]) -> None:
    known = {*TARGETS, *(one.field for one in attributes)}
    for target in used:
        if target not in known:
            raise Refused(_("A customer has no field “%(field)s”.") % {"field": target.removeprefix(ATTRIBUTES)})
        if target not in SEVERAL and used.count(target) > 1:
            raise Refused(_("Two columns cannot both be “%(field)s”.") % {"field": _(TARGETS.get(target, target))})
