"""The pure rules of accounts: passwords that are guessed first, codes of an app, and what a device is called."""

from datetime import UTC, datetime

import pytest

from amends.core.secrets import set_up_code
from amends.inbox.rules.devices import device_words
from amends.inbox.rules.passwords import fault
from amends.inbox.rules.second_factor import bare, recovery_code, step_of


@pytest.mark.parametrize(
    "password",
    [
        "Ada.Perera@amends.example",
        "ada.perera2024!",
        "AdaPerera!!",
        "perera1234567",
        "Password123!",
        "p4ssw0rd2024",
        "iloveyou1234",
        "aaaaaaaaaaaa",
        "1234567890",
        "9876543210",
        "qwertyuiop",
        "abcdefghijkl",
        "Welcome2024!",
        "121212121212",
        "short",
        "x" * 1025,
    ],
)
def test_what_is_guessed_first_is_no_password(password: str) -> None:
    assert fault(password, email="ada.perera@amends.example", name="Ada Perera")


@pytest.mark.parametrize(
    "password", ["a good password", "amends-demo", "correct horse battery staple", "எனது இரகசிய சொல்", "ada likes tortoises", "x7#kQ!9vLm"]
)
def test_what_only_one_person_would_think_of_is_one(password: str) -> None:
    assert fault(password, email="ada@amends.example", name="Ada Perera") == ""


def test_the_codes_of_an_app_are_those_of_the_standard() -> None:
    """The test vector of RFC 6238 (its secret `12345678901234567890` in Base32, six figures)."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    moment = datetime.fromtimestamp(59, tz=UTC)
    assert step_of(secret, "287082", moment) == 1
    assert step_of(secret, "287083", moment) is None
    assert step_of(secret, "٢٨٧٠٨٢", moment) is None


def test_recovery_codes_are_long_and_read_as_people_type_them() -> None:
    codes = {recovery_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(bare(code)) == 16 for code in codes)
    assert bare(" ABCD-efgh ijkl-2345 ") == "abcdefghijkl2345"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605 Version/18.5 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140 Safari/537 Edg/140.0", "Edge · Windows"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_a_device_is_called_as_its_owner_would_call_it(agent: str, words: str) -> None:
    assert device_words(agent) == words


def test_the_set_up_code_is_of_this_installation_and_easily_typed() -> None:
    assert set_up_code("one key of sixteen") != set_up_code("another of sixteen")
    assert set_up_code("one key of sixteen").replace("-", "").isalpha()
