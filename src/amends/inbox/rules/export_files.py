"""Customers as files: CSV that no spreadsheet runs, JSON Lines, vCard 4. What is written here is read back by an import. Pure.

`COLUMNS` is the whole list of columns, followed by `attributes.KEY` for each field of the administrator that is not sensitive. Customers
stand there by numbers that hold the installation's stamp: where the file is taken in here again each is who they are, be it without an
address, and elsewhere such a number is nobody else's.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import StringIO

from amends.core.rows.vcards import OURS
from amends.inbox.rules.person import Person, PersonDate, PersonWay

MANY = 4
_WAYS = {"email": "email", "phone": "phone", "address": "post"}
COLUMNS: tuple[str, ...] = (
    "external_id", "name", "pronoun", "languages", "zone", "loyalty_number", "preferences", "concerns", "tags", "owner", "do_not_contact",
    "organisation", "role", "birthday", "anniversary",
    *(f"{what} {n}{more}" for what in (*_WAYS, "other_date") for n in range(1, MANY + 1) for more in ("", " type")),
)  # fmt: skip
_BEGINS = r"(?:^|(?<=[;\t\r\n]))"
_RUNS = r"(?=['\"]*[=+\-@＝＋－＠\t\r\n])"  # noqa: RUF001 - a Japanese or Chinese Excel takes the wide ones for formulas too
_DANGEROUS, _MADE_HARMLESS = re.compile(_BEGINS + _RUNS), re.compile(f"{_BEGINS}'{_RUNS}")
"""A cell may begin within ours too: where commas are for decimals, Excel parts at each semicolon and knows no quotes of ours."""

FOLDED = 75
MEDIA = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson", "vcard": "text/vcard; charset=utf-8"}
ENDINGS = {"csv": "csv", "jsonl": "jsonl", "vcard": "vcf"}


def harmless(text: str) -> str:
    """Return a cell that a spreadsheet takes for text, never for a formula; `read_back` gives what it was."""
    return _DANGEROUS.sub("'", text)


def read_back(text: str) -> str:
    """Return a cell as it was before `harmless`."""
    return _MADE_HARMLESS.sub("", text) if "'" in text else text


def as_it_came(cell: str, kind: str) -> str:
    """Return the cell of a foreign file of a kind, for a CSV file that is imported again and then means the same."""
    return harmless(read_back(cell) if kind == "csv" else cell)


def number_of_ours(person_id: int, stamp: str) -> str:
    """Return the number by which a customer of ours stands in a file; `number_is_ours` knows it again."""
    return f"amends-{stamp}-{person_id}"


def number_is_ours(stamp: str) -> str:
    """Return the regular expression of the numbers that this installation gave, for Python and PostgreSQL; its group is the id."""
    return f"^amends-{re.escape(stamp)}-([0-9]{{1,18}})$"


def cells_of(person: Person, attributes: Sequence[str], *, stamp: str) -> dict[str, str]:
    """Return what stands under each column."""
    first = person.organisations[0] if person.organisations else None
    found = {
        "external_id": number_of_ours(person.id, stamp),
        "name": person.name,
        "pronoun": person.pronoun,
        "languages": ", ".join(person.languages),
        "zone": person.zone,
        "loyalty_number": person.loyalty_number,
        "preferences": person.preferences,
        "concerns": person.concerns,
        "tags": "".join(f"{tag.replace(';', ',')};" for tag in person.tags),
        "owner": person.owner,
        "do_not_contact": "yes" if person.do_not_contact else "no",
        "organisation": first.name if first else "",
        "role": first.role if first else "",
        "birthday": person.day("birthday"),
        "anniversary": person.day("anniversary"),
    }
    for what, kind in _WAYS.items():
        found |= _ways(what, person.ways_of(kind))
    found |= _numbered("other_date", [(day.text, day.name or day.kind) for day in _other_days(person)[:MANY]])
    return found | {f"attributes.{key}": _value(person.attributes.get(key)) for key in attributes}


def _ways(what: str, ways: Sequence[PersonWay]) -> dict[str, str]:
    """Return the cells of one kind of way; the last column holds those for which there is no more."""
    found = _numbered(what, [(way.value, way.label) for way in ways[:MANY]])
    if len(ways) > MANY and what != "address":
        found |= {f"{what} {MANY}": "; ".join(way.value for way in ways[MANY - 1 :]), f"{what} {MANY} type": ""}
    return found


def _numbered(what: str, told: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return a cell and the kind beside it for each that there is a column for."""
    found = dict.fromkeys([f"{what} {n}{more}" for n in range(1, MANY + 1) for more in ("", " type")], "")
    for n, (value, kind) in enumerate(told, start=1):
        found |= {f"{what} {n}": value, f"{what} {n} type": kind}
    return found


