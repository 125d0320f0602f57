"""Files of people as programs really write them: read as one table, whatever the encoding, the divider and the dialect."""

import gzip
from collections.abc import Mapping
from pathlib import Path

import pytest

from amends.core.errors import Refused
from amends.core.rows.records import Record
from amends.core.rows.table import table_of
from amends.core.rows.vcards import COLUMNS
from amends.inbox.rules.import_fields import is_known


def cells(content: bytes | str, folder: Path, encoding: str = "") -> tuple[tuple[str, ...], list[list[str] | str], Mapping[str, int]]:
    """Return the columns, the cells of each row (or why it is refused), and what was passed over."""
    path = folder / "file"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with table_of(path, is_name=is_known, encoding=encoding) as table:
        rows = [row.cells if isinstance(row, Record) else row.reason for row in table.rows]
        return table.columns, rows, table.notes


EXCEL = "Nombre;Año;Correo\r\nJosé Núñez;1990;j@b.example\r\n"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_what_excel_writes_is_read_in_every_encoding_it_has(encoding: str, tmp_path: Path) -> None:
    columns, rows, _notes = cells(EXCEL.encode(encoding), tmp_path)

    assert (columns, rows) == (("Nombre", "Año", "Correo"), [["José Núñez", "1990", "j@b.example"]])


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_divider_is_seen_from_the_header(mark: str, tmp_path: Path) -> None:
    assert cells(f"Name{mark}E-mail\nA{mark}b\n", tmp_path)[:2] == (("Name", "E-mail"), [["A", "b"]])


def test_the_line_of_excel_that_names_the_divider_is_no_header(tmp_path: Path) -> None:
    assert cells("sep=;\nName;E-mail\nA;b\n", tmp_path)[0] == ("Name", "E-mail")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "above",
    ["Customers{m}{m}{m}\n", "Customers\n", "Our customers, as of 3 May\n\n", "Customers of 2026\n\nExported by{m}Mia\nOn{m}3 May 2026\n"],
    ids=["padded", "a word", "a sentence", "several"],
)
def test_what_stands_above_the_header_is_nobody(above: str, mark: str, tmp_path: Path) -> None:
    row = mark.join(("A", "a@b.example", "", '"C, and\nD; or"'))
    text = above.replace("{m}", mark) + "\n".join((mark.join(("Name", "Mail", "Phone", "City")), row, row, row)) + "\n"
    columns, rows, notes = cells(text.encode("utf-8-sig"), tmp_path)

    assert (columns, rows) == (("Name", "Mail", "Phone", "City"), [["A", "a@b.example", "", "C, and\nD; or"]] * 3)
    assert list(notes) == ["Lines above the header"]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("email\na@b.example\nc@d.example, e@f.example, g@h.example\nh@i.example\n", ("email",)),
        ("email\na@b.example\nb@c.example\nc@d.example\nd@e.example,1,2\ne@f.example,1,2\n", ("email",)),
        ("name\nPerera, Amara\nSilva, Nimal\n", ("name",)),
        ("Name,Mail\n", ("Name", "Mail")),
        ("Name,Address\nA,Main St\nB,12, High St, Colombo\nC,Low St\nD,Side St\n", ("Name", "Address")),
        ('Name;Mail;Note\nA;a@b.example;"well, you see\nthat is, I mean\nhm, ah\nso, so"\n', ("Name", "Mail", "Note")),
        ("Name;Mail;Note\nA;;well, you see, that is, I mean, hm\nB;b@c.example;so, so, so, so\n", ("Name", "Mail", "Note")),
        ('"Full\nname";Mail;Phone\nA;a@b.example;1\n', ("Full name", "Mail", "Phone")),
        ("Name,Mail,Phone,City\nA,,,\nB,,,\n", ("Name", "Mail", "Phone", "City")),
    ],
)
def test_a_header_of_few_columns_is_no_title(text: str, columns: tuple[str, ...], tmp_path: Path) -> None:
    found, _rows, notes = cells(text, tmp_path)

    assert (found, notes) == (columns, {})


@pytest.mark.parametrize("above", ["", "Our customers\n", "Exported by,Ann\n\n"])
def test_a_header_most_of_whose_columns_have_no_name_is_known_by_the_names_it_has(above: str, tmp_path: Path) -> None:
    text = above + "Name,Email,,,,\n" + "Ann Lee,ann@a.example,1,2,3,4\n" * 3
    columns, rows, notes = cells(text, tmp_path)
    assert columns == ("Name", "Email", "#3", "#4", "#5", "#6")
    assert len(rows) == 3
    assert bool(notes) == bool(above)


