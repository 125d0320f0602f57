"""What a webhook tells: its kinds, its address, and the body of a call. Pure.

Calls are signed after Standard Webhooks; `data.customer` is the customer as they are when the call is made, so that a late call never
tells something old. Delivery is at least once and in order: a receiver keeps `version` and passes over what it has seen.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.inbox.rules.person import Person

LONGEST_URL = 2_000


class Tells(StrEnum):
    """What somebody may be told of."""

    CREATED = "created"
    CHANGED = "changed"
    MERGED = "merged"
    ERASED = "erased"


TELLS: Mapping[Tells, str] = {
    Tells.CREATED: N_("A customer is there that was not"),
    Tells.CHANGED: N_("A customer's record changed"),
    Tells.MERGED: N_("A customer became part of another"),
    Tells.ERASED: N_("A customer was erased or is gone"),
}
TEST = "test"
OF_FEED = {"created": Tells.CREATED, "changed": Tells.CHANGED, "merged": Tells.MERGED, "erased": Tells.ERASED, "deleted": Tells.ERASED}
"""Which kind each kind of the feed is told as."""


def checked_url(url: str) -> str:
    """Return an address that can be called; `Refused` says what is wrong with it."""
    given = url.strip()
    try:
        parts = urlsplit(given)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or port == 0 or parts.username or len(given) > LONGEST_URL:
        raise Refused(_("A webhook's address begins with https:// and names a host."))
    return given


def checked_kinds(kinds: Sequence[str]) -> list[str]:
    """Return what is told, each once; `Refused` where that is nothing."""
    found = [kind.value for kind in Tells if kind in kinds]
    if not found:
        raise Refused(_("Choose what is told."))
    return found


def body(
    kind: str, *, customer_id: int | None, version: int | None, merged_into: int | None, person: Person | None, at: datetime
) -> bytes:  # fmt: skip
    """Return the body of a call."""
    data = {
        "id": customer_id,
        "version": version,
        "merged_into": merged_into,
        "customer": asdict(person) if person else None,
    }
    told = {"type": f"customer.{kind}" if kind != TEST else "test", "timestamp": at.isoformat(), "data": data}
    return json.dumps(told, ensure_ascii=False, default=_written).encode()


def _written(value: object) -> str:
    """Return a time as the rest of the interface writes it, anything else as it reads."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
