"""What the columns of a file mean, in which order its days are written, and what one row says."""

from collections.abc import Mapping, Sequence

import pytest

from amends.core.errors import Refused
from amends.core.rows.vcards import COLUMNS
from amends.core.translating import speaking
from amends.inbox.rules.customer_record import Attribute, Kind
from amends.inbox.rules.import_dates import Order, orders_of, read_day, settled
from amends.inbox.rules.import_fields import Preset, guess, preset_of
from amends.inbox.rules.import_given import Given
from amends.inbox.rules.import_mapping import Column, ImportMapping, MatchBy, check, fitted, from_json, guessed
from amends.inbox.rules.import_rows import Reader, Surroundings, first_name_of

HEADERS = {
    Preset.HUBSPOT: ("Record ID", "First Name", "Last Name", "Email", "Phone Number", "Contact owner", "Associated Company"),
    Preset.SALESFORCE: ("Contact ID", "First Name", "Last Name", "Account Name", "Email", "Mobile", "Birthdate"),
    Preset.GOOGLE: ("First Name", "Last Name", "Labels", "E-mail 1 - Label", "E-mail 1 - Value", "Phone 1 - Label", "Phone 1 - Value"),
    Preset.OUTLOOK: ("First Name", "Last Name", "E-mail Address", "E-mail 2 Address", "Business Phone", "Job Title", "Company"),
    Preset.ZENDESK: ("id", "name", "email", "external_id", "role", "phone", "organization", "tags"),
    Preset.VCARD: COLUMNS,
    Preset.PLAIN: ("Name", "Correo electrónico"),
}


def test_what_salesforces_own_program_writes_is_known_without_spaces_in_its_names() -> None:
    columns = ("Id", "Salutation", "FirstName", "LastName", "MobilePhone", "Birthdate", "Account.Name", "Title", "DoNotCall", "OwnerId")
    assert preset_of(columns) is Preset.SALESFORCE
    assert list(guess(columns, attributes={}).values()) == [
        "external_id", "", "given_name", "family_name", "phone", "birthday", "organisation", "role", "do_not_contact", "",
    ]  # fmt: skip


def test_capitals_without_spaces_are_the_same_names() -> None:
    columns = ("ID", "ISDELETED", "SALUTATION", "FIRSTNAME", "LASTNAME", "MOBILEPHONE", "MAILINGSTREET", "HASOPTEDOUTOFEMAIL")
    assert preset_of(columns) is Preset.SALESFORCE
    assert list(guess(columns, attributes={}).values()) == [
        "external_id", "", "", "given_name", "family_name", "phone", "address", "do_not_contact",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "columns",
    [
        ("නම", "ඊ-තැපෑල", "දුරකථනය", "උපන් දිනය"),
        ("ስም", "ኢ-ሜይል", "ስልክ", "ልደት"),
        ("பெயர்", "மின்னஞ்சல்", "தொலைபேசி", "பிறந்தநாள்"),
        ("ಹೆಸರು", "ಇಮೇಲ್", "ಫೋನ್", "ಜನ್ಮದಿನ"),
        ("ਨਾਮ", "ਈ-ਮੇਲ", "ਫ਼ੋਨ", "ਜਨਮਦਿਨ"),
        ("नाम", "ईमेल", "फ़ोन", "जन्मदिन"),
        ("氏名", "メールアドレス", "電話番号", "生年月日"),
        ("お名前", "Ｅメール", "ＴＥＬ", "誕生日"),
    ],
)
def test_columns_are_known_in_their_own_script(columns: Sequence[str]) -> None:
    assert list(guess(columns, attributes={}).values()) == ["name", "email", "phone", "birthday"]


def test_columns_are_known_by_what_the_screens_call_the_fields_in_the_readers_language() -> None:
    with speaking("ta"):
        assert guess(("குறிச்சொற்கள்",), attributes={}) == {"குறிச்சொற்கள்": "tags"}


