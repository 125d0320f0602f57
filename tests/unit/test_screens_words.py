"""The words of the screens: times, numbers, names and links as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.api import notice_words, words
from amends.api.pages._incident_view import rate_of
from amends.cli.translating.texts import template
from amends.core.translating import gettext, speaking
from amends.inbox.rules import snoozing
from amends.inbox.rules.query_help import Suggestion, place_of, suggestions
from amends.inbox.rules.snoozing import Reason, Sleep
from amends.inbox.store.notification_list import Told
from amends.triage.shipped_examples import NAMES

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (3660, "1 h 1 min"),
        (86400, "1 d"),
        (90000, "1 d 1 h"),
        (8 * 86400 + 7200, "8 d"),
        (1234 * 86400, "1,234 d"),
    ],
)
def test_a_span_is_told_in_at_most_two_units(seconds: int, told: str) -> None:
    assert words.span(timedelta(seconds=seconds)) == told


def test_moments_are_told_from_where_one_stands() -> None:
    assert words.ago(NOON - timedelta(seconds=20), NOON) == "just now"
    assert words.ago(NOON - timedelta(minutes=5), NOON) == "5 min ago"
    assert words.ago(NOON + timedelta(days=7), NOON) == "in 7 d"
    assert (words.until(NOON, NOON), words.until(NOON + timedelta(minutes=2), NOON)) == ("now", "in 2 min")


def test_a_renewal_is_told_with_its_day_as_the_language_writes_it() -> None:
    facts = {"name": "Club", "members": 12_345, "renews_on": "2026-12-05", "organisation_id": 1}
    told = Told(**dict.fromkeys(Told.__dataclass_fields__) | {"kind": "renewal", "facts": facts})  # pyright: ignore[reportArgumentType]
    assert notice_words.says(told) == "12,345 memberships of “Club” renew on 5 Dec 2026"


def test_a_count_that_stopped_says_so() -> None:
    assert (words.at_least(1000, is_cut=True), words.at_least(999, is_cut=False)) == ("1,000+", "999")


@pytest.mark.parametrize(("number", "told"), [(940, "940"), (9_999, "9,999"), (12_400, "12.4K"), (999_960, "1M"), (3_100_000, "3.1M")])
def test_a_number_fits_a_chip(number: int, told: str) -> None:
    assert words.count(number) == told


@pytest.mark.parametrize(
    ("name", "told"),
    [("Cy Perera", "CP"), ("u_name", "UN"), ("மலர்விழி", "ம"), ("", "?"), ("---", "-"), ("Anouk de Wit", "AW"), ("😀", "😀")],
)
def test_a_person_has_one_or_two_letters_in_any_script(name: str, told: str) -> None:
    assert words.initials(name) == told


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "", None, "//evil.example", "ftp://x"])
def test_a_link_of_a_network_that_leads_elsewhere_than_the_web_leads_nowhere(address: str | None) -> None:
    assert words.safe_url(address) == "#"


def test_a_link_to_the_web_is_kept() -> None:
    assert words.safe_url("HTTPS://x.example/1") == "HTTPS://x.example/1"


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (111, "111th")],
)
def test_an_ordinal_ends_as_it_is_said(number: int, told: str) -> None:
    assert words.ordinal(number) == told


@pytest.mark.parametrize(
    ("handle", "network", "told"),
    [
        ("cy", "x", "@cy"),
        ("@cy", "x", "@cy"),
        ("cy", "reddit", "u/cy"),
        ("u/cy", "reddit", "u/cy"),
        ("r/northpier", "reddit", "r/northpier"),
        ("[deleted]", "reddit", "[deleted]"),
        ("cy@northpier.example", "mail", "cy@northpier.example"),
        ("Ferry blogs", "rss", "Ferry blogs"),
        ("visitor", "form", "visitor"),
        ("Cy Farah", "telegram", "Cy Farah"),
        ("cy_f", "telegram", "@cy_f"),
        ("cy", "a network that there is only a file of", "@cy"),
    ],
)
def test_handles_are_written_as_on_their_network(handle: str, network: str, told: str) -> None:
    assert words.handle(handle, network) == told


@pytest.mark.parametrize(
    ("name", "told"), [("consumer_key", "Consumer key"), ("api_key", "API key"), ("smtp_user", "SMTP user"), ("key_id", "Key ID")]
)
def test_the_name_of_a_field_becomes_a_label(name: str, told: str) -> None:
    assert words.label(name) == told


def test_an_unknown_language_or_network_is_told_by_its_code() -> None:
    assert words.language("xx") == "xx"
    assert words.language("pt-BR") == "Portuguese"
    assert words.network("somewhere") == "Somewhere"


def test_a_name_that_amends_gave_is_told_in_the_readers_language_and_one_of_theirs_as_it_is() -> None:
    names = ("Everything else", "A new topic", "From urgency 70", "From urgency high", "Lost bags")
    assert tuple(map(words.shipped, names)) == names
    with speaking("ta"):
        assert words.shipped("Everything else") == gettext("Everything else") != "Everything else"
        assert words.shipped("Lost bags") == "Lost bags"


def test_a_topic_that_amends_brings_along_is_told_in_the_readers_language_until_somebody_renames_it() -> None:
    asked = {str(one.id) for one in template()}
    assert set(NAMES.values()) <= asked
    with speaking("ta"):
        assert [words.topic(name) for name in NAMES.values()] == [gettext(name) for name in NAMES.values()]
        assert words.topic("Resolved") == "Resolved" != gettext("Resolved")


def test_a_topic_is_suggested_by_its_name_and_by_what_it_is_called_in_the_readers_language() -> None:
    said = {"Refunds": "Reembolsos", "Delivery": "Entrega"}
    for typed in ("topic:ref", "topic:reem"):
        assert suggestions(place_of(typed, len(typed)), said, said=said.__getitem__) == [Suggestion(text="Refunds", means="Reembolsos")]


def test_until_when_a_case_sleeps_and_when_an_incident_was_are_told_with_the_months_of_the_readers_language() -> None:
    slept, week = Sleep(reason=Reason.TIME, until=NOON), timedelta(days=7)
    with speaking("es"):
        assert snoozing.said(slept, "Asia/Colombo") == gettext("Snoozed until %(until)s") % {"until": "lun, 2 mar, 17:30"}
        assert [one.label for one in rate_of([], NOON, NOON + week, timedelta(days=1)).slots][:2] == ["2 mar", "3 mar"]
    assert snoozing.said(slept, "UTC") == "Snoozed until Mon 2 Mar, 12:00"
    assert rate_of([], NOON, NOON + week, timedelta(hours=6)).slots[0].label == "2 Mar, 12:00"
