"""What a column of people may mean, and how that is guessed from its name; whose export a file is, from all its names. Pure.

Place in the path: `core/rows/table` -> here -> the mapping that a person sees and changes -> `import_rows`.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from amends.core.translating import N_, _, speaking, spoken
from amends.inbox.rules import import_addresses

TARGETS: Mapping[str, str] = {
    "name": N_("Name"),
    "given_name": N_("Given name"),
    "family_name": N_("Family name"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "address": N_("Postal address"),
    "address_part": N_("Part of the postal address"),
    "email_type": N_("Kind of e-mail"),
    "phone_type": N_("Kind of phone"),
    "address_type": N_("Kind of address"),
    "external_id": N_("Number in their system"),
    "pronoun": N_("Pronoun"),
    "languages": N_("Languages"),
    "zone": N_("Time zone"),
    "loyalty_number": N_("Loyalty number"),
    "organisation": N_("Organisation"),
    "role": N_("Role there"),
    "birthday": N_("Birthday"),
    "anniversary": N_("Anniversary"),
    "other_date": N_("Another day"),
    "other_date_type": N_("Kind of day"),
    "tags": N_("Tags"),
    "note": N_("Note"),
    "preferences": N_("Preferences"),
    "concerns": N_("Concerns"),
    "owner": N_("The colleague they know (e-mail)"),
    "do_not_contact": N_("Do not contact (yes or no)"),
}
"""What a column can mean, beside `attributes.KEY` for what the administrator defined."""
SEVERAL = frozenset(
    {
        "given_name", "email", "phone", "address", "address_part", "email_type", "phone_type", "address_type", "tags", "note", "languages",
        "do_not_contact", "other_date", "other_date_type",
    }
)  # fmt: skip
"""What several columns may mean at once; first and middle names are given names, and who opted out of one thing is left alone."""
DATES = frozenset({"birthday", "anniversary", "other_date"})
KINDS_OF_DAY = frozenset({"birthday", "anniversary", "renewal"})

ALIASES: Mapping[str, tuple[str, ...]] = {
    "name": (
        "full name", "display name", "customer", "customer name", "contact name", "contact", "fn", "nombre completo", "nom complet",
        "නම", "ስም", "பெயர்", "ಹೆಸರು", "ਨਾਮ", "नाम", "氏名", "お名前", "名前", "顧客名", "姓名",
    ),
    "given_name": (
        "first name", "first", "forename", "nombre", "vorname", "prenom", "middle name", "additional name", "segundo nombre",
        "zweiter vorname", "名",
    ),
    "family_name": ("last name", "last", "surname", "apellido", "apellidos", "nachname", "nom", "姓", "名字", "苗字"),
    "email": (
        "e mail", "email address", "e mail address", "mail", "work email", "correo", "correo electronico", "e mail adresse",
        "adresse e mail", "courriel", "additional email addresses", "emails",
        "email addresses", "ඊ-තැපෑල", "ኢ-ሜይል", "மின்னஞ்சல்", "ಇಮೇಲ್", "ਈ-ਮੇਲ", "ईमेल",
        "メール", "メールアドレス", "Eメール", "電子メール", "電子メールアドレス",
    ),
    "phone": (
        "telephone", "phones", "phone numbers", "work phone",
        "mobile", "mobile phone", "cell", "phone number", "mobile phone number", "home phone", "business phone",
        "other phone", "primary phone", "whatsapp phone number", "tel", "telefono", "telefon", "handy", "mobil", "mobiltelefon", "movil",
        "telefono movil", "telefonnummer", "telephone portable", "portable", "දුරකථනය", "ስልክ", "தொலைபேசி", "ಫೋನ್", "ਫ਼ੋਨ", "फ़ोन",
        "電話", "電話番号", "携帯", "携帯電話", "携帯番号", "携帯電話番号", "自宅電話", "会社電話",
    ),
    "address": (
        "street address", "postal address", "mailing address", "home address", "business address", "direccion", "adresse", "住所",
        "自宅住所",
    ),
    "external_id": (
        "id", "customer id", "contact id", "record id", "uid", "user id", "crm id", "external id", "kundennummer", "kundennr",
        "numero de cliente", "顧客番号", "顧客ID", "顧客コード",
    ),
    "pronoun": ("pronouns",),
    "languages": ("language", "lang", "preferred language", "locale", "idioma", "sprache", "言語"),
    "zone": ("time zone", "timezone", "tz"),
    "loyalty_number": ("loyalty number", "membership number", "member number", "frequent flyer number", "会員番号"),
    "organisation": (
        "organization", "company", "company name", "account name", "organization name", "employer", "empresa", "firma",
        "societe", "会社", "会社名", "勤務先", "法人名",
    ),
    "role": ("job title", "title", "position", "organization title", "役職", "肩書き"),
    "birthday": (
        "birth date", "birthdate", "date of birth", "dob", "bday", "fecha de nacimiento", "cumpleanos", "geburtstag", "geburtsdatum",
        "date de naissance", "උපන් දිනය", "ልደት", "பிறந்தநாள்", "ಜನ್ಮದಿನ", "ਜਨਮਦਿਨ", "जन्मदिन", "生年月日", "誕生日",
    ),
    "anniversary": (),
    "tags": ("labels", "categories", "category", "tag", "etiquetas", "kategorien", "タグ"),
    "note": (
        "notes", "comments", "comment", "remarks", "description", "notiz", "notizen", "bemerkung", "bemerkungen", "nota", "notas",
        "備考", "メモ",
    ),
    "preferences": (),
    "concerns": (),
    "owner": ("contact owner", "account owner", "owner email", "contact owner email"),
    "do_not_contact": (
        "do not call", "unsubscribed from all email", "email opt out", "has opted out of email", "opted out", "werbesperre", "連絡不要",
    ),
}  # fmt: skip
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DAY = re.compile(r"(?:event \d+ (?:value|(type|label))|other date \d+(?: (type))?)")
"""A day with its kind beside it, as Google and our own exports have them."""
_OPTED_OUT = "opted out of email"
"""How HubSpot's columns begin, one for each kind of letter: `Opted out of email: Customer Service Communication`."""
_NUMBERED = re.compile(r"(e mail|email|phone|address|telephone)\s?(\d+)?\s?(value|type|label|formatted|address)?")


