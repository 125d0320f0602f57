"""How the fields of a customer must look: hostile names, impossible dates, unknown languages and zones, attributes by kind."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.api import record_words
from amends.core.errors import Refused
from amends.inbox.rules import organisations
from amends.inbox.rules.contact import WayKind, normal, normal_email
from amends.inbox.rules.customer_files import file_name, fitting, media_type
from amends.inbox.rules.customer_record import Attribute, Kind, check_month_and_day, checked, checked_attribute
from tests.pictures import GIF, JPEG, PNG

CLASS = Attribute(key="cabin", name="Cabin", kind=Kind.CHOICE, choices=("Economy", "Business"))


def _of(kind: Kind, value: object) -> object:
    return checked_attribute(Attribute(key="a", name="A", kind=kind), value)


@pytest.mark.parametrize("name", ["කමල් පෙරේරා", "தமிழ்ச்செல்வி", "አበበ በቂላ", "ਗੁਰਪ੍ਰੀਤ", "ಕಾವ್ಯ", "José Ñandú", "李雷", "👩‍🚀", "X Æ A-12"])
def test_a_name_may_be_in_any_script(name: str) -> None:
    assert checked("name", f"  {name} ", []) == name


@pytest.mark.parametrize(
    "name", ["", "   ", "\u202e\u2066", "\0\x01", "\u200b\u200d", "\u3164", "\u115f\u1160", "\u2800", "x" * 201, None, 7, ["Cy"]]
)
def test_a_name_that_nobody_can_see_or_bear_is_refused(name: object) -> None:
    with pytest.raises(Refused):
        checked("name", name, [])


def test_a_name_loses_what_turns_around_breaks_or_hides_it() -> None:
    assert checked("name", "Cy\u202eevil\n\n\tFernando\0\ud800", []) == "Cyevil Fernando�"


@settings(max_examples=60)
@given(st.text(max_size=60), st.sampled_from(["name", "pronoun", "zone", "languages", "tags", "concerns", "loyalty_number"]))
def test_whatever_is_entered_is_kept_the_same_twice_or_refused(text: str, field: str) -> None:
    try:
        once = checked(field, text, [])
    except Refused:
        return
    assert checked(field, once, []) == once


def test_what_cannot_be_seen_is_nothing() -> None:
    assert checked("tags", ["\u200b", "vip", "\u3164"], []) == ["vip"]


def test_tags_are_cut_where_a_file_cuts_them_so_that_each_comes_back_as_it_went() -> None:
    assert checked("tags", ["x;y", "a, b"], []) == checked("tags", "x;y,a;b", []) == ["x", "y", "a", "b"]
    assert checked("concerns", "\u2800\n\u200d", []) == ""
    assert checked("concerns", "👩‍✈️", []) == "👩‍✈️"


@pytest.mark.parametrize("given", ["9007199254740993", 12345678901234567890, "1.123456789012345678"])
def test_a_number_is_kept_as_it_is_or_refused(given: object) -> None:
    with pytest.raises(Refused, match="more digits"):
        _of(Kind.NUMBER, given)


def test_a_day_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(Refused):
        check_month_and_day(10**20, 1, None)


@pytest.mark.parametrize("address", ["a@xn--bcher-kva.example", "a@bücher.example", "A@BÜCHER.example"])
def test_an_address_is_the_same_whether_its_domain_is_written_in_letters_or_for_machines(address: str) -> None:
    assert normal_email(address) == "a@bücher.example"


@pytest.mark.parametrize("address", ["கவிதா@உதாரணம்.இந்தியா", "प्रिया@उदाहरण.भारत", "nimal@නිමල්.ලංකා", "harpreet@ਉਦਾਹਰਣ.ਭਾਰਤ"])
def test_an_address_may_be_in_a_script_whose_vowels_are_signs(address: str) -> None:
    assert normal_email(f" {address} ") == address
    assert organisations.domain(address) == address.partition("@")[2]


@pytest.mark.parametrize("hostile", ["\u202eUnion", "Union\u2066", "Uni\x07on"])
def test_the_name_and_role_in_an_organisation_turn_nothing_around(hostile: str) -> None:
    assert organisations.named(hostile) == organisations.role(hostile) == organisations.note(hostile) == "Union"


def test_an_organisation_whose_name_nobody_can_see_is_refused() -> None:
    with pytest.raises(Refused, match="Give the organisation a name"):
        organisations.named("\u3164\u200b")


def test_a_date_reads_as_people_write_it_and_what_is_masked_stays_so() -> None:
    since = Attribute(key="since", name="Since", kind=Kind.DATE)
    assert record_words.value(since.field, "2024-02-29", {}, since) == "29 Feb 2024"
    assert record_words.value(since.field, "•••", {}, since) == "•••"
    assert record_words.date_line("birthday", "", 2, 29, None) == "Birthday: 29 Feb"


def test_languages_and_zones_are_those_that_there_are() -> None:
    assert checked("languages", "ta, EN_us,ta,iw", []) == ["ta", "en", "he"]
    assert checked("zone", "Asia/Colombo", []) == "Asia/Colombo"
    for field, wrong in (("languages", "english"), ("languages", "xx"), ("zone", "Mars/Base"), ("zone", "../../etc/passwd")):
        with pytest.raises(Refused):
            checked(field, wrong, [])


def test_a_field_that_nobody_defined_is_refused() -> None:
    assert checked("attributes.cabin", "business", [CLASS]) == "Business"
    for field in ("attributes.shoe", "id", "merged_into", "version", "erased_at"):
        with pytest.raises(Refused):
            checked(field, "1", [CLASS])


def test_an_attribute_takes_values_of_its_kind() -> None:
    assert _of(Kind.NUMBER, "12.50") == 12.5
    assert _of(Kind.NUMBER, 3.0) == 3
    assert _of(Kind.DATE, "2024-02-29") == "2024-02-29"
    assert _of(Kind.YES_NO, "Yes") is True
    assert _of(Kind.LINK, "https://shop.example/o/1") == "https://shop.example/o/1"
    assert _of(Kind.TEXT, "") is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.NUMBER, "nan"),
        (Kind.NUMBER, "1e999"),
        (Kind.NUMBER, "1_0"),
        (Kind.NUMBER, True),
        (Kind.DATE, "2023-02-29"),
        (Kind.DATE, "31.12.2024"),
        (Kind.DATE, "0001-01-01"),
        (Kind.YES_NO, "perhaps"),
        (Kind.YES_NO, 3),
        (Kind.LINK, "javascript:alert(1)"),
        (Kind.LINK, "https://[::1"),
        (Kind.TEXT, {"a": 1}),
    ],
)
def test_an_attribute_refuses_what_is_not_of_its_kind(kind: Kind, value: object) -> None:
    with pytest.raises(Refused, match="A:"):
        _of(kind, value)


def test_a_day_must_be_in_the_calendar() -> None:
    check_month_and_day(2, 29, None)
    check_month_and_day(2, 29, 2024)
    for month, day, year in ((2, 29, 2023), (2, 30, None), (13, 1, None), (1, 0, None), (1, 1, 1700)):
        with pytest.raises(Refused):
            check_month_and_day(month, day, year)


def test_one_address_is_one_address_however_it_is_written() -> None:
    assert normal(WayKind.EMAIL, "Cy Fernando <Cy.F@Example.COM>") == "cy.f@example.com"
    assert normal(WayKind.PHONE, "+94 (0)11 234-5678") == normal(WayKind.PHONE, "0094 11 2345678") == "+94112345678"
    assert normal(WayKind.PHONE, "٠٧٧ ١٢٣ ٤٥٦٧") == "0771234567"
    assert (normal(WayKind.PHONE, "(080) 1234567"), normal(WayKind.PHONE, "(+94) (0)11 2345678")) == ("0801234567", "+94112345678")
    for kind, wrong in ((WayKind.EMAIL, "cy@"), (WayKind.EMAIL, "a..b@c.de"), (WayKind.PHONE, "call me"), (WayKind.PHONE, "12")):
        with pytest.raises(Refused):
            normal(kind, wrong)


@pytest.mark.parametrize(
    ("given", "content", "kept"),
    [
        ("a.html", b"%PDF-<script>", "a.html.pdf"),
        ("bill.pdf.exe", b"%PDF-1.7", "bill.pdf.exe.pdf"),
        ("run.hta", GIF, "run.hta.gif"),
        ("scan", JPEG, "scan.jpg"),
        ("scan.JPEG", JPEG, "scan.JPEG"),
        ("a.csv", b"one;two", "a.csv"),
    ],
)
def test_a_file_is_called_as_what_it_is(given: str, content: bytes, kept: str) -> None:
    assert fitting(given, media_type(given, content)) == kept


def test_a_file_is_what_its_content_says() -> None:
    assert media_type("a.pdf", b"%PDF-1.7 ...") == "application/pdf"
    assert media_type("a.csv", "name;town\nකමල්;Galle".encode()) == "text/csv"
    assert media_type("a.txt", b"Mzamo called twice.") == "text/plain", "a name, and no program of Windows"
    assert file_name("..\\..\\etc\\pass\u202ewd.txt") == "passwd.txt"
    for name, content in (
        ("a.html", b"<html>"),
        ("a.txt", b"  <ScRipt>alert(1)</script>"),
        ("a.txt", b"MZ\x90"),
        ("a.svg", b"<svg/>"),
        ("a.pdf", b""),
        ("a.png", b"not a picture"),
        ("run.docx.exe", b"PK\x03\x04"),
        ("a.txt", "\ufeff\u200b <html>".encode()),
        ("a.gif", b"GIF89a" + b"\xff" * 4),
    ):
        with pytest.raises(Refused):
            media_type(name, content)


def test_a_picture_of_too_many_pixels_is_told_as_such_and_not_as_a_file_of_a_wrong_kind() -> None:
    with pytest.raises(Refused, match="50 million pixels"):
        media_type("a.png", PNG[:16] + (16_000).to_bytes(4) * 2 + PNG[24:])
