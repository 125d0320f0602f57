"""Reads vCards (2.1, 3.0, 4.0) a card at a time, each as a row under fixed columns. Place in the path: lines -> here -> `table`.

Photos, sounds, keys and logos are passed over and counted. Addresses of networks (IMPP, X-SOCIALPROFILE) become the column Handles: what
somebody claims, not what is proved.
"""

import binascii
import quopri
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace

from amends.core.rows.lines import Lines, LineTooLong
from amends.core.rows.records import Record, Refusal
from amends.core.translating import _

MANY = 4
COLUMNS = (
    "UID", "FN", "Given name", "Family name", "Nickname", "Pronouns", "Organisation", "Role", "Languages", "Time zone", "Birthday",
    "Anniversary", "Categories", "Note", "Handles", "Loyalty number", "Preferences", "Concerns", "Owner", "Do not contact",
    *(f"{what} {n}{more}" for what in ("E-mail", "Phone", "Address", "Other date") for n in range(1, MANY + 1) for more in ("", " type")),
)  # fmt: skip
_PLACE = {name: place for place, name in enumerate(COLUMNS)}
BEGIN, END = "BEGIN:VCARD", "END:VCARD"
MOST_LINES = 20_000
PASSED_OVER = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})
SILENT = frozenset({
    "VERSION", "PRODID", "REV", "N", "FN", "KIND", "SOURCE", "XML", "CLIENTPIDMAP", "X-ABLABEL", "X-ABADR", "PROFILE", "MAILER",
})  # fmt: skip
OURS = {
    column: f"X-AMENDS-{column.replace(' ', '-').upper()}"
    for column in ("Loyalty number", "Preferences", "Concerns", "Owner", "Do not contact")
}
"""What no vCard has a word for, as our own exports write it."""
TEXTS = {
    "UID": "UID", "NICKNAME": "Nickname", "PRONOUNS": "Pronouns", "X-PRONOUNS": "Pronouns", "TZ": "Time zone", "BDAY": "Birthday",
    "ANNIVERSARY": "Anniversary", "X-ANNIVERSARY": "Anniversary", "NOTE": "Note", "TITLE": "Role", "ROLE": "Role",
    **{name: column for column, name in OURS.items()},
}  # fmt: skip
LISTS = {"LANG": "Languages", "CATEGORIES": "Categories", "IMPP": "Handles", "X-SOCIALPROFILE": "Handles", "SOCIALPROFILE": "Handles"}
REPEATED = {"EMAIL": "E-mail", "TEL": "Phone", "ADR": "Address", "X-ABDATE": "Other date"}
IN_ONE_CELL = frozenset({"EMAIL", "TEL"})
"""Of which a cell may hold several, so that none is lost where somebody has more than there are columns."""
KINDS_OF_WAY = ("home", "work", "cell", "mobile", "fax", "pager", "main", "other")
_HEAD = re.compile(r'([^:;"]+)((?:;(?:[^:;"]|"[^"]*")*)*):', re.DOTALL)
_PARAMETER = re.compile(r';([^=;:"]+)(?:=((?:[^;"]|"[^"]*")*))?')
_DAY_IN_PART = re.compile(r"\d{4}(?:-\d\d)?|--\d\d|---\d\d|[^\d-].*", re.DOTALL)
_PARTIAL = {
    "BDAY": _DAY_IN_PART,
    "ANNIVERSARY": _DAY_IN_PART,
    "X-ABDATE": _DAY_IN_PART,
    "TZ": re.compile(r"[+-]?\d\d:?(?:\d\d)?(?::?\d\d)?|Z"),
}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PARTED = re.compile(r"(?<!\\);")
_LISTED = re.compile(r"(?<!\\),")
_OF_APPLE = re.compile(r"_\$!<(.*)>!\$_")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Property:
    group: str
    name: str
    value: str
    types: tuple[str, ...]
    pref: bool


