"""The ways to reach somebody that a row of a file tells: in one cell each, several in one, or an address in parts. Pure.

Place in the path: cells of a row -> `import_rows` -> here -> `Given.ways`.
"""

import re
from functools import lru_cache

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules import contact
from amends.inbox.rules.contact import WayKind
from amends.inbox.rules.customer_record import line
from amends.inbox.rules.import_given import Given, Setter

KNOWN_WAYS = {"email": WayKind.EMAIL, "phone": WayKind.PHONE, "address": WayKind.POST, "address_part": WayKind.POST}
OF_EXCHANGE = ("/o=", "/O=")
"""So begins what Outlook writes in place of an address that its own server knows by another."""

_SEVERAL = re.compile(r"[;,\n]| ::: ")


def way_setter(kind: WayKind, region: str) -> Setter:
    """Return what adds a way of this kind, once; a number that names no country is one of `region`."""
    told = kind.value

    def put(found: Given, text: str) -> None:
        if text.startswith(OF_EXCHANGE):
            return
        for one in _parts(kind, text):
            value, normal = _way(kind, one, region)
            if all(own[0] != told or own[2] != normal for own in found.ways):
                found.ways.append((told, value, normal, _label(found.label)))

    return put


def place_setter(group: str, *, is_street: bool) -> Setter:
    """Return what gathers the parts of a postal address, whose street stands first."""

    def put(found: Given, text: str) -> None:
        parts = found.places.setdefault(group, [""])
        if is_street:
            parts[0] = f"{parts[0]}, {text}" if parts[0] else text
        else:
            parts.append(text)

    return put


def put_together(found: Given) -> None:
    """Add the addresses whose parts were gathered, each with its group as its kind; a city or a country alone is none."""
    for group, (street, *others) in found.places.items():
        if street or len(others) > 1:
            found.label = group.removesuffix("address")
            _PUT_ADDRESS(found, ", ".join((street, *others) if street else others))


def _parts(kind: WayKind, text: str) -> list[str]:
    if kind is WayKind.POST or not _SEVERAL.search(text):
        return [text]
    text = text.replace(" ::: ", "\n")
    if kind is WayKind.EMAIL and "<" not in text:
        text = text.replace(";", "\n").replace(",", "\n")
    return [one for one in text.replace(";", "\n").split("\n") if one.strip()]


@lru_cache(maxsize=4_096)
def _label(text: str) -> str:
    return line(text.lstrip("* ").lower(), 40)


def _way(kind: WayKind, text: str, region: str) -> tuple[str, str]:
    value = contact.kept(kind, text)
    if kind is WayKind.PHONE and region and not value.startswith(("+", "00")):
        return value, _at_home(value, region)
    return value, contact.normal(kind, text)


def _at_home(text: str, region: str) -> str:
    """Return a number that names no country as one of `region`."""
    try:
        number = parse(text, region)
    except NumberParseException as error:
        raise Refused(_("“%(value)s” is no phone number.") % {"value": text[:100]}) from error
    if not is_possible_number(number):
        raise Refused(_("“%(value)s” is no phone number of %(region)s.") % {"value": text[:100], "region": region})
    return format_number(number, PhoneNumberFormat.E164) + (f";ext={number.extension}" if number.extension else "")


_PUT_ADDRESS = way_setter(WayKind.POST, "")
