"""Why a post went where it went, in the language of whoever reads it."""

import pytest

from amends.api.route_words import why_routed
from amends.core.translating import speaking


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("nothing", "No complaint and no question."),
        ("noise:giveaway", "Noise: a giveaway."),
        ("quiet:dismissed", "No new complaint; the case stays put aside."),
        ("asks:resolved", "The customer asks something. The case was resolved."),
        ("set_aside:a check said: no", "A person should look: this post could not be put on the desk (a check said: no)."),
        ("Mia knows: 50% of it", "Mia knows: 50% of it"),
        ("", ""),
    ],
)
def test_a_stored_reason_is_told_as_a_sentence(stored: str, told: str) -> None:
    assert why_routed(stored) == told


def test_a_sentence_of_before_is_translated_as_one_of_today() -> None:
    with speaking("es"):
        assert why_routed("No complaint and no question.") == why_routed("nothing")
        assert why_routed("Noise: a giveaway.") == why_routed("noise:giveaway")
        assert why_routed("No new complaint; the case stays dismissed.") == why_routed("quiet:dismissed")
        assert why_routed("The customer asks something. The case was resolved.") == why_routed("asks:resolved")
        old = "A person should look: this post could not be put on the desk (a check said: no)."
        assert why_routed(old) == why_routed("set_aside:a check said: no")
        assert why_routed("Somebody else. The case was resolved.") == "Somebody else. The case was resolved."
