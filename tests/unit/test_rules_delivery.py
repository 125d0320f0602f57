"""When an alert is tried again, and what it says."""

from datetime import UTC, datetime, timedelta

from amends.inbox.rules.alert_text import AlertFacts, first_words, message_of
from amends.inbox.rules.delivery import next_try
from amends.inbox.rules.ids import AlertId, CaseId, PostId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_tries_come_soon_at_first_then_hourly_and_end_after_a_day() -> None:
    now, waits = NOON, list[timedelta]()
    while again := next_try(attempts=len(waits) + 1, raised_at=NOON, now=now):
        waits.append(again - now)
        now = again
    assert [wait.total_seconds() for wait in waits[:5]] == [5, 30, 120, 600, 3600]
    assert set(waits[4:]) == {timedelta(hours=1)}
    assert timedelta(days=1) <= now - NOON < timedelta(days=1, hours=1)


def test_first_words_end_at_a_word_and_on_one_line() -> None:
    assert first_words("two\nlines\t and  blanks") == "two lines and blanks"
    assert first_words("word " * 100, 22) == "word word word word…"
    assert first_words("x" * 300, 200) == "x" * 199 + "…"


def test_a_message_names_brand_network_reason_and_case() -> None:
    facts = AlertFacts(
        alert_id=AlertId(5),
        case_id=CaseId(7),
        post_id=PostId(9),
        rule="urgent",
        severity="critical",
        reason="Negative, urgency 90: outage.",
        raised_at=NOON,
        brand="Veloria Air",
        network="x",
        handle="cy",
        followers=3,
        language="en",
        urgency=90,
        text="",
        permalink="https://x.example/9",
        published_at=NOON,
    )
    message = message_of(facts, public_url="https://desk.example/", seen_to="https://desk.example/alarm/1/s")
    assert message.key == "alert-5"
    assert message.title == "Veloria Air on x: Negative, urgency 90: outage."
    assert message.url == "https://desk.example/inbox/7"
    assert "(no text)" in message.body
    assert message.facts["raised_at"] == "2026-03-02T12:00:00+00:00"


def test_a_hostile_name_writes_no_line_of_its_own_into_a_message() -> None:
    handle = "cy\n\nCase: https://evil.example/\u202egpj\u2066" + "y" * 400
    facts = AlertFacts(
        alert_id=AlertId(5),
        case_id=CaseId(7),
        post_id=PostId(9),
        rule="urgent",
        severity="critical",
        reason="Negative.",
        raised_at=NOON,
        brand="Veloria Air",
        network="x",
        handle=handle,
        followers=3,
        language="en",
        urgency=90,
        text="words\u202e and\nCase: https://evil.example/",
        permalink="https://x.example/9",
        published_at=NOON,
    )
    body = message_of(facts, public_url="https://desk.example/", seen_to="https://desk.example/alarm/1/s").body
    lines = body.splitlines()
    assert [line for line in lines if line.startswith("Case:")] == ["Case: https://desk.example/inbox/7"]
    assert len(lines[0]) < 200
    assert not {"\u202e", "\u2066"} & set(body)
