"""The command bar's server side: what it finds, for whom, and what it bears."""

import pytest

from amends.api.looks import looks_of
from tests.door import Door


def found(door: Door, text: str) -> str:
    answer = door.visitor(door.who.ada).get("/find", params={"q": text})
    assert answer.status_code == 200
    return answer.text


def test_a_case_is_found_by_its_number_with_or_without_the_sign(shared_door: Door) -> None:
    for text in (f"#{shared_door.who.plain}", str(shared_door.who.plain)):
        assert f'data-case="{shared_door.who.plain}"' in found(shared_door, text)


def test_a_case_is_found_by_words_and_a_customer_by_name_or_handle(shared_door: Door) -> None:
    assert f'data-case="{shared_door.who.plain}"' in found(shared_door, "refund")
    for text in ("customer 0", "CUSTOMER 0", "seeded_0", "@seeded_0"):
        assert 'aria-label="Customers"' in found(shared_door, text)


@pytest.mark.parametrize("text", ["", " ", "%", "\\", "_", "'", "\x00", "zzzzqqq", "9" * 30, "#", "<b>"])
def test_odd_words_find_nothing_and_break_nothing(shared_door: Door, text: str) -> None:
    assert "<b>" not in found(shared_door, text)


def test_words_of_customers_are_shown_as_text(shared_door: Door) -> None:
    assert "<script" not in found(shared_door, "alert(")


def test_words_beyond_measure_are_refused(shared_door: Door) -> None:
    assert shared_door.visitor(shared_door.who.ada).get("/find", params={"q": "x" * 201}).status_code == 422


def test_every_screen_of_who_is_signed_in_has_the_keys_and_the_command_bar(shared_door: Door) -> None:
    for path in ("/inbox", "/alarms", "/settings/tokens"):
        text = shared_door.visitor(shared_door.who.ada).get(path).text
        assert 'id="help"' in text
        assert 'id="command"' in text
    assert 'id="command"' not in shared_door.stranger().get("/login").text


@pytest.mark.parametrize(
    ("theme", "drawn", "contrast"),
    [
        ("", "", "(prefers-contrast: more)"),
        ("dark", ' data-theme="dark"', "not all"),
        ("contrast-light", ' data-theme="contrast-light"', "all"),
        ('"><script>', "", "(prefers-contrast: more)"),
    ],
)
def test_the_theme_is_drawn_by_the_server(shared_door: Door, theme: str, drawn: str, contrast: str) -> None:
    client = shared_door.visitor(shared_door.who.ada)
    client.cookies.update({"amends_theme": theme})
    text = client.get("/inbox").text
    assert f'<html lang="en"{drawn} data-density="comfortable">' in text
    assert f'id="contrast" media="{contrast}"' in text


def test_what_a_cookie_says_wrongly_is_as_it_comes() -> None:
    looks = looks_of({"amends_theme": "pink", "amends_density": "airy", "amends_keys": "maybe"})
    assert (looks.theme, looks.density, looks.plain_keys) == ("", "comfortable", True)
