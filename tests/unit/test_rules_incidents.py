"""Where an incident may stand, when it began, and in which language it is spoken of."""

from datetime import timedelta

import pytest

from amends.core.errors import Refused
from amends.inbox.rules.incidents import Stage, Times, begun, graded, named, noted, spoken, staged, times
from tests.cast import NOON

HOUR = timedelta(hours=1)
NEVER = Times(fixed_at=None, closed_at=None)


def test_what_is_closed_stays_fixed_and_what_goes_on_again_is_neither() -> None:
    fixed = times(NEVER, Stage.FIXED, NOON)
    closed = times(fixed, Stage.CLOSED, NOON + HOUR)
    assert (fixed, closed) == (Times(fixed_at=NOON, closed_at=None), Times(fixed_at=NOON, closed_at=NOON + HOUR))
    assert times(fixed, Stage.FIXED, NOON + HOUR) == fixed
    assert times(closed, Stage.MENDING, NOON + HOUR) == NEVER
    assert times(NEVER, Stage.CLOSED, NOON) == Times(fixed_at=None, closed_at=NOON)


def test_it_began_as_was_said_else_with_its_first_complaint_else_now() -> None:
    assert begun(NOON - HOUR, NOON, NOON) == NOON - HOUR
    assert begun(None, NOON - HOUR, NOON) == NOON - HOUR
    assert begun(None, NOON + HOUR, NOON) == begun(None, None, NOON) == NOON
    with pytest.raises(Refused, match="future"):
        begun(NOON + HOUR, None, NOON)


def test_a_name_a_severity_and_a_status_are_what_we_know() -> None:
    assert (named("  Outage \n in Jaffna "), graded("minor"), staged("mending")) == ("Outage in Jaffna", "minor", "mending")
    for wrong in (lambda: named(" \u200e "), lambda: named("x" * 121), lambda: graded("huge"), lambda: staged("done")):
        with pytest.raises(Refused):
            wrong()


def test_it_is_spoken_of_in_their_language_else_in_english_else_in_any() -> None:
    texts = noted({"en": "We know of it.", "ta": " அறிவோம் ", "si": " "})
    assert texts == {"en": "We know of it.", "ta": "அறிவோம்"}
    assert [spoken(texts, one) for one in (["ta"], ["ta-LK", "en"], ["fr"], [])] == [texts["ta"], texts["ta"], texts["en"], texts["en"]]
    assert (spoken({"ta": "a"}, ["fr"]), spoken({}, ["fr"])) == ("a", "")
    with pytest.raises(Refused, match="one language"):
        noted({"en": " "})
