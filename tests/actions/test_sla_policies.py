"""SLA policies: the first that fits holds, a change holds for what starts after it, a preview changes nothing, escalations happen once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from amends.core.database import execute, fetch_values
from amends.core.errors import AmendsError, Conflict, Refused
from amends.core.migrate import FOLDER
from amends.inbox.actions import calendars, clocks, facts, jobs, sla_policies
from amends.inbox.actions.clocks import keep_due
from amends.inbox.actions.job_kinds import Tools
from amends.inbox.actions.notify import notify
from amends.inbox.actions.sla_preview import preview
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.sla_policy import Written
from amends.inbox.rules.words import Role
from amends.inbox.rules.working_hours import Span
from amends.inbox.store import sla_policies as stored
from amends.inbox.store.sessions import Visitor
from tests.cast import NOON, a_post, an_answer_to, mia
from tests.desk import DAY, HOUR, MINUTE, Desk, asked
from tests.fakes import FakeClassifier

PLAIN = Written(
    name="Plain",
    condition="",
    calendar_id=None,
    first_minutes=60,
    first_business=False,
    next_minutes=None,
    next_business=False,
    resolution_minutes=None,
    resolution_business=False,
    pauses=True,
    warn_percent=None,
    warn_minutes=None,
    steps=[],
)
WEEK = Calendar(zone="Asia/Colombo", spans=tuple(Span(day=day, begins=540, ends=1020) for day in range(5)))


def keep(desk: Desk, written: Written, policy_id: int | None = None) -> int:
    return sla_policies.save(desk.conn, written, policy_id=policy_id, agent_id=desk.agent_id, now=desk.now)


def first(desk: Desk, written: Written) -> int:
    """Keep a policy before all others."""
    made = keep(desk, written)
    others = [one.policy_id for one in stored.every(desk.conn) if one.policy_id != made]
    sla_policies.put_in_order(desk.conn, [made, *others], agent_id=desk.agent_id, now=desk.now)
    return made


def due(desk: Desk) -> object:
    return fetch_values(desk.conn, "select due_at from cases order by id desc")[0]


def finish_jobs(desk: Desk) -> None:
    tools = Tools(classifier=FakeClassifier, clock=lambda: desk.now)
    while job := jobs.claim(desk.conn, now=desk.now):
        jobs.carry_on(desk.conn, job, tools)


def test_of_policies_that_overlap_the_first_in_order_holds(desk: Desk) -> None:
    first(desk, replace(PLAIN, name="All", first_minutes=30))
    first(desk, replace(PLAIN, name="English", condition="lang:en", first_minutes=10))
    desk.hear(a_post("Lost"))
    assert due(desk) == NOON + 10 * MINUTE


def test_a_changed_policy_holds_for_what_starts_after_it_unless_it_is_applied(desk: Desk) -> None:
    made = first(desk, PLAIN)
    desk.hear(a_post("Lost"))
    desk.now += MINUTE
    keep(desk, replace(PLAIN, first_minutes=20), made)
    execute(desk.conn, "insert into clock_queue select id from cases")
    keep_due(desk.conn, now=desk.now)
    assert due(desk) == NOON + HOUR
    desk.hear(a_post("Broken"))
    assert due(desk) == NOON + 20 * MINUTE
    sla_policies.apply(desk.conn, agent_id=desk.agent_id, now=desk.now)
    finish_jobs(desk)
    assert fetch_values(desk.conn, "select due_at from cases") == [NOON + 20 * MINUTE] * 2
    assert fetch_values(desk.conn, "select number from sla_policy_versions where policy_id = %(id)s", {"id": made}) == [1, 2]


def test_a_new_policy_of_some_cases_stands_before_that_of_every_case_and_is_tried_there(desk: Desk) -> None:
    desk.hear(a_post("Lost"))
    execute(desk.conn, "update cases set urgency = 10")
    english = replace(PLAIN, condition="lang:en")
    boss = Visitor(
        agent_id=mia(desk.conn), name="Mia", email="", role=Role.MANAGER, csrf_token="", expires_at=None, teams=None, sources=None
    )
    assert preview(desk.conn, english, policy_id=None, visitor=boss, now=desk.now).changed == 1
    some, every = keep(desk, english), keep(desk, PLAIN)
    for _ in range(2):
        sla_policies.move(desk.conn, policy_id=some, by=1, agent_id=desk.agent_id, now=desk.now)
    other = keep(desk, english)
    assert [one.policy_id for one in stored.every(desk.conn)] == [1, 2, other, 3, every, some], "also where one stands behind it already"


def test_a_new_policy_promises_nothing_for_what_runs(desk: Desk) -> None:
    desk.hear(a_post("Lost"))
    desk.now += MINUTE
    first(desk, PLAIN)
    execute(desk.conn, "insert into clock_queue select id from cases")
    keep_due(desk.conn, now=desk.now)
    assert due(desk) == NOON + 4 * HOUR


def touched(desk: Desk, urgency: int | None = None) -> object:
    """Let something happen to the case, and return when it is due."""
    desk.now += MINUTE
    if urgency is not None:
        execute(desk.conn, "update cases set urgency = %(urgency)s", {"urgency": urgency})
    execute(desk.conn, "insert into clock_queue select id from cases on conflict do nothing")
    keep_due(desk.conn, now=desk.now)
    return due(desk)


def overlapping(desk: Desk) -> tuple[int, int]:
    """Keep a policy of urgent cases before one of all."""
    everything = first(desk, replace(PLAIN, name="All", first_minutes=300))
    return first(desk, replace(PLAIN, name="Urgent", condition="said:>=70", first_minutes=60)), everything


def test_a_case_that_becomes_urgent_falls_under_the_policy_of_then_and_back(desk: Desk) -> None:
    urgent, _everything = overlapping(desk)
    desk.hear(a_post("Lost"))
    assert touched(desk, urgency=10) == NOON + 300 * MINUTE
    keep(desk, replace(PLAIN, name="Urgent", condition="said:>=70", first_minutes=20), urgent)
    assert touched(desk, urgency=90) == NOON + 60 * MINUTE, "as it was promised when the clock began"
    assert touched(desk, urgency=10) == NOON + 300 * MINUTE


def test_a_clock_stays_under_its_policy_though_that_is_removed_or_made_for_fewer(desk: Desk) -> None:
    urgent, everything = overlapping(desk)
    desk.hear(a_post("Lost"))
    assert touched(desk, urgency=90) == NOON + 60 * MINUTE
    keep(desk, replace(PLAIN, name="Urgent", condition="said:>=95", first_minutes=20), urgent)
    assert touched(desk) == NOON + 60 * MINUTE
    sla_policies.remove(desk.conn, policy_id=urgent, agent_id=desk.agent_id, now=desk.now)
    assert touched(desk) == NOON + 60 * MINUTE
    sla_policies.apply(desk.conn, agent_id=desk.agent_id, now=desk.now)
    finish_jobs(desk)
    assert touched(desk) == NOON + 300 * MINUTE, "what is applied to all that runs stays so"
    sla_policies.remove(desk.conn, policy_id=everything, agent_id=desk.agent_id, now=desk.now)
    assert touched(desk) == NOON + 300 * MINUTE


def test_a_policy_made_for_more_cases_takes_none_that_runs(desk: Desk) -> None:
    urgent, _everything = overlapping(desk)
    desk.hear(a_post("Lost"))
    assert touched(desk, urgency=50) == NOON + 300 * MINUTE
    keep(desk, replace(PLAIN, name="Urgent", condition="said:>=40", first_minutes=60), urgent)
    assert touched(desk) == NOON + 300 * MINUTE
    sla_policies.apply(desk.conn, agent_id=desk.agent_id, now=desk.now)
    finish_jobs(desk)
    assert (touched(desk), touched(desk)) == (NOON + 60 * MINUTE,) * 2


def test_who_falls_under_another_policy_is_counted_by_the_calendar_of_then(desk: Desk) -> None:
    week = calendars.save(desk.conn, name="Care", calendar=WEEK, calendar_id=None, agent_id=desk.agent_id, now=NOON)
    overlapping(desk)
    first(desk, replace(PLAIN, name="Very", condition="said:>=95", calendar_id=week, first_minutes=120, first_business=True))
    desk.hear(a_post("Lost", published_at=NOON - 6 * HOUR))
    desk.now += MINUTE
    short = replace(WEEK, spans=(Span(day=0, begins=540, ends=780),))
    calendars.save(desk.conn, name="Care", calendar=short, calendar_id=week, agent_id=desk.agent_id, now=desk.now)
    assert touched(desk, urgency=99) == NOON - 4 * HOUR


def test_another_order_holds_for_what_starts_after_it_unless_it_is_applied(desk: Desk) -> None:
    everything = first(desk, replace(PLAIN, name="All", first_minutes=300))
    urgent = first(desk, replace(PLAIN, name="Urgent", condition="said:>=70", first_minutes=60))
    desk.hear(a_post("Lost"))
    assert touched(desk, urgency=90) == NOON + 60 * MINUTE
    others = [one.policy_id for one in stored.every(desk.conn)][2:]
    sla_policies.put_in_order(desk.conn, [everything, urgent, *others], agent_id=desk.agent_id, now=desk.now)
    assert touched(desk, urgency=91) == NOON + 60 * MINUTE, "in the order of then it is the first"
    assert touched(desk, urgency=10) == NOON + 300 * MINUTE
    assert touched(desk, urgency=90) == NOON + 60 * MINUTE
    sla_policies.apply(desk.conn, agent_id=desk.agent_id, now=desk.now)
    finish_jobs(desk)
    assert touched(desk, urgency=92) == NOON + 300 * MINUTE


def test_a_policy_that_is_brought_back_takes_none_that_began_while_it_was_away(desk: Desk) -> None:
    urgent, _everything = overlapping(desk)
    sla_policies.remove(desk.conn, policy_id=urgent, agent_id=desk.agent_id, now=desk.now)
    desk.now += MINUTE
    desk.hear(a_post("Lost"))
    desk.now += MINUTE
    sla_policies.restore(desk.conn, policy_id=urgent, agent_id=desk.agent_id, now=desk.now)
    assert touched(desk, urgency=90) == NOON + 300 * MINUTE


STOOD = "select to_jsonb(s) - 'id' from sla_standings s order by id"


def test_which_policies_stood_before_that_was_remembered_is_read_from_what_happened_to_them(desk: Desk) -> None:
    execute(desk.conn, "update sla_policies set created_at = %(at)s", {"at": NOON - DAY})
    execute(desk.conn, "update sla_policy_versions set created_at = %(at)s", {"at": NOON - DAY})
    changes: tuple[Callable[[int], object], ...] = (
        lambda _made: keep(desk, replace(PLAIN, name="Second")),
        lambda made: keep(desk, replace(PLAIN, first_minutes=5), made),
        lambda made: sla_policies.remove(desk.conn, policy_id=made, agent_id=desk.agent_id, now=desk.now),
        lambda _made: sla_policies.apply(desk.conn, agent_id=desk.agent_id, now=desk.now),
        lambda made: sla_policies.restore(desk.conn, policy_id=made, agent_id=desk.agent_id, now=desk.now),
        lambda made: sla_policies.remove(desk.conn, policy_id=made, agent_id=desk.agent_id, now=desk.now),
    )
    execute(desk.conn, "delete from sla_standings")
    made = keep(desk, PLAIN)
    for change in changes:
        desk.now += MINUTE
        change(made)
    remembered = fetch_values(desk.conn, STOOD)
    execute(desk.conn, "delete from sla_standings")
    shape = (FOLDER / "0076_standings_of_policies.sql").read_text()
    desk.conn.execute(shape[shape.index("with told") :].encode())
    assert [one for one in fetch_values(desk.conn, STOOD) if one["created_at"] >= remembered[0]["created_at"]] == remembered


def test_a_calendar_that_was_applied_to_what_runs_stays_so(desk: Desk) -> None:
    week = calendars.save(desk.conn, name="Care", calendar=WEEK, calendar_id=None, agent_id=desk.agent_id, now=NOON)
    first(desk, replace(PLAIN, name="All", first_minutes=300))
    first(desk, replace(PLAIN, name="Urgent", condition="said:>=70", calendar_id=week, first_minutes=60, first_business=True))
    desk.hear(a_post("Lost", published_at=NOON - 2 * HOUR))
    desk.now += MINUTE
    late = replace(WEEK, spans=tuple(Span(day=day, begins=1080, ends=1200) for day in range(5)))
    calendars.save(desk.conn, name="Care", calendar=late, calendar_id=week, agent_id=desk.agent_id, now=desk.now)
    sla_policies.apply(desk.conn, agent_id=desk.agent_id, now=desk.now)
    finish_jobs(desk)
    assert touched(desk, urgency=90) == NOON + 90 * MINUTE, "an hour from six in the evening, half past twelve in UTC"


def statements(desk: Desk, ids: list[CaseId]) -> int:
    """Return how many statements it takes to keep the clocks of these cases, which became urgent."""
    execute(desk.conn, "update cases set urgency = 90 where id = any(%(ids)s::bigint[])", {"ids": ids})
    return asked(desk.conn, lambda: clocks.keep(desk.conn, ids, now=desk.now))


def test_what_a_batch_asks_does_not_grow_with_its_clocks_though_each_began_under_another_policy(desk: Desk) -> None:
    week = calendars.save(desk.conn, name="Care", calendar=WEEK, calendar_id=None, agent_id=desk.agent_id, now=NOON)
    urgent, _everything = overlapping(desk)
    for n in range(12):
        desk.now += MINUTE
        calendar = replace(WEEK, spans=(Span(day=0, begins=540, ends=600 + n),))
        calendars.save(desk.conn, name="Care", calendar=calendar, calendar_id=week, agent_id=desk.agent_id, now=desk.now)
        keep(desk, replace(PLAIN, name="Urgent", condition="said:>=70", calendar_id=week, first_minutes=60 + n), urgent)
        desk.hear(a_post("Lost", external_id=f"x{n}"))
    execute(desk.conn, "update cases set urgency = 10")
    ids = [one.id for one in desk.cases()]
    clocks.keep(desk.conn, ids, now=desk.now)
    assert (statements(desk, ids[:3]), statements(desk, ids[3:])) == (12, 12)
    assert len(set(fetch_values(desk.conn, "select policy_version_id from clocks"))) == len(ids)


def test_business_time_is_counted_by_a_calendar_and_stands_while_we_wait(desk: Desk) -> None:
    week = calendars.save(desk.conn, name="Care", calendar=WEEK, calendar_id=None, agent_id=desk.agent_id, now=NOON)
    terms = {"first_business": True, "resolution_minutes": 480, "resolution_business": True}
    first(desk, replace(PLAIN, calendar_id=week, **terms))  # pyright: ignore[reportArgumentType]
    post = a_post("Lost", published_at=NOON - 90 * MINUTE)
    desk.hear(post)
    assert due(desk) == NOON - 30 * MINUTE
    desk.now = NOON - 60 * MINUTE
    desk.answer()
    desk.now = NOON + DAY
    desk.hear(an_answer_to(post, "Still", external_id="b", published_at=NOON - 30 * MINUTE + DAY))
    assert due(desk) == NOON + 2 * DAY - HOUR
    assert fetch_values(desk.conn, "select business_seconds from clocks where kind = 'first'") == [1800]


def test_a_preview_tells_what_the_last_month_would_have_been_and_changes_nothing(desk: Desk) -> None:
    made = first(desk, PLAIN)
    for n in range(4):
        desk.hear(a_post("Lost", external_id=f"x{n}"))
    before = fetch_values(desk.conn, "select due_at from clocks order by id")
    boss = Visitor(
        agent_id=mia(desk.conn), name="Mia", email="", role=Role.MANAGER, csrf_token="", expires_at=None, teams=None, sources=None
    )
    found = preview(desk.conn, replace(PLAIN, first_minutes=10), policy_id=made, visitor=boss, now=NOON + 30 * MINUTE)
    assert (found.whole.late_before, found.whole.late_after, found.changed) == (0, 4, 4)
    assert (found.whole.due_before, found.whole.due_after) == (4, 4)
    assert fetch_values(desk.conn, "select due_at from clocks order by id") == before
    none = preview(desk.conn, replace(PLAIN, condition="lang:de"), policy_id=made, visitor=boss, now=NOON + 2 * HOUR)
    assert none.whole.due_after == 4
    assert {one.due_after for one in none.first} == {NOON + 4 * HOUR}


def test_a_preview_tells_what_the_policy_changes_and_not_what_became_of_the_cases_since(desk: Desk) -> None:
    plain = first(desk, PLAIN)
    first(desk, replace(PLAIN, name="English", condition="lang:en", first_minutes=30))
    for n in range(3):
        desk.hear(a_post("Lost", external_id=f"x{n}"))
    execute(desk.conn, "update cases set language = 'de' where id > (select min(id) from cases)")
    desk.hear(a_post("Verloren", external_id="y", language_hint="de"))
    execute(desk.conn, "update cases set language = 'en' where id = (select max(id) from cases)")
    boss = Visitor(
        agent_id=mia(desk.conn), name="Mia", email="", role=Role.MANAGER, csrf_token="", expires_at=None, teams=None, sources=None
    )
    same = preview(desk.conn, PLAIN, policy_id=plain, visitor=boss, now=NOON + 20 * MINUTE)
    assert (same.changed, same.whole.late_after) == (0, 0)
    ran = len(fetch_values(desk.conn, "select id from clocks where kind = 'first' and due_at = started_at + interval '60 minutes'"))
    tried = preview(desk.conn, replace(PLAIN, first_minutes=10), policy_id=plain, visitor=boss, now=NOON + 20 * MINUTE)
    assert (tried.changed, tried.whole.late_after) == (ran, ran)


def test_warning_breach_and_steps_happen_once_each_and_reach_whom_they_name(desk: Desk) -> None:
    boss = mia(desk.conn)
    steps = [
        {"minutes": 0, "deed": "assignee"},
        {"minutes": 10, "deed": "manager"},
        {"minutes": 20, "deed": "urgency", "points": 15},
    ]
    first(desk, replace(PLAIN, warn_percent=50, steps=steps))
    desk.hear(a_post("Lost"))
    execute(desk.conn, "update cases set assignee_id = %(ada)s", {"ada": desk.agent_id})
    seen: list[int] = []
    for minutes in (29, 30, 30, 59, 60, 60, 69, 70, 80, 200):
        keep_due(desk.conn, now=NOON + minutes * MINUTE)
        keep_due(desk.conn, now=NOON + minutes * MINUTE)
        seen.append(sum(kind.startswith("clock_") for kind in desk.events()))
    assert seen == [0, 1, 1, 1, 3, 3, 3, 4, 5, 5]
    while notify(desk.conn, now=NOON):
        pass
    told = fetch_values(desk.conn, "select kind || case when agent_id = %(mia)s then ' mia' else '' end from notifications", {"mia": boss})
    assert sorted(one for one in told if one.startswith("clock")) == [
        "clock_breached", "clock_escalated", "clock_escalated mia", "clock_warned"]  # fmt: skip
    assert fetch_values(desk.conn, "select points from events, jsonb_to_record(facts) as f(points int) where kind = 'case_pressed'") == [15]


def test_a_worker_that_was_away_takes_all_steps_at_once(desk: Desk) -> None:
    first(desk, replace(PLAIN, steps=[{"minutes": n, "deed": "manager"} for n in (0, 5, 10)]))
    desk.hear(a_post("Lost"))
    keep_due(desk.conn, now=NOON + DAY)
    assert fetch_values(desk.conn, "select number from clock_steps order by 1") == [1, 2, 3]
    assert fetch_values(desk.conn, "select count(*) from clocks where next_at is not null") == [0]


def test_a_clock_that_comes_under_another_policy_takes_the_steps_of_that_one_from_the_first_on_and_none_twice(desk: Desk) -> None:
    urgent = [{"minutes": 0, "deed": "manager"}, {"minutes": 600, "deed": "lead"}]
    everything = [{"minutes": 0, "deed": "assignee"}, {"minutes": 10, "deed": "manager"}]
    first(desk, replace(PLAIN, name="All", first_minutes=300, warn_percent=50, steps=everything))
    first(desk, replace(PLAIN, name="Urgent", condition="said:>=70", first_minutes=60, warn_percent=50, steps=urgent))
    desk.hear(a_post("Lost"))
    told: list[list[str]] = []
    for minutes, urgency in ((40, 90), (61, 90), (62, 10), (151, 10), (301, 10), (302, 90), (303, 10), (311, 10), (661, 90), (662, 10)):
        desk.now = NOON + minutes * MINUTE
        before = rung(desk)
        touched(desk, urgency=urgency)
        told.append(rung(desk)[len(before) :])
    assert told == [
        ["warned"],
        ["breached", "manager of Urgent"],
        [],
        ["warned"],
        ["breached", "assignee of All"],
        [],
        [],
        ["manager of All"],
        ["lead of Urgent"],
        [],
    ]


def rung(desk: Desk) -> list[str]:
    """What the clocks told so far."""
    return fetch_values(
        desk.conn,
        """
        select case when kind = 'clock_escalated' then (facts->>'deed') || ' of ' || (facts->>'name') else substr(kind, 7) end
        from events where kind in ('clock_warned', 'clock_breached', 'clock_escalated') order by id
        """,
    )


def test_a_calendar_whose_hours_are_gone_lets_nothing_be_late_and_stops_no_post(desk: Desk) -> None:
    week = calendars.save(desk.conn, name="Week", calendar=WEEK, calendar_id=None, agent_id=desk.agent_id, now=desk.now)
    first(desk, replace(PLAIN, calendar_id=week, first_business=True))
    execute(desk.conn, "update calendar_versions set hours = '[]'")
    desk.hear(a_post("My bag is lost!"))
    assert due(desk) is None
    desk.now += 400 * DAY
    keep_due(desk.conn, now=desk.now)
    desk.answer()
    facts.freshen(desk.conn)
    assert fetch_values(desk.conn, "select promise from episode_facts") == ["kept"]


def test_a_policy_whose_team_or_topic_is_gone_stops_no_post(desk: Desk) -> None:
    made = first(desk, PLAIN)
    execute(desk.conn, "update sla_policy_versions set condition = 'team:gone' where policy_id = %(id)s", {"id": made})
    desk.hear(a_post("Lost"))
    assert due(desk) == NOON + 4 * HOUR


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"first_minutes": None},
        {"first_minutes": 10**7},
        {"first_business": True},
        {"calendar_id": 999},
        {"condition": "nonsense:yes"},
        {"warn_percent": 100},
        {"steps": [{"minutes": 5, "deed": "sing"}]},
        {"steps": [{"minutes": 5, "deed": "team"}]},
        {"steps": [{"minutes": 5, "deed": "lead"}, {"minutes": 0, "deed": "lead"}]},
        {"steps": [{"minutes": 5, "deed": "urgency"}]},
        {"steps": [{"minutes": n, "deed": "lead"} for n in range(7)]},
    ],
)
def test_a_policy_that_cannot_be_kept_is_refused(desk: Desk, wrong: dict[str, object]) -> None:
    with pytest.raises(AmendsError):
        keep(desk, replace(PLAIN, **wrong))  # pyright: ignore[reportArgumentType]


def test_a_calendar_keeps_its_versions_and_one_in_use_stays(desk: Desk) -> None:
    def save(calendar: Calendar, calendar_id: int | None, name: str = "Care") -> int:
        return calendars.save(desk.conn, name=name, calendar=calendar, calendar_id=calendar_id, agent_id=desk.agent_id, now=NOON)

    made = save(WEEK, None)
    save(WEEK, made)
    save(replace(WEEK, zone="Europe/Berlin"), made)
    assert fetch_values(desk.conn, "select number from calendar_versions order by number") == [1, 2]
    with pytest.raises(Conflict):
        save(WEEK, None, "care")
    with pytest.raises(Refused, match="no working hour"):
        save(Calendar(), None, "Empty")
    policy = keep(desk, replace(PLAIN, calendar_id=made))
    with pytest.raises(Conflict):
        calendars.remove(desk.conn, calendar_id=made, agent_id=desk.agent_id, now=NOON)
    sla_policies.remove(desk.conn, policy_id=policy, agent_id=desk.agent_id, now=NOON)
    calendars.remove(desk.conn, calendar_id=made, agent_id=desk.agent_id, now=NOON)
    calendars.restore(desk.conn, calendar_id=made, agent_id=desk.agent_id, now=NOON + timedelta(1))


def test_the_deadlines_of_before_are_policies_now(desk: Desk) -> None:
    assert [(one.name, one.condition, one.first_minutes, one.next_minutes) for one in stored.every(desk.conn)] == [
        ("From urgency 70", "said:>=70", 60, 60),
        ("From urgency 40", "said:>=40", 240, 240),
        ("Everything else", "", 1440, 1440),
    ]
    [stood] = stored.standings(desk.conn, [NOON])
    assert stood.version_ids == [one.id for one in stored.every(desk.conn)]
