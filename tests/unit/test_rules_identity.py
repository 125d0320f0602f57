"""By what a handle and a name are found again elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.inbox.rules.identity import keys_of, normal, order_key, stem
from amends.inbox.rules.name_keys import is_initial_of, key, likeness, parts
from amends.inbox.rules.romanising import romanised


@pytest.mark.parametrize(
    ("own", "latin"),
    [
        ("නිමල් පෙරේරා", "Nimal Perera"),
        ("චාමින්ද සිල්වා", "Chaminda Silva"),
        ("ලක්ෂ්මී විජේසිංහ", "Lakshmi Wijesinghe"),
        ("ரவி குமார்", "Ravi Kumar"),
        ("செல்வி முருகன்", "Selvi Murugan"),
        ("ಸುನಿತಾ ಗೌಡ", "Sunitha Gowda"),
        ("ಮಂಜುನಾಥ ಹೆಗ್ಡೆ", "Manjunath Hegde"),
        ("ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "Gurpreet Singh"),
        ("ਹਰਜੀਤ ਕੌਰ", "Harjeet Kaur"),
        ("አበበ ታደሰ", "Abebe Tadesse"),
        ("ሰላማዊት ገብረ", "Selamawit Gebre"),
        ("राजेश शर्मा", "Rajesh Sharma"),
        ("José Martínez", "jose martinez"),
        ("سليم كمال", "Salim Kamal"),
    ],
)
def test_a_name_sounds_alike_in_its_own_script_and_in_latin_letters_in_any_order(own: str, latin: str) -> None:
    assert key(own) == key(latin) == key(" ".join(reversed(latin.split()))) != ""


@pytest.mark.parametrize(("one", "other"), [("Nimal Perera", "Kamal Perera"), ("Ravi Kumar", "Ravi Raman"), ("አበበ", "ከበደ")])
def test_other_names_sound_otherwise(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("text", "letters"),
    [("නිමල්", "nimal"), ("முருகன்", "murukan"), ("ಗೌಡ", "gauda"), ("ਸਿੰਘ", "singha"), ("ታደሰ", "tadese"), ("राजेश", "rajesha"), ("Łódź", "lodz")],
)
def test_every_script_is_read_letter_by_letter(text: str, letters: str) -> None:
    assert romanised(text) == letters


def test_an_initial_stands_for_a_name_and_a_typo_costs_little() -> None:
    assert is_initial_of(parts("N. Perera"), parts("නිමල් පෙරේරා"))
    assert not is_initial_of(parts("K. Perera"), parts("Nimal Perera"))
    assert not is_initial_of(parts("Kamal Perera"), parts("Nimal Perera"))
    assert likeness("fernando", "fernado") > 0.7 > likeness("fernando", "perera")


def test_a_title_is_no_part_of_a_name() -> None:
    assert key("Dr. Nimal Perera") == key("Nimal Perera")


@pytest.mark.parametrize("handle", ["cy_travels", "u/CyTravels", "@cy.travels", "CY-TRAVELS"])
def test_a_handle_is_one_however_it_is_spelled(handle: str) -> None:
    assert normal(handle) == "cytravels"


def test_keys_leave_out_what_is_shared_by_chance() -> None:
    assert keys_of("cy_1987", ["Cy"]) == ["h:cy1987", "n:s"]
    assert keys_of("abc", [""]) == []
    assert keys_of("bluetiger77", []) == ["h:bluetiger77", "s:bluetiger"]
    assert stem("blue_tiger_77") == "bluetiger"


def test_an_order_number_is_one_however_it_is_written() -> None:
    assert {order_key(number) for number in ("ab-10 017", "AB\u201310017", "ab १००१७")} == {"AB10017"}


@given(st.text(max_size=60))
def test_any_text_has_keys_or_none_and_breaks_nothing(text: str) -> None:
    assert all(len(one) <= 120 for one in keys_of(text, [text]))