def test_headers_that_stand_twice_or_are_empty_are_told_apart(tmp_path: Path) -> None:
    assert cells("Email,Email,,Email\na,b,c,d\n", tmp_path)[0] == ("Email", "Email (2)", "#3", "Email (3)")


def test_quoted_newlines_are_one_row_and_ragged_rows_are_told(tmp_path: Path) -> None:
    rows = cells('Name,Note\n"A","one\ntwo"\nB\nC,d,e\nD,x,,\n', tmp_path)[1]

    assert rows == [["A", "one\ntwo"], ["B", ""], "3 values under 2 columns", ["D", "x"]]


def test_a_broken_row_costs_no_other(tmp_path: Path) -> None:
    rows = cells(b'Name,E\nA\0,b\n"C,d\nE,\xff\n\xc3\xa9\xc3\xa9,f\n', tmp_path)[1]

    assert rows[0] == "a value holds a character that cannot be kept (NUL)"
    assert "quotation mark" in str(rows[1])
    assert "0xFF" in str(rows[2])
    assert rows[3] == ["éé", "f"]


def test_a_broken_row_is_kept_as_it_stands_so_that_it_can_be_mended(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text('Name,E\n"C,d\n')
    with table_of(path, is_name=is_known) as table:
        assert [row.cells for row in table.rows] == [['"C,d']]


def test_names_in_seven_scripts_come_through_whole(tmp_path: Path) -> None:
    names = ["කවිඳි පෙරේරා", "ሰላም ተስፋዬ", "கவிதா", "ಕವಿತಾ", "ਕਵਿਤਾ", "कविता", "José", "王小明", "أمل"]

    assert [row[0] for row in cells("Name\n" + "\n".join(names), tmp_path)[1]] == names


def test_a_row_of_a_megabyte_is_read_and_a_line_of_two_is_refused(tmp_path: Path) -> None:
    rows = cells(f"Name,Note\nA,{'x' * 999_000}\nB,{'y' * 2_100_000}\nC,z\n", tmp_path)[1]

    assert (len(rows[0][1]), isinstance(rows[1], str), rows[2]) == (999_000, True, ["C", "z"])


@pytest.mark.parametrize(
    "content", [b"", b"  \n\n", b"PK\x03\x04\x14\0\0\0", b"%PDF-1.7\n%", b"\x89PNG\r\n\x1a\n", bytes(range(32)) * 9, b"[1]"]
)
def test_what_holds_no_people_is_refused_with_what_to_do(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        cells(content, tmp_path)


def test_a_file_that_unpacks_to_far_more_than_any_list_of_people_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"Name\n" + b"a\n" * 2_000_000))
    with pytest.raises(Refused, match="gigabyte"), table_of(path, is_name=is_known, most=1_000_000) as table:
        assert list(table.rows)


def test_json_lines_have_the_columns_of_all_their_objects(tmp_path: Path) -> None:
    columns, rows, _notes = cells('{"name": "A", "tags": ["x", "y"]}\nnonsense\n{"name": "B", "vip": true, "note": null}\n', tmp_path)

    assert columns == ("name", "tags", "vip", "note")
    assert rows == [["A", "x; y", "", ""], "this is not JSON", ["B", "", "true", ""]]


CARDS = """BEGIN:VCARD
VERSION:3.0
UID:77
N:Perera;Kavindi;;Dr.;
FN:Dr. Kavindi\\, Perera
ORG:Lanka Air;Cargo
TITLE:Pilot
TEL;TYPE=CELL:+94 77 123 4567
TEL;TYPE=WORK,PREF;VALUE=uri:tel:+94112345678
item1.EMAIL;TYPE=INTERNET:k@mail.
 example
ADR;TYPE=HOME:;;12 Galle Road;Colombo;;00300;Sri Lanka
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ
 SkZJRg
BDAY:--1130
CATEGORIES:vip,new\\,er
X-SOCIALPROFILE;TYPE=mastodon:https://social.example/@kavindi
NOTE:first\\nsecond
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:N=FA=F1ez;Jos=E9
EMAIL;WORK:j@b.example
END:VCARD
BEGIN:VCARD
VERSION:4.0
KIND:group
FN:All
END:VCARD
loose
"""