class Preset(StrEnum):
    """Whose export a file is."""

    HUBSPOT = "hubspot"
    SALESFORCE = "salesforce"
    GOOGLE = "google"
    OUTLOOK = "outlook"
    ZENDESK = "zendesk"
    VCARD = "vcard"
    AMENDS = "amends"
    PLAIN = "plain"


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """How an export is recognised, and what its columns mean beyond the usual names ('': nothing).

    All of `marks` are there, or all of `others`; a name counts with its spaces and without.
    """

    name: str
    marks: frozenset[str]
    columns: Mapping[str, str]
    others: frozenset[str] = frozenset()

    def is_of(self, named: AbstractSet[str]) -> bool:
        """Tell whether a file with these columns, tidied, is such an export."""
        return _closed(self.marks) <= named or (bool(self.others) and _closed(self.others) <= named)

    def meaning(self, name: str) -> str | None:
        """Return what a column of this name, closed, means here ('': nothing); None where it means the usual."""
        return next((target for own, target in self.columns.items() if closed(own) == name), None)


PRESETS: Mapping[Preset, Known] = {
    Preset.HUBSPOT: Known(
        name="HubSpot",
        marks=frozenset({"record id", "first name", "last name", "email"}),
        others=frozenset({"record id contact", "first name", "last name", "email"}),
        columns={"record id": "external_id", "record id contact": "external_id", "contact owner": "",
                 "marketing contact status": "", "lead status": "",
                 "create date": "", "associated company": "organisation",
                 "primary company": "organisation", "preferred language": "languages", "date of birth": "birthday"},
    ),
    Preset.SALESFORCE: Known(
        name="Salesforce",
        marks=frozenset({"contact id", "account name"}),
        others=frozenset({"id", "first name", "last name", "salutation"}),
        columns={"contact id": "external_id", "account id": "", "mailing street": "address", "salutation": "", "fax": "",
                 "lead source": "", "account owner": "", "contact owner": "", "owner id": "", "created by id": "", "is deleted": ""},
    ),
    Preset.GOOGLE: Known(
        name="Google Contacts",
        marks=frozenset({"e mail 1 value"}),
        columns={"labels": "tags", "group membership": "tags", "organization title": "role", "organization 1 title": "role",
                 "organization 1 name": "organisation", "location": "", "file as": "", "photo": ""},
    ),
    Preset.OUTLOOK: Known(
        name="Outlook",
        marks=frozenset({"e mail address", "business phone"}),
        columns={"title": "", "suffix": "", "e mail 2 address": "email", "e mail 3 address": "email", "e mail type": "", "sensitivity": "",
                 "priority": "", "home address": "address", "language": "languages"},
    ),
    Preset.ZENDESK: Known(
        name="Zendesk",
        marks=frozenset({"id", "name", "email", "external id", "role"}),
        columns={"id": "external_id", "external id": "", "role": "", "details": "note", "organization": "organisation",
                 "locale": "languages", "active": "", "url": "", "photo": ""},
    ),
    Preset.VCARD: Known(
        name="vCard",
        marks=frozenset({"fn", "uid", "handles", "nickname"}),
        columns={"fn": "name", "uid": "external_id", "handles": "", "nickname": "", "role": "role", "categories": "tags"},
    ),
    Preset.AMENDS: Known(name="Amends", marks=frozenset({"name", "external id", "do not contact"}), columns={}),
    Preset.PLAIN: Known(name="", marks=frozenset(), columns={}),
}  # fmt: skip