def test_columns_are_known_in_german_and_spanish_too() -> None:
    found = guess(("Kundennr.", "Vorname", "Nachname", "Telefon", "Geburtstag", "Notiz", "Notiz (2)", "Notas"), attributes={})
    assert list(found.values()) == ["external_id", "given_name", "family_name", "phone", "birthday", "note", "note", "note"]


@pytest.mark.parametrize(("preset", "columns"), HEADERS.items())
def test_whose_export_a_file_is_shows_in_its_headers(preset: Preset, columns: Sequence[str]) -> None:
    means = guess(columns, attributes={})

    assert preset_of(columns) is preset
    assert "email" in means.values()
    assert {"name", "given_name"} & set(means.values())


def test_hubspots_own_name_for_its_numbers_and_each_kind_of_letter_that_somebody_declined_are_known() -> None:
    columns = (
        "Record ID - Contact",
        "First Name",
        "Last Name",
        "Email",
        "Contact owner",
        "Opted out of email: Customer Service Communication",
    )
    assert preset_of(columns) is Preset.HUBSPOT
    assert list(guess(columns, attributes={}).values()) == ["external_id", "given_name", "family_name", "email", "", "do_not_contact"]


def test_a_column_may_be_a_field_of_the_administrators() -> None:
    assert guess(["Name", "Favourite seat"], attributes={"seat": "Favourite seat"})["Favourite seat"] == "attributes.seat"


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["2026-11-30", "1990-01-02"], Order.YMD),
        (["03/04/1990", "30.11.1990"], Order.DMY),
        (["03/04/1990", "11/30/1990"], Order.MDY),
        (["1990-30-11", "1990-03-04"], Order.YDM),
        (["46356", "32000"], Order.EXCEL),
        (["30 Nov 1990", "12 de enero de 1991"], Order.YMD),
        (["03/04/1990"], None),
        (["31/12/99", "11/30/99"], None),
    ],
)
def test_the_order_of_days_is_that_of_the_whole_column(texts: Sequence[str], order: Order | None) -> None:
    assert settled(orders_of(texts)) is order


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("30.11.26", Order.DMY, (11, 30, 2026)),
        ("30.11.27", Order.DMY, (11, 30, 1927)),
        ("--0229", Order.YMD, (2, 29, None)),
        ("11/30", Order.MDY, (11, 30, None)),
        ("30/11", Order.DMY, (11, 30, None)),
        ("Nov 30, 1990", Order.DMY, (11, 30, 1990)),
        ("19901130T000000Z", Order.DMY, (11, 30, 1990)),
        ("昭和55年3月4日", Order.DMY, (3, 4, 1980)),
        ("令和元年5月1日", Order.MDY, (5, 1, 2019)),
        ("H2.3.4", Order.DMY, (3, 4, 1990)),
        ("1604-03-09", Order.YMD, (3, 9, None)),
        ("09/03/1604", Order.DMY, (3, 9, None)),
    ],
)
def test_a_day_is_read_as_people_and_programs_write_it(text: str, order: Order, day: tuple[int, int, int | None]) -> None:
    assert read_day(text, order, year_now=2026) == day


@pytest.mark.parametrize("text", ["31.02.1990", "0000-00-00", "tomorrow", "1.1.12345", "29.02.1991"])
def test_a_day_that_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_day(text, Order.DMY, year_now=2026)


SEAT = Attribute(key="since", name="Since", kind=Kind.DATE)


def read(row: Mapping[str, str], mapping: Mapping[str, str], **more: str) -> Given:
    """Return what a row says under a mapping."""
    whole = ImportMapping(columns=mapping, region=more.get("region", ""), dates={"Since": Order.DMY, "Month": Order.MY})
    reader = Reader(list(row), whole, Surroundings(attributes=[SEAT], owners={"mia@desk.example": 7}, year_now=2026))
    return reader.read(list(row.values()))