def cards_of(lines: Lines, notes: dict[str, int]) -> Generator[Record | Refusal]:
    """Yield a row for each card; what was left out is counted in `notes` by its name."""
    for start, card in _split(lines):
        if card[0].strip().upper() != BEGIN:
            yield Refusal(line=start, reason=_("this belongs to no card"))
        elif card[-1].strip().upper() != END:
            yield Refusal(line=start, reason=_("this card has no end"))
        else:
            yield _row(start, card[1:-1], notes)


def _split(lines: Lines) -> Generator[tuple[int, list[str]]]:
    """Yield the lines from each beginning to its end, and what stands between, each with its first line's number."""
    start, card = 0, list[str]()
    for number, line in _logical(lines):
        if card and line.strip().upper() == BEGIN:
            yield start, card
            card = []
        if line.strip() and len(card) < MOST_LINES:
            start = start if card else number
            card.append(line)
        if line.strip().upper() == END:
            yield start, card
            card = []
    if card:
        yield start, card


def _logical(lines: Lines) -> Generator[tuple[int, str]]:
    """Yield lines unfolded: what begins with a space goes on the line before; in quoted-printable a `=` at the end says the same."""
    held, began = "", 0
    for number, line in _physical(lines):
        if held.endswith("=") and "QUOTED-PRINTABLE" in held.partition(":")[0].upper():
            held = held[:-1] + line
        elif held and line[:1] in {" ", "\t"}:
            held += line[1:]
        else:
            if held:
                yield began, _joined(held)
            held, began = line, number
    if held:
        yield began, _joined(held)


def _joined(line: str) -> str:
    """Return a line with the characters whole again that lay across two: some programs count bytes where they fold."""
    return line if line.isascii() else line.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def _physical(lines: Lines) -> Generator[tuple[int, str]]:
    while True:
        lines.mark()
        try:
            yield lines.number + 1, next(lines).rstrip("\r\n").lstrip("\ufeff")
        except StopIteration:
            return
        except LineTooLong:
            continue


def _row(start: int, card: list[str], notes: dict[str, int]) -> Record | Refusal:
    cells = [""] * len(COLUMNS)
    properties = list[_Property]()
    for line in card:
        found = _property(line)
        if found is None:
            return Refusal(line=start, reason=_("a line of this card is none of a vCard: %(line)s") % {"line": line[:60]})
        if found.name == "KIND" and found.value.strip().lower() == "group":
            notes["KIND:group"] = notes.get("KIND:group", 0) + 1
            return Refusal(line=start, reason=_("this card is a group of people, not a person"))
        properties.append(found)
    for found in _labelled(properties):
        _put(cells, found, notes)
    return Record(line=start, cells=cells)


def _labelled(properties: Sequence[_Property]) -> Generator[_Property]:
    """Yield the properties, days with the label that Apple writes in a line of its own: `_$!<Anniversary>!$_` where it is Apple's own."""
    labels = {found.group: plain(_OF_APPLE.sub(r"\1", found.value)) for found in properties if found.name == "X-ABLABEL" and found.group}
    for found in properties:
        yield replace(found, types=(labels.get(found.group, ""),)) if found.name == "X-ABDATE" else found


def _property(line: str) -> _Property | None:
    head = _HEAD.match(line)
    if head is None:
        return None
    given = [(name.upper(), value.strip('"')) for name, value in _PARAMETER.findall(head[2])]
    types = {word for name, value in given for word in (value if name == "TYPE" else name if not value else "").lower().split(",") if word}
    pref = "pref" in types or any(name == "PREF" for name, _value in given)
    value = _with_no_year(_decoded(line[head.end() :], dict(given)), dict(given).get("X-APPLE-OMIT-YEAR", ""))
    kept = tuple(kind for kind in KINDS_OF_WAY if kind in types)
    group, _dot, name = head[1].strip().rpartition(".")
    return _Property(group=group.lower(), name=name.upper(), value=value, types=kept, pref=pref)