def test_cards_of_every_version_are_rows(tmp_path: Path) -> None:
    columns, rows, notes = cells(CARDS.replace("\n", "\r\n"), tmp_path)
    first = {name: cell for name, cell in zip(columns, rows[0], strict=True) if cell}

    assert columns == COLUMNS
    assert first == {
        "UID": "77",
        "FN": "Dr. Kavindi, Perera",
        "Given name": "Kavindi",
        "Family name": "Perera",
        "Organisation": "Lanka Air",
        "Role": "Pilot",
        "Birthday": "--1130",
        "Categories": "vip; new,er",
        "Note": "first\nsecond",
        "Handles": "https://social.example/@kavindi",
        "E-mail 1": "k@mail.example",
        "Phone 1": "+94112345678",
        "Phone 1 type": "work",
        "Phone 2": "+94 77 123 4567",
        "Phone 2 type": "cell",
        "Address 1": "12 Galle Road, Colombo, 00300, Sri Lanka",
        "Address 1 type": "home",
    }
    second = dict(zip(columns, rows[1], strict=True))
    assert (second["Given name"], second["Family name"], second["E-mail 1 type"]) == ("José", "Núñez", "work")
    assert rows[2:] == ["this card is a group of people, not a person", "this belongs to no card"]
    assert notes == {"PHOTO": 1, "KIND:group": 1}


def card(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VCARD", *lines, "END:VCARD", ""))


def told(content: bytes | str, folder: Path) -> tuple[dict[str, str], Mapping[str, int]]:
    """Return the filled cells of the first card, and what was passed over."""
    columns, rows, notes = cells(content, folder)
    return {name: cell for name, cell in zip(columns, rows[0], strict=True) if cell}, notes


def test_apples_other_days_have_their_labels(tmp_path: Path) -> None:
    first, notes = told(
        card("FN:A", "item1.X-ABDATE;type=pref:2011-06-04", "item1.X-ABLabel:_$!<Anniversary>!$_", "item2.X-ABLabel:Erster\\, Tag",
             "item2.X-ABDATE;X-APPLE-OMIT-YEAR=1604:1604-06-04", "X-ABDATE:2011", "item3.TEL:+94 77 1", "item3.X-ABLabel:Boat"),
        tmp_path,
    )  # fmt: skip
    days = {name: cell for name, cell in first.items() if name.startswith("Other date")}

    assert list(days.values()) == ["2011-06-04", "Anniversary", "--06-04", "Erster, Tag"]
    assert (first["Phone 1"], notes) == ("+94 77 1", {"X-ABDATE": 1})


def test_of_more_ways_than_there_are_columns_none_is_lost_in_silence(tmp_path: Path) -> None:
    lines = [f"{what}:{value}" for n in range(1, 7) for what, value in (("TEL", f"+94 77 {n}"), ("ADR", f";;{n} Galle Road;;;;"))]
    first, notes = told(card("FN:A", *lines), tmp_path)

    assert first["Phone 4"] == "+94 77 4; +94 77 5; +94 77 6"
    assert (first["Address 4"], notes) == ("4 Galle Road", {"ADR": 2})


def test_a_year_that_stands_for_none_is_none(tmp_path: Path) -> None:
    assert told(card("FN:A", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-03-04"), tmp_path)[0]["Birthday"] == "--03-04"


def test_a_character_that_was_cut_where_a_line_is_folded_is_whole(tmp_path: Path) -> None:
    name = "க" * 40
    line = f"FN:{name}".encode()
    assert told(card("FN:A").encode().replace(b"FN:A", line[:74] + b"\r\n " + line[74:]), tmp_path)[0] == {"FN": name}


def test_a_day_in_part_and_a_zone_that_is_no_place_cost_nobody_their_card(tmp_path: Path) -> None:
    first, notes = told(card("FN:A", "BDAY;VALUE=text:circa 1800", "ANNIVERSARY:1985-04", "TZ;VALUE=utc-offset:+0530"), tmp_path)
    assert (first, notes) == ({"FN": "A"}, {"BDAY": 1, "ANNIVERSARY": 1, "TZ": 1})


def test_a_card_says_middle_names_and_extensions_too(tmp_path: Path) -> None:
    first, _notes = told(card("N:López;Ana;María;Dr.;", 'TEL;TYPE="work,voice";VALUE=uri:tel:+1-555-010-0100;ext=12'), tmp_path)
    assert (first["Given name"], first["Phone 1"]) == ("Ana María", "+1-555-010-0100 ext. 12")


REPORT = """"Contact ID","Name"
"1","Ann"
"2"

"Contacts & Accounts"
"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."
"Confidential Information - Do Not Distribute"
"Generated By:  Mia  11/26/2026 5:00 PM"
"Veloria Air"
"""


def test_what_salesforce_writes_below_a_report_is_nobody(tmp_path: Path) -> None:
    assert cells(REPORT.replace('"2"', '"2",'), tmp_path)[1:] == ([["1", "Ann"], ["2", ""]], {"Copyright, Generated By (Salesforce)": 5})


def test_rows_of_one_value_are_people_where_no_such_words_follow(tmp_path: Path) -> None:
    many = [str(n) for n in range(30)]
    assert cells("Number,Name\n" + "\n".join(many), tmp_path)[1:] == ([[one, ""] for one in many], {})
