"""A customer as programs and files outside see one: the same shape in exports, over REST, in webhooks and in syncs. Pure.

What is left out on purpose: sensitive attributes, notes, files, the log of consent, cases and posts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonWay:
    """An e-mail address, a phone number or a postal address (`kind`: email, phone, post)."""

    kind: str
    value: str
    label: str = ""


def ways_of(*, emails: Sequence[str], phones: Sequence[str]) -> list[PersonWay]:
    """Return addresses and numbers as ways."""
    mails = [PersonWay(kind="email", value=one) for one in emails]
    return mails + [PersonWay(kind="phone", value=one) for one in phones]


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonDate:
    """A birthday, an anniversary or the like; many are told without the year."""

    kind: str
    month: int
    day: int
    year: int | None = None
    name: str = ""

    @property
    def text(self) -> str:
        """The day as files write it: 1990-11-30, or --11-30 without its year."""
        return f"{self.year:04}-{self.month:02}-{self.day:02}" if self.year else f"--{self.month:02}-{self.day:02}"


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonOrganisation:
    """Where somebody works or is a member."""

    name: str
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One customer. `references` says what other systems call them; `version` counts what was saved."""

    id: int
    version: int
    name: str
    created_at: datetime
    changed_at: datetime | None = None
    pronoun: str = ""
    languages: Sequence[str] = ()
    zone: str = ""
    loyalty_number: str = ""
    preferences: str = ""
    concerns: str = ""
    tags: Sequence[str] = ()
    owner: str = ""
    do_not_contact: bool = False
    attributes: Mapping[str, object] = field(default_factory=dict[str, object])
    ways: Sequence[PersonWay] = ()
    dates: Sequence[PersonDate] = ()
    organisations: Sequence[PersonOrganisation] = ()
    references: Mapping[str, str] = field(default_factory=dict[str, str])

    def ways_of(self, kind: str) -> list[PersonWay]:
        """Return the ways of one kind."""
        return [way for way in self.ways if way.kind == kind]

    def day(self, kind: str) -> str:
        """Return the first day of a kind as text, empty where there is none."""
        return next((one.text for one in self.dates if one.kind == kind), "")