def tidy(name: str) -> str:
    """Return a column's name in lower case with single spaces: `E-mail 1 - Value` is `e mail 1 value`, `FirstName` is `first name`."""
    bare = _HUMP.sub(" ", name.partition(" (")[0] if name.endswith(")") else name)
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", bare.lower()) if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())


def closed(name: str) -> str:
    """Return a name tidied and without spaces, since programs write `FIRSTNAME` too."""
    return tidy(name).replace(" ", "")


def _closed(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(closed, names))


def preset_of(columns: Iterable[str]) -> Preset:
    """Return whose export has these columns."""
    named = _closed(columns)
    return next(preset for preset, known in PRESETS.items() if known.is_of(named))


def guess(columns: Sequence[str], *, attributes: Mapping[str, str]) -> dict[str, str]:
    """Return what each column seems to mean ('': nothing); `attributes` are the keys of the administrator's fields with their names."""
    known = PRESETS[preset_of(columns)]
    by_attribute = {closed(word): f"attributes.{key}" for key, name in attributes.items() for word in (name, key, f"attributes.{key}")}
    found: dict[str, str] = {}
    for column in columns:
        told = known.meaning(closed(column))
        usual = _usual(column) or by_attribute.get(closed(column)) or import_addresses.meaning(closed(column))
        target = usual if told is None else told
        found[column] = target if target in SEVERAL or target not in found.values() else ""
    return import_addresses.with_streets(found, {column: closed(column) for column in columns})


def is_known(name: str) -> bool:
    """Tell whether columns of files of people are called so."""
    return bool(_usual(name) or import_addresses.meaning(closed(name)))


def kind_of_day(label: str) -> str:
    """Return what a day of this name is: a birthday, an anniversary, a renewal, or another."""
    told = "renewal" if closed(label) == "renewal" else _usual(label)
    return told if told in KINDS_OF_DAY else "other"


def _usual(name: str) -> str:
    if numbered := _NUMBERED.fullmatch(tidy(name)):
        kind = {"e mail": "email", "telephone": "phone"}.get(numbered[1], numbered[1])
        return f"{kind}_type" if numbered[3] in {"type", "label"} else kind
    if day := _DAY.fullmatch(tidy(name)):
        return "other_date_type" if day[1] or day[2] else "other_date"
    if tidy(name).startswith(_OPTED_OUT):
        return "do_not_contact"
    return _names().get(closed(name)) or _labels(spoken()).get(closed(name), "")


@cache
def _names() -> Mapping[str, str]:
    """Return what each name means that a column may have, ours before others."""
    others = {closed(alias): target for target, aliases in ALIASES.items() for alias in aliases}
    return others | {closed(target): target for target in TARGETS}


@cache
def _labels(language: str) -> Mapping[str, str]:
    """Return what the names mean that our own screens give to fields in this language."""
    with speaking(language):
        return {closed(_(label)): target for target, label in TARGETS.items()}
