"""What a cell means, however a spreadsheet, a database or a language writes it."""

import pytest

from amends.core.errors import Refused
from amends.inbox.rules.contact import WayKind, normal
from amends.inbox.rules.import_cells import amount_in, language_codes, plain_number, truth, without_formula, zone_name
from amends.inbox.rules.import_dates import Order, is_none, possible, read_day, settled


@pytest.mark.parametrize(
    "text",
    [
        "4-Mar-90", "04-MAR-1990", "1990-Mar-04", "4.Mar.1990", "4th March 1990", "Mar 4th, 1990", "Sunday, March 4, 1990",
        "domingo, 4 de marzo del 1990", "Sun Mar 04 1990 00:00:00 GMT+0000", "4-Mar-90 12:00 AM", "4 மார்ச் 1990", "௪ மார்ச் ௧௯௯௦",
        "mar 4 mar 1990", "1990年3月4日", "1990 年 3 月 4 日 12:30", "1990년 3월 4일",
    ],
)  # fmt: skip
def test_a_day_whose_month_is_a_word_is_the_same_in_every_order(text: str) -> None:
    assert {read_day(text, order, year_now=2026) for order in Order} == {(3, 4, 1990)}


@pytest.mark.parametrize("text", ["Mar-90", "May Mar 5", "hello 5", "5th Avenue", "31-Feb-90", "Mar041990"])
def test_words_with_numbers_are_not_days_for_that(text: str) -> None:
    with pytest.raises(Refused):
        read_day(text, Order.DMY, year_now=2026)


@pytest.mark.parametrize("text", ["Mar-90", "March 1990", "மார்ச் 1990", "03/1990", "1990-03"])
def test_a_month_without_a_day_is_its_first_where_the_whole_column_is_written_so(text: str) -> None:
    assert possible(text) == {Order.MY}
    assert read_day(text, Order.MY, year_now=2026) == (3, 1, 1990)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [("Mar 12", Order.YMD, (3, 12, None)), ("Mar-12", Order.MY, (3, 1, 2012)), ("5. März", Order.YMD, (3, 5, None))],
)
def test_a_month_and_a_number_are_a_day_of_it_unless_the_column_has_years(
    text: str, order: Order, day: tuple[int, int, int | None]
) -> None:
    assert settled(possible(text)) is Order.YMD
    assert read_day(text, order, year_now=2026) == day


def test_a_day_may_end_in_a_point_as_koreans_and_hungarians_write_it() -> None:
    assert read_day("1990. 3. 4.", Order.YMD, year_now=2026) == (3, 4, 1990)


@pytest.mark.parametrize(
    ("text", "none"), [("0/0/00", True), ("0000-00-00 00:00:00", True), ("00.00.0000", True), ("0", False), ("01/02/00", False)]
)
def test_a_day_of_zeros_is_how_programs_write_none(text: str, none: bool) -> None:
    assert is_none(text) is none


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12,5", "12.5"), ("1.234,56", "1234.56"), ("1.234.567", "1234567"), ("1,234.5", "1234.5"), ("1,234,567", "1234567"),
        ("1 234", "1234"), ("1\u202f234,5", "1234.5"), ("1'234'567.5", "1234567.5"), ("-12,5", "-12.5"), ("1.234", "1.234"),
        ("1,234", "1,234"), ("12", "12"), ("1 23", "1 23"),
        ("€ 12", "12"), ("12,50 €", "12.50"), ("-US$5", "-5"), ("Rs. 1,200.50", "1200.50"), ("රු. 500", "500"), ("LKR 500", "500"),
        ("CHF 1'234.50", "1234.50"), ("€ 1,234", "€ 1,234"), ("12 kg", "12 kg"), ("€ 12 €", "€ 12 €"), ("12%", "12%"), ("xy$5", "xy$5"),
    ],
)  # fmt: skip
def test_a_number_is_read_with_a_comma_or_a_point_where_only_one_of_them_can_be_meant(text: str, number: str) -> None:
    assert plain_number(text) == number


@pytest.mark.parametrize(
    ("text", "codes"),
    [("German", "de"), ("English (United States)", "en"), ("தமிழ்; Sinhala", "ta;si"), ("español", "es"), ("en_US", "en_US"), ("ga", "ga")],
)
def test_a_language_is_known_by_its_code_and_by_its_name_in_any_language_we_know(text: str, codes: str) -> None:
    assert language_codes(text) == codes


def test_yes_and_no_are_understood_as_excel_writes_them_in_german_spanish_and_french() -> None:
    assert [truth(word) for word in ("WAHR", "VERDADERO", "Sí", "vrai", "FALSCH", "falso", "Faux")] == [True] * 4 + [False] * 3


@pytest.mark.parametrize("text", ["€ 12", "12 EUR", "12,00 €", "12"])
def test_an_amount_is_a_number_where_it_is_in_the_currency_of_its_column_or_in_none(text: str) -> None:
    assert float(amount_in(text, "EUR")) == 12


def test_an_amount_in_another_currency_than_its_column_is_refused() -> None:
    with pytest.raises(Refused, match=r"“\$ 13” is not in EUR"):
        amount_in("$ 13", "EUR")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("europe_slash_paris", "Europe/Paris"), ("us_slash_eastern", "US/Eastern"), ("america/new york", "America/New_York"),
        ("Asia/Colombo", "Asia/Colombo"), ("Nowhere", "Nowhere"),
    ],
)  # fmt: skip
def test_a_time_zone_is_known_as_hubspot_and_people_write_it(text: str, zone: str) -> None:
    assert zone_name(text) == zone


def test_a_formula_that_only_keeps_zeros_is_its_text_and_any_other_stays() -> None:
    given = ('="00123"', '="a ""b"""', '=HYPERLINK("x","y")', '="a"&"b"')
    assert [without_formula(text) for text in given] == ["00123", 'a "b"', '=HYPERLINK("x","y")', '="a"&"b"']


@pytest.mark.parametrize("text", ["+1 (555) 010-0100 x12", "+1 555 010 0100 ext. 12", "tel:+1-555-010-0100;ext=12", "+15550100100 #12"])
def test_an_extension_is_part_of_a_number_so_that_a_switchboard_is_not_one_person(text: str) -> None:
    assert normal(WayKind.PHONE, text) == "+15550100100;ext=12"
