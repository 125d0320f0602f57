"""Why an alarm of a case rang is told in the reader's language, and in English as it goes to pagers."""

import pytest

from amends.api.alarm_reasons import why_alarmed
from amends.api.notice_words import under
from amends.core.translating import speaking
from amends.inbox.rules import surge_words
from amends.inbox.rules.noticing import Notice
from amends.inbox.rules.surge_words import read, sentence
from amends.inbox.store.notification_list import Told
from tests.cast import NOON


@pytest.mark.parametrize(
    ("stored", "in_spanish"),
    [
        ("Negative, urgency 63: negative, complaint, money lost.", "Negativo, urgencia 63: negativo, queja, dinero perdido."),
        ("Negative, 12,400 followers.", "Negativo, 12.400 seguidores."),
        ("Negative, urgency 40.", "Negativo, urgencia 40."),
        ("A rule of ours, 5 followers <b>.", "A rule of ours, 5 followers <b>."),
        ("Negative, , followers.", "Negative, , followers."),
    ],
)
def test_the_reason_of_an_alarm_is_told_in_the_language_of_the_moment(stored: str, in_spanish: str) -> None:
    with speaking("es"):
        assert why_alarmed(stored) == in_spanish


SURGES = (
    surge_words.Told(name="Lost bags", n=1, minutes=60),
    surge_words.Told(name="Night: 3 cases within", n=1_204, minutes=1_440, where="@ferry · x", usual=0.5),
    surge_words.Told(name="New, bags, belt", n=5, minutes=60, alike=True),
    surge_words.Told(name="New, no word in common", n=1, minutes=60, alike=True),
)


@pytest.mark.parametrize("told", SURGES)
def test_what_a_surge_counted_is_told_in_the_language_of_the_moment(told: surge_words.Told) -> None:
    kept = sentence(told)
    assert (read(kept), why_alarmed(kept)) == (told, kept)
    with speaking("ta"):
        assert why_alarmed(kept) == sentence(read(kept) or told)
    with speaking("es"):
        assert ("1.204" in why_alarmed(kept)) == ("1,204" in kept)


@pytest.mark.parametrize(
    ("where", "in_spanish"),
    [
        ("Sri Lanka", "Sri Lanka"),
        ("Germany", "Alemania"),
        ("Sinhala", "cingalés"),
        ("Tamil, in Latin letters", "tamil, en letras latinas"),
        ("Jaffna", "Jaffna"),
    ],
)
def test_the_region_and_the_language_of_a_surge_are_told_in_the_language_of_the_moment(where: str, in_spanish: str) -> None:
    kept = sentence(surge_words.Told(name="x", n=3, minutes=60, where=where))
    assert why_alarmed(kept) == kept
    with speaking("es"):
        assert why_alarmed(kept) == sentence(surge_words.Told(name="x", n=3, minutes=60, where=in_spanish))


@pytest.mark.parametrize(
    "kept", ["a: ,,, cases within 5 minutes.", "a: 1 cases within 60 minutes.", "a: 3 cases of  within 5 minutes.", ": 3"]
)
def test_odd_words_of_a_rule_break_no_sentence(kept: str) -> None:
    with speaking("si"):
        assert why_alarmed(kept)


def test_in_english_it_stays_as_it_was_stored() -> None:
    for stored in (
        "Lost bags: 9 cases of Lanka Air within 60 minutes; 2.3 is the habit of this hour.",
        "Negative, urgency 63: negative, complaint, money lost.",
        "Negative, 12,400 followers: outage.",
        "Anything.",
    ):
        assert why_alarmed(stored) == stored


@pytest.mark.parametrize(
    ("kind", "facts", "in_spanish"),
    [
        (Notice.ALERT, {"reason": "Negative, urgency 63."}, "Negativo, urgencia 63."),
        (Notice.CALLED, {"reason": "Negative, 12,400 followers."}, "Negativo, 12.400 seguidores."),
        (Notice.TOLD_BY_RULE, {"text": "Negative, urgency 63."}, "Negative, urgency 63."),
    ],
)
def test_the_bell_tells_it_in_the_language_of_the_moment_too(kind: Notice, facts: dict[str, str], in_spanish: str) -> None:
    nothing = dict.fromkeys(("case_id", "post_id", "read_at", "by", "customer", "network", "preview", "excerpt"))
    told = Told(id=1, kind=kind, at=NOON, facts=facts, group=1, newest=1, **nothing)  # pyright: ignore[reportArgumentType]
    with speaking("es"):
        assert under(told) == in_spanish