def _decoded(value: str, given: Mapping[str, str]) -> str:
    """Return the value of a 2.1 card without its quoted-printable, any other as it stands."""
    if "QUOTED-PRINTABLE" not in {given.get("ENCODING", "").upper(), *given}:
        return value
    try:
        return quopri.decodestring(value.encode("utf-8", "surrogateescape")).decode(given.get("CHARSET") or "utf-8", "replace")
    except (LookupError, binascii.Error):
        return value


def _with_no_year(value: str, stand_in: str) -> str:
    """Return a day whose year only stands in for none, as Apple writes it, without a year."""
    return value.replace(f"{stand_in}-", "--", 1) if stand_in and value.startswith(f"{stand_in}-") else value


def _put(cells: list[str], found: _Property, notes: dict[str, int]) -> None:
    if found.name in PASSED_OVER or found.name not in _KNOWN or _is_partial(found):
        notes[found.name] = notes.get(found.name, 0) + 1
    elif found.name in _PUT:
        _PUT[found.name](cells, found)
    elif found.name in REPEATED:
        _repeated(cells, found, notes)
    elif found.name == "FN":
        cells[_PLACE["FN"]] = cells[_PLACE["FN"]] or plain(found.value)
    elif found.name == "N":
        family, given, middle, *_more = [*map(plain, _PARTED.split(found.value)), "", "", ""]
        cells[_PLACE["Family name"]], cells[_PLACE["Given name"]] = family, f"{given} {middle}".strip()


def _is_partial(found: _Property) -> bool:
    """Tell whether this is a year, a month, words or an offset, which a vCard may hold where we keep a whole day or a place's zone."""
    kind = _PARTIAL.get(found.name)
    return bool(kind and kind.fullmatch(found.value.strip()))


def _text(cells: list[str], found: _Property) -> None:
    place = _PLACE[TEXTS[found.name]]
    text = plain(found.value)
    cells[place] = f"{cells[place]}\n{text}" if cells[place] and found.name == "NOTE" else cells[place] or text


def _organisation(cells: list[str], found: _Property) -> None:
    cells[_PLACE["Organisation"]] = cells[_PLACE["Organisation"]] or plain(_PARTED.split(found.value)[0])


def _listed(cells: list[str], found: _Property) -> None:
    place = _PLACE[LISTS[found.name]]
    parts = [plain(part).strip() for part in _LISTED.split(found.value)] if found.name == "CATEGORIES" else [plain(found.value)]
    cells[place] = "; ".join(part for part in (cells[place], *parts) if part)


def _repeated(cells: list[str], found: _Property, notes: dict[str, int]) -> None:
    """Put the way into the first free place of its kind; what is preferred goes first, what is too many into the last or the notes."""
    what = REPEATED[found.name]
    text = ", ".join(part for part in map(plain, _PARTED.split(found.value)) if part.strip()) if found.name == "ADR" else plain(found.value)
    value = text.removeprefix("tel:").removeprefix("mailto:").replace(";ext=", " ext. ").strip()
    places = [_PLACE[f"{what} {n}"] for n in range(1, MANY + 1)]
    own = [(cells[place], cells[place + 1]) for place in places if cells[place]]
    new = (value, " ".join(found.types))
    if value and (new not in own if found.name == "X-ABDATE" else value not in [one for one, _kind in own]):
        own = [new, *own] if found.pref else [*own, new]
    for place, (one, kind) in zip(places, own, strict=False):
        cells[place], cells[place + 1] = one, kind
    if len(own) > MANY and found.name in IN_ONE_CELL:
        cells[places[-1]], cells[places[-1] + 1] = "; ".join(one for one, _kind in own[MANY - 1 :]), ""
    elif len(own) > MANY:
        notes[found.name] = notes.get(found.name, 0) + 1


_PUT: Mapping[str, Callable[[list[str], _Property], None]] = {
    **dict.fromkeys(TEXTS, _text), **dict.fromkeys(LISTS, _listed), "ORG": _organisation,
}  # fmt: skip
_KNOWN = frozenset({*_PUT, *REPEATED, *SILENT})


def plain(value: str) -> str:
    r"""Return a value without its escapes: `\n` is a new line, `\,` a comma."""
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip() if "\\" in value else value.strip()