def test_a_row_says_a_name_ways_with_their_kinds_tags_and_fields() -> None:
    found = read(
        {"G": "Ann", "F": "Lee", "T": "Work", "M": "A@b.example; c@d.example", "P": "077 123 4567", "L": '"vip","new"',
         "O": "Mia@desk.example", "Since": "30.11.2020", "X": "=HYPERLINK(1)"},
        {"G": "given_name", "F": "family_name", "T": "email_type", "M": "email", "P": "phone", "L": "tags", "O": "owner",
         "Since": "attributes.since", "X": "note"},
        region="LK",
    )  # fmt: skip

    assert found.name == "Ann Lee"
    assert found.ways == [
        ("email", "A@b.example", "a@b.example", "work"),
        ("email", "c@d.example", "c@d.example", "work"),
        ("phone", "077 123 4567", "+94771234567", ""),
    ]
    assert (found.tags, found.owner_id, found.attributes, found.note) == (["vip", "new"], 7, {"since": "2020-11-30"}, "=HYPERLINK(1)")


def test_days_with_their_kind_beside_them_are_a_birthday_an_anniversary_or_another_day() -> None:
    columns = [f"Event {n} - {what}" for n in range(1, 6) for what in ("Label", "Value")]
    cells = ["Anniversary", "2011-06-04", "* Graduation", "--05-06", "", "1999-01-02", "Geburtstag", "1980-03-04", "Birthday", "1980-03-05"]

    means = guess([*columns, "Event", "Date"], attributes={})
    found = read({"Name": "Ann"} | dict(zip(columns, cells, strict=True)), {"Name": "name", **means})

    assert (means["Event"], means["Date"]) == ("", "")
    assert found.dates == [
        ("anniversary", 6, 4, 2011, ""), ("other", 5, 6, None, "Graduation"), ("other", 1, 2, 1999, "Event 3"), ("birthday", 3, 4, 1980, "")
    ]  # fmt: skip


def test_the_family_stands_first_where_names_are_written_so() -> None:
    mapping = {"First": "given_name", "Last": "family_name"}
    named = [read({"First": first, "Last": last}, mapping).name for first, last in (("太郎", "山田"), ("지우", "김"), ("太郎", "Yamada"))]
    assert named == ["山田 太郎", "김 지우", "太郎 Yamada"]


def test_what_programs_write_for_nothing_is_nothing_but_in_a_name() -> None:
    row = {"N": "Null", "F": '=""', "P": "NULL", "B": "0/0/00", "M": "#N/A", "L": "N/A"}
    found = read(row, {"N": "name", "F": "family_name", "P": "phone", "B": "birthday", "M": "email", "L": "loyalty_number"})
    assert (found.name, found.ways, found.dates, found.loyalty_number) == ("Null", [], [], None)


def test_what_is_nothing_to_other_programs_is_a_word_in_our_own_export() -> None:
    row = {"name": "Ann", "external_id": "7", "do_not_contact": "no", "concerns": "NULL"}
    assert read(row, {name: name for name in row}).concerns == "NULL"


def test_an_address_in_parts_is_one_address_and_a_country_alone_is_none() -> None:
    names = ("City", "Street Address", "Postal Code", "MAILINGSTREET", "MailingCity", "Other Country", "Business Country/Region", "Name")
    means = guess(names, attributes={})
    assert means["Other Country"] == means["Business Country/Region"] == ""

    full = read(dict(zip(names, ("Kandy", "1 Temple Rd", "20000", "PO 5\nTown Hall", "Galle", "x", "y", "A"), strict=True)), means)
    bare = read(dict(zip(names, ("Kandy", "", "", "", "", "x", "y", "A"), strict=True)), means)

    assert [(value, label) for _kind, value, _normal, label in full.ways] == [
        ("1 Temple Rd, Kandy, 20000", ""),
        ("PO 5\nTown Hall, Galle", "mailing"),
    ]
    assert bare.ways == []


def test_a_field_of_ours_that_is_called_like_a_part_of_an_address_stays_ours() -> None:
    assert guess(("Street", "City"), attributes={"city": "City"}) == {"Street": "address", "City": "attributes.city"}


