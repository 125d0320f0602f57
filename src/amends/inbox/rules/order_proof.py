"""When an order number shows whose handle it is. Pure.

A number alone is no proof: it stands on pictures of boarding passes and parcels, beside the name. Who names it in private, and an e-mail
address or a phone number that stands on the record that bought under it, knows what the pictures do not show.
"""

from collections.abc import Collection, Iterator

from amends.core.errors import Refused
from amends.core.personal.finding import find
from amends.core.personal.kinds import Kind
from amends.inbox.rules.contact import WayKind, normal

_WAYS = {Kind.EMAIL: WayKind.EMAIL, Kind.PHONE: WayKind.PHONE}


def contacts_in(text: str, language: str) -> frozenset[str]:
    """Return the addresses and numbers in a text: kind, line break, normal form."""
    return frozenset(_contacts(text, language))


def _contacts(text: str, language: str) -> Iterator[str]:
    for found in find(text, language):
        way = _WAYS.get(found.kind)
        if way is None:
            continue
        try:
            yield f"{way}\n{normal(way, text[found.start : found.end])}"
        except Refused:
            continue


def is_proven(told: Collection[str], on_record: Collection[str]) -> bool:
    """Tell whether a number that was named in private is proven: by a contact that they told too, and that the buyer's record has."""
    return not frozenset(told).isdisjoint(on_record)
