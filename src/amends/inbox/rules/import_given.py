"""What one row of a file of people says, while it is read and afterwards. Pure.

Place in the path: `import_rows` fills it, cell by cell -> `import_records`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

NamedDay = tuple[str, int, int, int | None, str]
"""Its kind, month, day, year where it is told, and name where it is another day."""


@dataclass(slots=True)
class Given:
    """What a row says of a person; None: nothing. `ways` are (kind, value, normal form, label), `dates` (kind, month, day, year, name).

    `names` and `places` are gathered part by part, and put together when the whole row is read; `label` is the kind of the next way.
    """

    name: str | None = None
    pronoun: str | None = None
    languages: list[str] | None = None
    zone: str | None = None
    loyalty_number: str | None = None
    preferences: str | None = None
    concerns: str | None = None
    tags: list[str] | None = None
    owner_id: int | None = None
    do_not_contact: bool | None = None
    reference: str | None = None
    organisation: str | None = None
    role: str | None = None
    note: str | None = None
    attributes: dict[str, object] = field(default_factory=dict[str, object])
    ways: list[tuple[str, str, str, str]] = field(default_factory=list[tuple[str, str, str, str]])
    dates: list[NamedDay] = field(default_factory=list[NamedDay])
    names: dict[str, str] = field(default_factory=dict[str, str])
    places: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    label: str = ""


Setter = Callable[[Given, str], None]
"""Puts a cell into its place; `Refused` where it cannot be what it should."""
