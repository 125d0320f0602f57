"""Whose day it is, and whether a message goes: what the person wants first, then the night, then how often."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from amends.core.errors import Refused
from amends.inbox.rules.occasions import (
    Cap,
    Go,
    Person,
    Skip,
    Wait,
    Why,
    Words,
    checked_words,
    decide,
    due_on,
    falls_on,
    filled,
    spoken_to,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CAP = Cap(most=2, days=30)
WILLING = Person(do_not_contact=False, gone=False, sent=0, reachable=True, permitted=True)


def decided(person: Person, *, zone: str = "UTC", now: datetime = NOON, due_at: datetime = NOON) -> Go | Wait | Skip:
    return decide(person, CAP, due_at=due_at, zone=zone, now=now)


def test_who_allowed_it_gets_it_by_day() -> None:
    assert decided(WILLING) == Go()


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (replace(WILLING, permitted=False), Why.NO_CONSENT),
        (replace(WILLING, reachable=False, permitted=False), Why.NO_WAY),
        (replace(WILLING, do_not_contact=True), Why.DO_NOT_CONTACT),
        (replace(WILLING, gone=True, do_not_contact=True), Why.GONE),
        (replace(WILLING, sent=2), Why.CAP),
    ],
)
def test_everybody_else_does_not_and_it_is_said_why(person: Person, why: Why) -> None:
    assert decided(person) == Skip(why=why)


def test_at_night_it_waits_for_the_morning_where_the_person_lives() -> None:
    assert decided(WILLING, zone="Asia/Colombo", now=NOON + timedelta(hours=5)) == Wait(until=datetime(2026, 3, 3, 0, 30, tzinfo=UTC))
    assert decided(WILLING, zone="America/Lima", now=NOON - timedelta(hours=3)) == Wait(until=datetime(2026, 3, 2, 11, tzinfo=UTC))


def test_birthday_wishes_of_the_day_before_yesterday_do_not_go() -> None:
    assert decided(WILLING, due_at=NOON - timedelta(days=2, hours=1)) == Skip(why=Why.LATE)
    assert decided(WILLING, due_at=NOON - timedelta(days=1)) == Go()


def test_the_29th_of_february_is_the_28th_in_other_years() -> None:
    assert falls_on(2, 29, date(2027, 2, 28))
    assert not falls_on(2, 29, date(2028, 2, 28))
    assert falls_on(2, 29, date(2028, 2, 29))
    assert not falls_on(2, 29, date(2027, 3, 1))


def test_the_hour_is_the_persons_own_also_on_the_day_the_clocks_change() -> None:
    assert due_on(date(2026, 3, 29), 10, "Europe/Madrid") == datetime(2026, 3, 29, 8, tzinfo=UTC)
    assert due_on(date(2026, 3, 28), 10, "Europe/Madrid") == datetime(2026, 3, 28, 9, tzinfo=UTC)
    assert due_on(date(2026, 3, 28), 10, "Asia/Colombo") == datetime(2026, 3, 28, 4, 30, tzinfo=UTC)


def test_it_is_read_in_the_first_language_that_has_a_text() -> None:
    english, tamil = Words(language="en", subject="Hi", text="Hi"), Words(language="ta", subject="வணக்கம்", text="வணக்கம்")
    assert spoken_to([english, tamil], ["si", "ta"]) == tamil
    assert spoken_to([english, tamil], ["si"]) == english
    assert spoken_to([], ["si"]) is None


def test_words_are_filled_in_and_what_is_not_known_is_empty() -> None:
    words = checked_words(
        Words(language="en", subject="{{ years }} years, {{ customer.first_name }}", text="Dear {{ customer.name }}{{ day }}")
    )
    assert filled(words, {"customer.name": "Cy Fernando", "customer.first_name": "Cy", "years": 3}) == Words(
        language="en", subject="3 years, Cy", text="Dear Cy Fernando"
    )


@pytest.mark.parametrize("text", ["{{ case.id }}", "{{ customer.shoe }}", "{% for a in b %}{% endfor %}", "{{ 1 + 1 }}", ""])
def test_words_that_cannot_be_filled_in_are_refused_when_they_are_written(text: str) -> None:
    with pytest.raises(Refused):
        checked_words(Words(language="en", subject="Hello", text=text))
