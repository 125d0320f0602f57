"""Promises made in answers: found in the words, counted once the answer is out, reminded of, kept, broken, withdrawn."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from amends.core.database import fetch_values
from amends.core.errors import Conflict, NotFound, Refused
from amends.inbox.actions import promises
from amends.inbox.actions.conditions import matches
from amends.inbox.actions.notify import notify
from amends.inbox.rules.hour_words import times_of
from amends.inbox.rules.promising import checked, due_of, suggested
from amends.inbox.store import promises as stored
from tests.cast import NOON, a_post
from tests.desk import DAY, HOUR, Desk


def promise(desk: Desk, due_at: datetime = NOON + 2 * DAY, *, said: bool = False, text: str = "the refund") -> int:
    return promises.promise(desk.conn, case_id=desk.case().id, text=text, due_at=due_at, said=said, agent_id=desk.agent_id, now=desk.now)


def states(desk: Desk) -> list[str]:
    return [one.state for one in stored.of_case(desk.conn, case_id=desk.case().id)]


def found(desk: Desk, query: str) -> bool:
    return bool(matches(desk.conn, query, [desk.case().id], now=desk.now))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Sorry. You will have the refund by Friday.", 4),
        ("We will call you tomorrow!", 1),
        ("It arrives within 3 days", 3),
        ("It is there on 12 March.", 10),
        ("It is there by March 12th.", 10),
        ("Until 2026-03-05 at the latest", 3),
        ("We answer in two weeks", 14),
        ("We come on 1 March", 364),
    ],
)
def test_a_date_in_the_words_of_an_answer_is_found(text: str, days: int) -> None:
    found = suggested(text, NOON, "Asia/Colombo").due_at
    assert found is not None
    assert found.date() == (NOON + timedelta(days=days)).date()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Tendrá su reembolso el viernes.", 4),
        ("Le llamamos mañana por la mañana", 1),
        ("Llega dentro de 3 días", 3),
        ("Lo tendrá en los próximos 3 días", 3),
        ("Llega en una semana", 7),
        ("Estará el 12 de marzo", 10),
        ("Antes del sabado estara listo", 5),
        ("සිකුරාදාට පෙර මුදල් ලැබෙනු ඇත.", 4),
        ("හෙට අපි ඔබට කතා කරන්නෙමු", 1),
        ("You have it the day after tomorrow.", 2),
        ("It is there within 3-5 business days", 7),
        ("Lo tiene en 5 días hábiles", 7),
        ("වැඩ කරන දින 5ක් ඇතුළත", 7),
        ("5 வேலை நாட்களுக்குள்", 7),
        ("በ5 የሥራ ቀናት ውስጥ", 7),
        ("5 ಕೆಲಸದ ದಿನಗಳಲ್ಲಿ", 7),
        ("5 ਕੰਮਕਾਜੀ ਦਿਨਾਂ ਵਿੱਚ", 7),
        ("Our business has it within 5 days", 5),
        ("Pasado mañana lo tiene", 2),
        ("අනිද්දා ලැබේවි", 2),
        ("நாளை மறுநாளுக்குள் கிடைக்கும்", 2),
        ("ከነገ ወዲያ ይደርሳል", 2),
        ("ನಾಡಿದ್ದು ಸಿಗುತ್ತದೆ", 2),
        ("ਪਰਸੋਂ ਮਿਲੇਗਾ", 2),
        ("දින 3ක් ඇතුළත ලැබෙනු ඇත", 3),
        ("සති දෙකකින් පිළිතුරු දෙන්නෙමු", 14),
        ("මාර්තු 12 වන දින", 10),
        ("வெள்ளிக்கிழமைக்குள் பணம் வந்து சேரும்.", 4),
        ("வியாழக்கிழமை அழைக்கிறோம்", 3),
        ("நாளை அழைக்கிறோம்", 1),
        ("3 நாட்களுக்குள் கிடைக்கும்", 3),
        ("மார்ச் 12 அன்று", 10),
        ("እስከ ዓርብ ገንዘቡ ይመለሳል።", 4),
        ("በአርብ ገንዘቡ ይመለሳል", 4),
        ("ነገ እንደውላለን", 1),
        ("እስከ መጋቢት 3 ይመለሳል", 10),
        ("በመጋቢት 3 ቀን 2018 ይደርሳል", 10),
        ("የካቲት 22", 364),
        ("ጳጉሜ 5 ቀን", 192),
        ("በ3 ቀናት ውስጥ ይደርሳል", 3),
        ("በሁለት ሳምንታት ውስጥ", 14),
        ("ಶುಕ್ರವಾರದೊಳಗೆ ಹಣ ಬರುತ್ತದೆ.", 4),
        ("ನಾಳೆ ಕರೆ ಮಾಡುತ್ತೇವೆ", 1),
        ("3 ದಿನಗಳಲ್ಲಿ ತಲುಪುತ್ತದೆ", 3),
        ("ಮಾರ್ಚ್ 12ರಂದು", 10),
        ("ਸ਼ੁੱਕਰਵਾਰ ਤੱਕ ਪੈਸੇ ਮਿਲ ਜਾਣਗੇ।", 4),
        ("ਭਲਕੇ ਫ਼ੋਨ ਕਰਾਂਗੇ", 1),
        ("3 ਦਿਨਾਂ ਵਿੱਚ ਪਹੁੰਚੇਗਾ", 3),
        ("2 ਹਫਤਿਆਂ ਵਿੱਚ", 14),
        ("It is there by 12/3.", 10),
        ("It is there by 3/13.", 11),
        ("El 12/03/2026 lo tiene", 10),
        ("Am 12.3. ist es da", 10),
        ("Am 12.03.2026 ist es da", 10),
        ("በአንድ ቀን ውስጥ", 1),
        ("You have it in a month", 31),
        ("Within one month", 31),
        ("Lo tiene en un mes", 31),
        ("එක මාසයක් ඇතුළත", 31),
        ("በአንድ ወር ውስጥ", 31),
        ("ஒரு மாதத்தில் கிடைக்கும்", 31),
        ("ಒಂದು ತಿಂಗಳೊಳಗೆ", 31),
        ("ਇੱਕ ਮਹੀਨੇ ਵਿੱਚ ਮਿਲੇਗਾ", 31),
        ("within 2 months", 61),
        ("මාස 2කින්", 61),
        ("2 மாதங்களில்", 61),
        ("You have it Friday", 4),
        ("We are here 24/7, and you have it by Friday", 4),
        ("Sorry for the delay of 5 days. You have it by Friday", 4),
    ],
)
def test_a_date_is_found_in_every_language_of_the_screens(text: str, days: int) -> None:
    found = suggested(text, NOON, "Asia/Colombo").due_at
    assert found is not None
    assert found.date() == (NOON + timedelta(days=days)).date()


SPANS = {
    0: "By end of day you have it|We look at it by end of day|You have it on Monday|By EOD|By close of business|"
    "Al final del día lo tiene|දවස අවසානයේ|እስከ ቀኑ መጨረሻ|நாள் முடிவுக்குள்|"
    "ದಿನದ ಅಂತ್ಯದೊಳಗೆ|ਦਿਨ ਦੇ ਅੰਤ ਤੱਕ",
    4: "You have it this week|We missed Monday, you have it by the end of the week|By end of day Friday|Esta semana lo tiene|මේ සතියේ|"
    "በዚህ ሳምንት|இந்த வாரம் கிடைக்கும்|ಈ ವಾರ|ਇਸ ਹਫ਼ਤੇ",
    6: "You have it this weekend|Este fin de semana lo tiene|මේ සති අන්තයේ|በዚህ ቅዳሜና እሁድ|இந்த வார இறுதியில்|ಈ ವಾರಾಂತ್ಯದಲ್ಲಿ|ਇਸ ਵੀਕਐਂਡ",
    7: "Early next week|A principios de la próxima semana|"
    "We call on Monday next week|You have it next Monday|El lunes que viene lo tiene|அடுத்த திங்கட்கிழமை|"
    "El lunes de la semana que viene|ඊළඟ සතියේ සඳුදා|அடுத்த வாரம் திங்கட்கிழமை|ਅਗਲੇ ਹਫ਼ਤੇ ਸੋਮਵਾਰ",
    11: "You will have the refund next week.|By the end of next week|Lo tendrá la próxima semana|La semana que viene lo tiene|"
    "ලබන සතියේ මුදල් ලැබෙනු ඇත|በሚቀጥለው ሳምንት ይደርሳል|அடுத்த வாரம் பணம் வரும்|ಮುಂದಿನ ವಾರ ಹಣ ಬರುತ್ತದೆ|ਅਗਲੇ ਹਫ਼ਤੇ ਪੈਸੇ ਮਿਲ ਜਾਣਗੇ",
    13: "Next weekend it is there|El fin de semana que viene",
    14: "We answer in a fortnight|Within a fortnight|සති දෙකකින්|በሁለት ሳምንት ውስጥ|இரண்டு வாரங்களில்|ಎರಡು ವಾರಗಳಲ್ಲಿ|ਦੋ ਹਫ਼ਤਿਆਂ ਵਿੱਚ",
    15: "En quince días|Dentro de una quincena|பதினைந்து நாட்களில்|ಹದಿನೈದು ದಿನಗಳಲ್ಲಿ|ਪੰਦਰਾਂ ਦਿਨਾਂ ਵਿੱਚ",
    29: "You have it at the end of the month.|By month's end|A fin de mes|A finales de mes lo tiene|මාසය අවසානයේ ලැබේවි|මාසාන්තයේ|"
    "በወሩ መጨረሻ ይመለሳል|மாத இறுதிக்குள் பணம் வரும்|ತಿಂಗಳ ಕೊನೆಯಲ್ಲಿ|ತಿಂಗಳಾಂತ್ಯದೊಳಗೆ|ਮਹੀਨੇ ਦੇ ਅੰਤ ਤੱਕ",
    30: "You have it early next month|At the beginning of the next month|A principios del próximo mes|A comienzos del mes que viene|"
    "ලබන මාසයේ මුලදී|በሚቀጥለው ወር መጀመሪያ|அடுத்த மாதத் தொடக்கத்தில்|ಮುಂದಿನ ತಿಂಗಳ ಆರಂಭದಲ್ಲಿ|ਅਗਲੇ ਮਹੀਨੇ ਦੇ ਸ਼ੁਰੂ ਵਿੱਚ",
    59: "We start with it next month|You have it by the end of next month|"
    "El mes que viene|ලබන මාසයේ|በሚቀጥለው ወር|அடுத்த மாதம்|ಮುಂದಿನ ತಿಂಗಳು|ਅਗਲੇ ਮਹੀਨੇ",
}
"""After how many days from a Monday, the second of March, the last day of such a span is, or the first one of work of its beginning."""


@pytest.mark.parametrize(("days", "texts"), SPANS.items())
def test_a_week_a_weekend_a_month_or_a_day_is_due_on_the_last_of_its_days_unless_it_is_its_beginning(days: int, texts: str) -> None:
    for text in texts.split("|"):
        found = suggested(text, NOON, "Asia/Colombo").due_at
        assert found is not None, text
        assert found.date() == (NOON + timedelta(days=days)).date(), text


@pytest.mark.parametrize(
    ("today", "text", "due"),
    [
        ("2026-03-07", "You have it this week", "2026-03-13"),
        ("2026-03-08", "You have it this weekend", "2026-03-08"),
        ("2026-03-08", "You have it next week", "2026-03-13"),
        ("2026-12-31", "You have it next month", "2027-01-31"),
        ("2028-01-31", "You have it next month", "2028-02-29"),
        ("2026-12-31", "You have it at the end of the month, 5 pm", "2026-12-31"),
        ("2026-01-31", "You have it in a month", "2026-02-28"),
        ("2027-12-31", "You have it in 2 months", "2028-02-29"),
        ("2026-07-15", "You have it early next month", "2026-08-03"),
        ("2026-12-15", "A principios de mes", "2027-01-01"),
    ],
)
def test_the_last_day_of_a_span_is_that_of_its_calendar(today: str, text: str, due: str) -> None:
    found = suggested(text, datetime.fromisoformat(f"{today}T09:00Z"), "UTC").due_at
    assert found is not None
    assert str(found.date()) == due


@pytest.mark.parametrize(
    "text",
    [
        "You wrote last Friday",
        "You wrote last week, and last weekend",
        "El viernes pasado nos escribió, y la semana pasada",
        "පසුගිය සිකුරාදා",
        "ባለፈው ሳምንት",
        "கடந்த வெள்ளிக்கிழமை",
        "ಕಳೆದ ವಾರ",
        "ਪਿਛਲੇ ਹਫ਼ਤੇ",
        "At the end of the day, we all err.",
        "This message is for a week of work",
        "A fortnight ago",
        "We had no answer in the last 3 days",
        "En los últimos 2 meses",
        "கடந்த 3 நாட்களில்",
        "You wrote a month ago",
        "We were late early this month",
        "You get 5 a month",
        "You wrote 3 days ago",
        "Nos escribió hace 3 días por la mañana",
        "දින 3කට පෙර",
        "3 நாட்களுக்கு முன்",
        "ከ3 ቀናት በፊት",
        "3 ದಿನಗಳ ಹಿಂದೆ",
        "3 ਦਿਨ ਪਹਿਲਾਂ",
        "ብዙ ነገር አለ",
        "We are here 24/7, version 4.5, for $12.50",
        "We may look into it, and march on",
        "We answer within 24 working hours",
    ],
)
def test_what_is_over_or_no_date_is_no_time_to_come(text: str) -> None:
    assert suggested(text, NOON, "Asia/Colombo").due_at is None


MORNING = NOON.replace(hour=4)
"""Half past nine in Colombo, on a Monday."""


@pytest.mark.parametrize(
    ("text", "day", "time"),
    [
        ("We call you today by 5 pm.", 2, "17:00"),
        ("We call you by 5pm.", 2, "17:00"),
        ("You have it by 5 p.m. on Friday, sorry.", 6, "17:00"),
        ("We call at 5.30 PM. Have a nice Friday.", 2, "17:30"),
        ("You have it by Monday 5 pm", 2, "17:00"),
        ("You have it by Monday 9 am", 9, "09:00"),
        ("We call tomorrow between 9:00-17:00", 3, "17:00"),
        ("We call at 12 am tomorrow", 3, "00:00"),
        ("We call tomorrow at 12 noon", 3, "12:00"),
        ("We call at 12 noon", 2, "12:00"),
        ("You have it tomorrow before noon", 3, "12:00"),
        ("We call tomorrow between 9 am and midday", 3, "12:00"),
        ("Le llamamos mañana antes del mediodía", 3, "12:00"),
        ("It is there within 2 days by 5 pm", 4, "17:00"),
        ("Le llamamos a las 5 de la tarde", 2, "17:00"),
        ("Le llamamos mañana a las 9:30 a. m.", 3, "09:30"),
        ("අද ප.ව. 5.30 ට පෙර", 2, "17:30"),
        ("හෙට උදේ 9ට", 3, "09:00"),
        ("மாலை 5 மணிக்குள் அழைக்கிறோம்", 2, "17:00"),
        ("நாளை அதிகாலை 5 மணிக்கு", 3, "05:00"),
        ("நாளை இரவு 9 மணி", 3, "21:00"),
        ("ነገ ከጠዋቱ 3 ሰዓት እንመልሳለን", 3, "09:00"),
        ("ነገ ጠዋት በ3 ሰዓት ተኩል", 3, "09:30"),
        ("ነገ ከቀኑ 8 ሠዓት", 3, "14:00"),
        ("ነገ ከሰዓት በኋላ 9 ሰዓት", 3, "15:00"),
        ("ነገ ከምሽቱ 1 ሰዓት", 3, "19:00"),
        ("ነገ 3 ሰዓት እንመልሳለን", 3, "09:00"),
        ("ለነገ፣ 4 ሰዓት ተኩል ላይ", 3, "10:30"),
        ("ነገ እስከ 12 ሰዓት", 3, "18:00"),
        ("ነገ 2 ሰዓት ከምሽቱ", 3, "20:00"),
        ("ሰኞ በ11 ሰዓት", 2, "17:00"),
        ("ನಾಳೆ ಸಂಜೆ 5 ಗಂಟೆಯೊಳಗೆ", 3, "17:00"),
        ("ਸ਼ਾਮ 5 ਵਜੇ ਤੱਕ", 2, "17:00"),
        ("ਭਲਕੇ ਸਵੇਰੇ 9 ਵਜੇ", 3, "09:00"),
        ("ነገ 3:30 እንደውላለን", 3, "18:00"),
        ("We answer within half an hour", 2, "10:00"),
        ("You have it within 24 hrs", 3, "09:30"),
        ("24 மணி நேரத்திற்குள் பதில் வரும்", 3, "09:30"),
        ("Our order 16:9 comes tomorrow", 3, "18:00"),
    ],
)
def test_a_time_of_day_is_found_with_its_day_or_alone_for_today(text: str, day: int, time: str) -> None:
    found = suggested(text, MORNING, "Asia/Colombo").due_at
    assert found is not None
    assert found.astimezone(ZoneInfo("Asia/Colombo")).strftime("%d %H:%M") == f"{day:02} {time}"


@pytest.mark.parametrize(
    "text",
    ["ከጠዋቱ 9 ሰዓት", "ጠዋት 6 ሰዓት", "ጠዋት በ3 ሰዓት ውስጥ", "ከጠዋቱ 3 ሰዓት ከሩብ", "ነገ በ3 ሰዓት ውስጥ", "ዛሬ 3 ሰዓት", "ከጠዋቱ 25 ሰዓት"],
)
def test_an_hour_that_somebody_may_count_from_sunrise_or_from_midnight_is_none(text: str) -> None:
    assert times_of(text) == []


@pytest.mark.parametrize(
    "text", ["We are open 9:00–17:00", "Good afternoon", "It was at 8 am", "You get 5 a month", "As of 10:11:12, 12.50 paid"]
)
def test_hours_that_are_over_or_none_or_those_of_a_shop_are_no_promise(text: str) -> None:
    assert suggested(text, MORNING, "Asia/Colombo").due_at is None


def test_tomorrow_is_that_of_the_zone_of_who_promises() -> None:
    late = NOON.replace(hour=22)
    assert suggested("හෙට", late, "Asia/Colombo").due_at == datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
    assert suggested("හෙට", late, "America/Los_Angeles").due_at == datetime(2026, 3, 4, 2, tzinfo=UTC)


def test_on_the_evening_of_a_weekday_its_name_means_the_next_week() -> None:
    found = suggested("You have it by Monday.", NOON + 9 * HOUR, "UTC").due_at
    assert found is not None
    assert found.date() == (NOON + 7 * DAY).date()


def test_the_same_is_promised_once(desk: Desk) -> None:
    desk.hear(a_post("Where is my refund?"))
    promise(desk)
    with pytest.raises(Conflict):
        promise(desk)
    assert states(desk) == ["open"]


def test_without_a_date_the_words_are_offered_alone() -> None:
    assert suggested("We look into it.", NOON, "").due_at is None
    assert suggested("It was due on 31 February", NOON, "").due_at is None


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Colombo"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2031-01-01"])
def test_a_date_beyond_all_calendars_or_years_away_is_no_promise(day: str, zone: str) -> None:
    assert suggested(f"You have it by {day}.", NOON, zone).due_at is None


@pytest.mark.parametrize(("at", "zone"), [("9999-12-31T23:00", "America/Los_Angeles"), ("0001-01-01T00:00", "Asia/Colombo")])
def test_a_time_beyond_all_calendars_is_refused_in_words(at: str, zone: str) -> None:
    with pytest.raises(Refused):
        due_of(at, zone)


def test_words_that_nobody_sees_are_no_promise_and_none_turns_its_line_around() -> None:
    with pytest.raises(Refused):
        checked("\u202e\u200b", NOON + DAY, NOON)
    assert checked("\u202eyou have it", NOON + DAY, NOON) == "you have it"


def test_a_leap_day_is_promised_for_the_next_leap_year() -> None:
    found = suggested("You have it on 29 February.", datetime(2027, 1, 5, tzinfo=UTC), "UTC").due_at
    assert found == datetime(2028, 2, 29, 18, tzinfo=UTC)


def test_a_promise_counts_once_the_answer_is_out_and_is_reminded_of_before_it_is_broken(desk: Desk) -> None:
    desk.hear(a_post("Where is my refund?"))
    promise(desk)
    assert promises.ring_due(desk.conn, now=NOON + 9 * DAY) == 0
    assert not found(desk, "promise:open")
    desk.answer("You will have the refund on Wednesday.")
    assert found(desk, "promise:open")
    for hours, kind in ((43, ""), (44, "promise_reminded"), (44, ""), (47, ""), (48, "promise_broken"), (49, "")):
        desk.now = NOON + hours * HOUR
        before = len(desk.events())
        promises.ring_due(desk.conn, now=desk.now)
        assert desk.events()[before:] == ([kind] if kind else [])
    assert states(desk) == ["broken"]
    assert found(desk, "promise:broken")
    while notify(desk.conn, now=desk.now):
        pass
    told = fetch_values(desk.conn, "select kind from notifications where kind like 'promise%%' order by id")
    assert told == ["promise_reminded", "promise_broken"]


def test_it_is_kept_also_late_withdrawn_and_taken_back(desk: Desk) -> None:
    desk.hear(a_post("Where is my refund?"))
    one = promise(desk, said=True)
    case = desk.case().id
    before = fetch_values(desk.conn, "select to_jsonb(p) from promises p")
    promises.end(desk.conn, case_id=case, promise_id=one, state="withdrawn", agent_id=desk.agent_id, now=NOON)
    promises.take_back(desk.conn, case_id=case, promise_id=one, agent_id=desk.agent_id, now=NOON)
    assert fetch_values(desk.conn, "select to_jsonb(p) from promises p") == before
    promises.end(desk.conn, case_id=case, promise_id=one, state="kept", agent_id=desk.agent_id, now=NOON + DAY)
    with pytest.raises(Conflict):
        promises.end(desk.conn, case_id=case, promise_id=one, state="withdrawn", agent_id=desk.agent_id, now=NOON + DAY)
    promises.take_back(desk.conn, case_id=case, promise_id=one, agent_id=desk.agent_id, now=NOON + DAY)
    assert states(desk) == ["open"]
    promises.ring_due(desk.conn, now=NOON + 3 * DAY)
    promises.end(desk.conn, case_id=case, promise_id=one, state="kept", agent_id=desk.agent_id, now=NOON + 3 * DAY)
    assert [(row.state, row.late) for row in stored.of_case(desk.conn, case_id=case)] == [("kept", True)]
    assert found(desk, "promise:kept -promise:due")
    with pytest.raises(NotFound):
        promises.end(desk.conn, case_id=case, promise_id=999, state="kept", agent_id=desk.agent_id, now=NOON)


def test_a_promise_needs_words_and_a_time_to_come(desk: Desk) -> None:
    desk.hear(a_post("Where is my refund?"))
    for due_at, text in ((NOON - HOUR, "x"), (NOON + 900 * DAY, "x"), (NOON + DAY, " "), (NOON + DAY, "x" * 501)):
        with pytest.raises(Refused):
            promise(desk, due_at, text=text)
