"""Why an alarm of a case rang is told in the reader's language, and in English as it goes to pagers."""

import pytest

from amends.api.alarm_reasons import why_alarmed
from amends.core.translating import speaking


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


def test_in_english_it_stays_as_it_was_stored() -> None:
    for stored in ("Negative, urgency 63: negative, complaint, money lost.", "Negative, 12,400 followers: outage.", "Anything."):
        assert why_alarmed(stored) == stored