def test_who_opted_out_of_one_thing_is_not_contacted_whatever_stands_beside_it() -> None:
    for phone, email in (("1", "0"), ("0", "1")):
        assert read(
            {"Do Not Call": phone, "Email Opt Out": email, "N": "A"}, guess(("Do Not Call", "Email Opt Out"), attributes={}) | {"N": "name"}
        ).do_not_contact


def test_what_outlook_writes_in_place_of_an_address_costs_nobody_their_row() -> None:
    found = read(
        {"N": "Ann", "M": "/o=ExchangeLabs/cn=Recipients/cn=ann", "P": "tel:+94771234567"}, {"N": "name", "M": "email", "P": "phone"}
    )
    assert found.ways == [("phone", "+94771234567", "+94771234567", "")]


def test_somebody_without_a_name_is_called_by_their_address_their_company_or_their_number() -> None:
    means = {"M": "email", "O": "organisation", "P": "phone", "R": "external_id"}
    rows = [
        ("a@b.example", "Shop", "+94771234567", "7"),
        ("", "Shop", "+94771234567", "7"),
        ("", "", "+94771234567", "7"),
        ("", "", "", "7"),
    ]
    names = [first_name_of(read(dict(zip(means, row, strict=True)), means)) for row in rows]
    assert names == ["a@b.example", "Shop", "+94771234567", "#7"]


def test_a_name_in_three_parts_is_whole() -> None:
    means = guess(("Last Name", "First Name", "Middle Name"), attributes={})
    assert read(dict(zip(means, ("Lee", "Ann", "Mae"), strict=True)), means).name == "Ann Mae Lee"


@pytest.mark.parametrize(
    ("row", "mapping", "why"),
    [
        ({"M": "nobody"}, {"M": "email"}, "M: "),
        ({"N": "x" * 201}, {"N": "name"}, "N: "),
        ({"O": "gone@desk.example"}, {"O": "owner"}, "no colleague"),
        ({"Z": "Nowhere/Atall", "N": "A"}, {"Z": "zone", "N": "name"}, "Z: "),
        ({"N": ""}, {"N": "name"}, "who this is"),
        ({"N": "A", "Month": "Mar-90"}, {"N": "name", "Month": "birthday"}, "the day is missing"),
        ({"N": "A", "B": "2190-02-03"}, {"N": "name", "B": "birthday"}, "The year must lie between"),
        ({"N": "A", "D": "perhaps"}, {"N": "name", "D": "do_not_contact"}, "yes or no"),
    ],
)
def test_a_row_that_cannot_be_kept_is_refused_by_its_column(row: Mapping[str, str], mapping: Mapping[str, str], why: str) -> None:
    with pytest.raises(Refused, match=why):
        read(row, mapping)


def test_a_mapping_comes_back_from_its_kept_form_and_fits_another_file() -> None:
    columns = [Column(name="Name"), Column(name="Mail"), Column(name="Birthday", orders=("dmy", "mdy"))]
    mapping = ImportMapping(columns={"Name": "name", "Mail": "email", "Gone": "role"}, match=MatchBy.EMAIL, dates={"Birthday": Order.MDY})

    assert from_json(mapping.as_json()) == mapping
    assert fitted(mapping, columns, []).columns == {"Name": "name", "Mail": "email", "Birthday": "birthday"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": {}},
        {"columns": {"A": "name", "B": "name"}},
        {"columns": {"A": "attributes.none"}},
        {"columns": {"A": "external_id"}, "system": ""},
        {"columns": {"A": "name"}, "region": "XX"},
    ],
)
def test_a_mapping_that_cannot_work_is_refused(wrong: Mapping[str, object]) -> None:
    with pytest.raises(Refused):
        check(from_json(wrong), [Column(name="A"), Column(name="B")], [])


def test_two_orders_that_fit_are_a_question() -> None:
    columns = [Column(name="Name"), Column(name="Birthday", orders=("dmy", "mdy"))]
    with pytest.raises(Refused, match="several orders"):
        check(guessed(columns, []), columns, [])
