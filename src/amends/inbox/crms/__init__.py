"""Customer systems outside, one file each; there is no list to edit. docs/customers-sync.md is the contract in words.

A system's module has `build(url, token, wire) -> Crm`, and asks over that wire alone: whoever makes it says how far it reaches. `pull`
returns what changed there behind a cursor, `push` writes what changed here, `tell` says whose numbers became one, are two again, or are to
be forgotten. The newest change of a field wins; what came from a system is not pushed back to it (`inbox/actions/sync_customers`).
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Protocol, cast

from amends.core import plugins
from amends.core.errors import Refused
from amends.core.network import Wire
from amends.core.translating import _
from amends.inbox.rules.person import Person
from amends.inbox.rules.sync_news import News


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """Somebody as the other system knows them: our field names, and when each was changed there (else `changed_at`).

    `deleted` where it has nobody by this number any more.
    """

    external_id: str
    changed_at: datetime
    fields: Mapping[str, object] = field(default_factory=dict[str, object])
    field_times: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()
    deleted: bool = False

    def time_of(self, name: str) -> datetime:
        """Return when a field was changed there."""
        return self.field_times.get(name, self.changed_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulled:
    """What changed there, the cursor behind it, and whether more waits. `unread` says by number of whom nothing could be read, and why."""

    people: Sequence[Outside]
    cursor: str
    more: bool = False
    unread: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True, slots=True)
class Pushed:
    """Somebody to be written there; without `external_id` they are new to the system."""

    external_id: str | None
    person: Person


class Crm(Protocol):
    """One system. Errors of the network are raised as `NetworkError`."""

    def pull(self, cursor: str) -> Pulled:
        """Return the next page of what changed behind `cursor` (empty: from the beginning)."""
        ...

    def push(self, people: Sequence[Pushed]) -> Sequence[str]:
        """Write these people, and return their numbers there in the same order. The same twice is once."""
        ...

    def tell(self, news: Sequence[News]) -> None:
        """Say in order whose numbers became one, are two again, or are to be forgotten. The same twice is once."""
        ...


class _Module(Protocol):
    def build(self, url: str, token: str, wire: Wire) -> Crm: ...


@cache
def _load() -> Mapping[str, _Module]:
    return {name: cast("_Module", module) for name, module in plugins.discover(sys.modules[__name__]).items()}


def kinds() -> tuple[str, ...]:
    """Return the kinds of systems that there is a file for."""
    return plugins.names(sys.modules[__name__])


def build(kind: str, url: str, token: str, wire: Wire) -> Crm:
    """Return the system at an address; `Refused` where nobody knows its kind."""
    if kind not in kinds():
        raise Refused(_("There is no kind of system called “%(name)s”.") % {"name": kind})
    return _load()[kind].build(url, token, wire)