def _other_days(person: Person) -> list[PersonDate]:
    """Return the days that are not the birthday or the first anniversary, which have columns of their own."""
    own = [next((one for one in person.dates if one.kind == kind), None) for kind in ("birthday", "anniversary")]
    return [one for one in person.dates if not any(one is day for day in own)]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _csv(people: Iterable[Person], attributes: Sequence[str], *, stamp: str, first: bool) -> str:
    text = StringIO()
    names = [*COLUMNS, *(f"attributes.{key}" for key in attributes)]
    writer = csv.writer(text, lineterminator="\r\n")
    if first:
        text.write("\ufeff")
        writer.writerow(names)
    for person in people:
        cells = cells_of(person, attributes, stamp=stamp)
        writer.writerow([harmless(cells[name]) for name in names])
    return text.getvalue()


def _jsonl(people: Iterable[Person], attributes: Sequence[str], *, stamp: str, first: bool) -> str:  # noqa: ARG001 - all are asked alike
    found = ({name: cell for name, cell in cells_of(person, attributes, stamp=stamp).items() if cell} for person in people)
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in found)


def _vcard(people: Iterable[Person], attributes: Sequence[str], *, stamp: str, first: bool) -> str:  # noqa: ARG001
    return "".join(_card(person, stamp) for person in people)


def _card(person: Person, stamp: str) -> str:
    kinds = {"email": "EMAIL", "phone": "TEL"}
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        f"UID:{number_of_ours(person.id, stamp)}",
        f"FN:{_escaped(person.name)}",
        *(f"LANG:{code}" for code in person.languages),
        *(f"{kinds[way.kind]}{_type(way)}:{_escaped(way.value)}" for way in person.ways if way.kind in kinds),
        *(f"ADR{_type(way)}:;;{_escaped(way.value)};;;;" for way in person.ways_of("post")),
        *_told("ORG", person.organisations[0].name if person.organisations else ""),
        *_told("ROLE", person.organisations[0].role if person.organisations else ""),
        *_told("PRONOUNS", person.pronoun),
        *_told("TZ", person.zone),
        *(f"{name}:{day.replace('-', '') if not day.startswith('--') else '--' + day[2:].replace('-', '')}"
          for name, day in (("BDAY", person.day("birthday")), ("ANNIVERSARY", person.day("anniversary"))) if day),
        *(line for n, day in enumerate(_other_days(person), start=1)
          for line in (f"item{n}.X-ABDATE:{day.text}", f"item{n}.X-ABLabel:{_escaped(day.name or day.kind)}")),
        *(line for column, name in OURS.items() for line in _told(name, _ours(person, column))),
        *([f"CATEGORIES:{','.join(map(_escaped, person.tags))}"] if person.tags else []),
        "END:VCARD",
    ]  # fmt: skip
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _ours(person: Person, column: str) -> str:
    """Return what stands under one of our columns, nothing where it says only that somebody may be written to."""
    value = getattr(person, column.lower().replace(" ", "_"))
    return ("yes" if value else "") if isinstance(value, bool) else value


def _told(name: str, value: str) -> list[str]:
    return [f"{name}:{_escaped(value)}"] if value else []


def _type(way: PersonWay) -> str:
    return f";TYPE={way.label}" if re.fullmatch(r"[a-z]+", way.label) else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace(",", "\\,").replace(";", "\\;")


def folded(line: str) -> str:
    """Return a line of a vCard in pieces of at most 75 bytes, none of which parts a character."""
    pieces, size = [""], 0
    for sign in line:
        size += len(sign.encode())
        if size > FOLDED:
            pieces.append(" ")
            size = 1 + len(sign.encode())
        pieces[-1] += sign
    return "\r\n".join(pieces)


WRITERS: Mapping[str, Callable[..., str]] = {"csv": _csv, "jsonl": _jsonl, "vcard": _vcard}
