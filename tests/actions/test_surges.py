"""A surge rings once over the channels, grows, is told again while nobody sees to it, and ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import NotFound, Refused
from amends.core.post import Author
from amends.inbox.actions import alarms, alert_routes, alert_routing, alerts, calendars, conditions, number_settings, sources, surges
from amends.inbox.actions.channels import add_channel
from amends.inbox.rules.alert_routes import NewRoute
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.ids import AlertId, CaseId
from amends.inbox.rules.surges import Apart, Kind
from amends.inbox.rules.working_hours import read_day, read_night
from amends.inbox.store import surges as rows
from amends.inbox.store.number_settings import NumberSettings
from amends.inbox.store.surge_rules import NewRule
from tests.cast import NOON, SECRET_KEY, a_post, ada
from tests.desk import HOUR, MINUTE, Desk, claimed

NUMBERS = count(1)
WEEK = timedelta(weeks=1)
RATE_BY_REGION = NewRule(name="By region", kind=Kind.RATE, condition="", apart_by=Apart.REGION, minutes=60, least=3)
RATE = NewRule(name="Lost bags", kind=Kind.RATE, condition="lost", apart_by=Apart.ALL, minutes=60, least=3, escalate_minutes=10)


def somebody() -> Author:
    number = next(NUMBERS)
    return Author(external_id=f"a-{number}", handle=f"handle{number}", name=f"Person {number}")


def complaints(
    desk: Desk, n: int, *, at: datetime | None = None, text: str = "My bag is lost", language: str = "en", region: str = ""
) -> None:
    """Open so many cases at once, each by somebody else."""
    at = at or desk.now
    facts = {"published_at": at, "language_hint": language, "region": region}
    posts = [a_post(f"{text} {next(NUMBERS)}", author=somebody(), **facts) for _n in range(n)]
    desk.collect(*posts)
    desk.triage(limit=500)


def watched(desk: Desk, new: NewRule = RATE) -> int:
    """Return a rule over one channel."""
    add_channel(desk.conn, target="json://127.0.0.1/hook", label="pager", secret_key=SECRET_KEY)
    return surges.save(desk.conn, new, rule_id=None, agent_id=desk.agent_id, now=desk.now)


def looked(desk: Desk, after: timedelta = MINUTE) -> list[rows.Surge]:
    """Let time pass, look at every rule, and return the surges, the newest first."""
    desk.now += after
    while surges.look(desk.conn, now=desk.now):
        pass
    alert_routing.route_pending(desk.conn, now=desk.now)
    return rows.listed(desk.conn, limit=10)


def queued(conn: Connection) -> int:
    return fetch_values(conn, "select count(*) from alert_deliveries where state = 'queued'")[0]


def test_it_rings_once_grows_and_ends_when_it_has_been_calm_for_a_while(desk: Desk) -> None:
    watched(desk)
    complaints(desk, 2)
    assert looked(desk) == []
    complaints(desk, 2)
    [surge] = looked(desk)
    assert surge.since == NOON
    assert (surge.n, queued(desk.conn)) == (4, 1)
    complaints(desk, 5)
    [surge] = looked(desk)
    assert (surge.most, surge.reason, queued(desk.conn)) == (9, "Lost bags: 9 cases within 60 minutes.", 1)
    [surge] = looked(desk, timedelta(minutes=61))
    assert (surge.n, surge.ended_at) == (0, None)
    [surge] = looked(desk, timedelta(minutes=15))
    assert surge.ended_at == desk.now


def test_languages_are_counted_apart_and_told_by_their_names(desk: Desk) -> None:
    watched(desk, replace(RATE_BY_REGION, name="By language", apart_by=Apart.LANGUAGE))
    complaints(desk, 3, text="lost! මගේ බෑගය නැති වුණා, තවමත් ලැබුණේ නැහැ")
    complaints(desk, 2)
    assert [(one.key, one.reason) for one in looked(desk)] == [("si", "By language: 3 cases of Sinhala within 60 minutes.")]


def test_regions_are_counted_apart_by_what_the_network_says_and_else_by_the_source(desk: Desk) -> None:
    watched(desk, RATE_BY_REGION)
    complaints(desk, 2, region="LK")
    complaints(desk, 1)
    complaints(desk, 3, region="IN")
    assert [(one.key, one.reason) for one in looked(desk)] == [("IN", "By region: 3 cases of India within 60 minutes.")]
    sources.set_region(desk.conn, source_id=desk.source_id, region="sri lanka")
    assert [(one.key, one.n) for one in looked(desk)] == [("LK", 3), ("IN", 3)]
    sources.set_region(desk.conn, source_id=desk.source_id, region="Jaffna")
    complaints(desk, 2)
    assert [one.key for one in looked(desk)] == ["Jaffna", "LK", "IN"]


def test_a_region_is_asked_for_by_code_or_name(desk: Desk) -> None:
    complaints(desk, 2, region="LK")
    complaints(desk, 1, region="Northern Province")
    complaints(desk, 1)
    asked = {
        "region:lk": 2,
        'region:"Sri Lanka"': 2,
        'region:"northern province"': 1,
        "region:LK,none": 3,
        "-region:none": 3,
        "region:DE": 0,
    }
    cases = [CaseId(case.id) for case in desk.cases()]
    assert {text: len(conditions.matches(desk.conn, text, cases, now=desk.now)) for text in asked} == asked


def test_the_next_surge_rings_anew(desk: Desk) -> None:
    watched(desk)
    complaints(desk, 3)
    looked(desk)
    looked(desk, timedelta(minutes=61))
    looked(desk, timedelta(minutes=15))
    complaints(desk, 3)
    assert [one.ended_at is None for one in looked(desk)] == [True, False]
    assert queued(desk.conn) == 2


def test_each_language_by_itself_is_a_surge_of_its_own(desk: Desk) -> None:
    watched(desk, NewRule(name="All", kind=Kind.RATE, condition="mood:negative", apart_by=Apart.SOURCE, minutes=60, least=3))
    complaints(desk, 4)
    [surge] = looked(desk)
    assert surge.key == str(desk.source_id)
    assert "lankaair · x" in surge.reason


def test_against_its_habit_a_busy_hour_is_quiet_and_a_quiet_hour_rings(desk: Desk) -> None:
    rule_id = watched(desk, NewRule(name="All", kind=Kind.HABIT, condition="", apart_by=Apart.ALL, minutes=60, least=5))
    for week in range(1, 9):
        for beside in (-60, 0, 59):
            complaints(desk, 10, at=NOON - week * WEEK + beside * MINUTE)
    complaints(desk, 12)
    assert looked(desk) == []
    complaints(desk, 40)
    [surge] = looked(desk)
    assert surge.rule_id == rule_id
    assert "is the habit of this hour" in surge.reason


@pytest.mark.parametrize(("days", "rung"), [(0, 0), (2, 0), (3, 1)])
def test_a_young_desk_rings_by_habit_from_the_third_day_on(desk: Desk, days: int, rung: int) -> None:
    watched(desk, NewRule(name="All", kind=Kind.HABIT, condition="", apart_by=Apart.ALL, minutes=60, least=5))
    for day in range(1, days + 1):
        complaints(desk, 2, at=NOON - timedelta(days=day))
    complaints(desk, 50)
    assert len(looked(desk)) == rung


@pytest.mark.parametrize(("zone", "rung"), [("Europe/Berlin", 0), ("UTC", 1)])
def test_a_habit_goes_by_the_clock_of_the_desk_when_summer_time_has_ended(desk: Desk, zone: str, rung: int) -> None:
    week = Calendar(zone=zone, spans=tuple(read_day(0, "9-17")))
    calendar_id = calendars.save(desk.conn, name="Week", calendar=week, calendar_id=None, agent_id=desk.agent_id, now=desk.now)
    chosen = NumberSettings(compare_agents=[], shows_answer_times=False, calendar_id=calendar_id)
    number_settings.decide(desk.conn, chosen, agent_id=desk.agent_id, now=desk.now)
    new = NewRule(name="All", kind=Kind.HABIT, condition="", apart_by=Apart.ALL, minutes=30, least=5)
    watched(desk, new)
    desk.now = datetime(2026, 10, 26, 8, 45, tzinfo=UTC)
    for weeks in range(1, 9):
        complaints(desk, 7, at=desk.now - HOUR - weeks * WEEK)
    complaints(desk, 7)
    assert surges.preview(desk.conn, new, now=desk.now).alarms == rung
    assert len(looked(desk)) == rung


def test_a_backlog_that_is_read_late_is_no_surge_of_now(desk: Desk) -> None:
    watched(desk)
    complaints(desk, 20, at=NOON - timedelta(days=3))
    assert looked(desk) == []


def test_while_nobody_sees_to_it_it_is_told_again_and_then_no_more(desk: Desk) -> None:
    watched(desk)
    complaints(desk, 3)
    [surge] = looked(desk)
    assert surges.escalate(desk.conn, now=desk.now + 11 * MINUTE) == 1
    assert surges.escalate(desk.conn, now=desk.now + 12 * MINUTE) == 0
    assert queued(desk.conn) == 2
    alarms.acknowledge(desk.conn, surge.id, agent_id=None, now=desk.now)
    assert surges.escalate(desk.conn, now=desk.now + 60 * MINUTE) == 0


def test_quiet_hours_hold_what_is_told_again_and_tell_it_once_when_they_end_unless_it_breaks_through(desk: Desk) -> None:
    watched(desk)
    channels = tuple(fetch_values(desk.conn, "select id from alert_channels"))
    route = NewRoute(name="By day", channel_ids=channels, quiet=tuple(read_night(0, "12:05-07:00")))
    alert_routes.save(desk.conn, route, route_id=None, agent_id=desk.agent_id, now=desk.now)
    complaints(desk, 3)
    [surge] = looked(desk)
    assert queued(desk.conn) == 1
    night, morning = desk.now + 35 * MINUTE, desk.now + 20 * HOUR
    assert [surges.escalate(desk.conn, now=at) for at in (night, morning, morning + MINUTE)] == [0, 1, 0]
    execute(desk.conn, "update alerts set severity = 'critical', escalations = 0 where id = %(id)s", {"id": surge.id})
    assert surges.escalate(desk.conn, now=night) == 1


def test_who_sees_to_it_first_stays_the_one_and_its_rule_is_judged_by_what_they_say(desk: Desk) -> None:
    rule_id = watched(desk)
    complaints(desk, 3)
    [surge] = looked(desk)
    alarms.acknowledge(desk.conn, surge.id, agent_id=desk.agent_id, now=desk.now)
    alarms.judge(desk.conn, surge.id, agent_id=ada(desk.conn), useless=True, now=desk.now)
    quality = rows.qualities(desk.conn, since=NOON - WEEK)[rule_id]
    assert (quality.raised, quality.useful, quality.dismissed) == (1, 0, 1)
    alarms.judge(desk.conn, surge.id, agent_id=ada(desk.conn), useless=False, now=desk.now)
    assert rows.qualities(desk.conn, since=NOON - WEEK)[rule_id].useful == 1
    with pytest.raises(NotFound):
        alarms.acknowledge(desk.conn, AlertId(surge.id + 1), agent_id=None, now=desk.now)


def test_the_message_says_how_many_and_by_which_link_somebody_sees_to_it(desk: Desk) -> None:
    watched(desk)
    complaints(desk, 3)
    [surge] = looked(desk)
    job = claimed(desk.conn, now=desk.now)
    assert job
    [message] = alerts.messages_for(desk.conn, [job], public_url="http://desk.example", secret_key=SECRET_KEY, now=desk.now)
    assert message.title == "Lost bags: 3 cases within 60 minutes."
    assert message.url.startswith(f"http://desk.example/alarm/{surge.id}/")
    assert message.facts["n"] == 3


def test_a_preview_says_how_often_it_would_have_rung(desk: Desk) -> None:
    for days in (2, 9, 9, 9, 16):
        complaints(desk, 2, at=NOON - timedelta(days=days, minutes=30))
    past = surges.preview(desk.conn, RATE, now=NOON)
    assert (past.alarms, past.most) == (1, 6)


@pytest.mark.parametrize(("days", "alarms", "blind"), [(2, 0, 672), (20, 1, (28 - 20 + 3) * 24 - 1)])
def test_a_preview_of_a_habit_is_as_blind_as_its_rule_was(desk: Desk, days: int, alarms: int, blind: int) -> None:
    execute(desk.conn, "update sources set created_at = %(at)s", {"at": NOON - timedelta(days=days, hours=2)})
    complaints(desk, 30)
    past = surges.preview(desk.conn, NewRule(name="All", kind=Kind.HABIT, condition="", apart_by=Apart.ALL, minutes=60, least=5), now=NOON)
    assert (past.alarms, past.looks) == (alarms, 672)
    assert past.blind == blind
    assert surges.is_learning(desk.conn, now=NOON)


def test_a_preview_of_a_habit_looks_beside_the_hour_as_its_rule_does(desk: Desk) -> None:
    new = NewRule(name="All", kind=Kind.HABIT, condition="", apart_by=Apart.ALL, minutes=60, least=5)
    for week in range(1, 13):
        complaints(desk, 20, at=NOON - week * WEEK + 30 * MINUTE)
    complaints(desk, 20)
    watched(desk, new)
    assert (surges.preview(desk.conn, new, now=NOON).alarms, len(looked(desk))) == (0, 0)


def test_a_rule_that_cannot_count_says_why_and_lets_the_others_watch(desk: Desk) -> None:
    rule_id = watched(desk)
    watched(desk, RATE)
    execute(desk.conn, "update surge_rules set condition = 'topic:gone' where id = %(id)s", {"id": rule_id})
    complaints(desk, 3)
    assert len(looked(desk)) == 1
    assert fetch_values(desk.conn, "select trouble <> '' from surge_rules where kind = 'rate' order by id") == [True, False]


def test_what_makes_no_sense_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused):
        watched(desk, NewRule(name=" ", kind=Kind.RATE, condition="", apart_by=Apart.ALL, minutes=60, least=3))
    with pytest.raises(Refused):
        watched(desk, NewRule(name="x", kind=Kind.RATE, condition="mood:furious", apart_by=Apart.ALL, minutes=60, least=3))


def test_a_rule_that_rests_ends_its_surges_and_rings_anew_when_it_watches_again(desk: Desk) -> None:
    rule_id = watched(desk)
    complaints(desk, 3)
    assert len(looked(desk)) == 1
    surges.switch(desk.conn, rule_id, active=False, now=desk.now)
    assert surges.escalate(desk.conn, now=desk.now + 11 * MINUTE) == 0
    surges.switch(desk.conn, rule_id, active=True, now=desk.now)
    assert [one.ended_at is None for one in looked(desk)] == [True, False]


def test_a_rule_that_is_deleted_ends_its_surges(desk: Desk) -> None:
    rule_id = watched(desk)
    complaints(desk, 3)
    looked(desk)
    surges.delete(desk.conn, rule_id, now=desk.now)
    assert [one.ended_at is None for one in looked(desk)] == [False]
