"""Who is told of what: once for each event, nobody of their own doing, nothing of cases out of sight."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from amends.api import notice_words
from amends.core.database import execute, fetch_values
from amends.core.errors import NotFound, Refused
from amends.inbox.actions import automation, being_away, notices, rule_book, undo
from amends.inbox.actions.assign import assign, assign_team
from amends.inbox.actions.note import add_note, not_told
from amends.inbox.actions.notify import notify
from amends.inbox.actions.rule_book import Draft
from amends.inbox.actions.snooze import snooze, wake_due
from amends.inbox.actions.teams import By
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.rules.noticing import Wishes
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.rules.snoozing import Reason, Sleep
from amends.inbox.rules.words import Role
from amends.inbox.store import events, mentions, notification_list, notifications, scopes, undone
from tests.cast import a_post, an_answer_to, bo, mia
from tests.crew import a_lead, a_team
from tests.desk import HOUR, MINUTE, Desk

FIRST = a_post("My bag is lost!", external_id="told-of-a-bag")


def a_case(desk: Desk) -> CaseId:
    desk.hear(FIRST)
    return desk.cases()[-1].id


def run(desk: Desk) -> None:
    while notify(desk.conn, now=desk.now):
        pass


def told(desk: Desk, agent_id: AgentId) -> list[str]:
    run(desk)
    return fetch_values(desk.conn, "select kind from notifications where agent_id = %(id)s order by id", {"id": agent_id})


def last(desk: Desk, kind: EventKind, case_id: CaseId) -> int:
    found = events.last(desk.conn, kind, case_id=case_id)
    assert found
    return found.id


def unread(desk: Desk, agent_id: AgentId) -> int:
    return notifications.unread(desk.conn, agent_id=agent_id, scope=EVERYTHING)


def note(desk: Desk, text: str, *, by: AgentId | None = None) -> None:
    add_note(desk.conn, case_id=desk.cases()[-1].id, agent_id=by or desk.agent_id, text=text, now=desk.now)


def test_a_colleague_and_a_team_that_are_mentioned_are_told_once_and_the_writer_is_not(desk: Desk) -> None:
    other = bo(desk.conn)
    a_team(desk.conn, members=[desk.agent_id, other, mia(desk.conn)])
    a_case(desk)
    note(desk, "@Bo and all of @Care, also @Ada: look at this")
    assert undone.undone(desk.conn, now=desk.now).untold
    assert told(desk, other) == ["mentioned"]
    assert told(desk, mia(desk.conn)) == ["team_mentioned"]
    assert told(desk, desk.agent_id) == []
    assert not undone.undone(desk.conn, now=desk.now).untold


def test_an_event_that_is_looked_at_twice_tells_nobody_twice(desk: Desk) -> None:
    case_id, other = a_case(desk), bo(desk.conn)
    note(desk, "@Bo look")
    run(desk)
    execute(desk.conn, "insert into notification_queue select id from events where kind = 'note_added'")
    assert told(desk, other) == ["mentioned"]
    assert last(desk, EventKind.NOTE_ADDED, case_id)


def test_who_does_not_see_the_case_is_not_mentioned_and_the_writer_is_told_so(desk: Desk) -> None:
    case_id, other = a_case(desk), bo(desk.conn)
    ours = a_team(desk.conn, "North", members=[desk.agent_id])
    a_team(desk.conn, "South", members=[other])
    assign_team(desk.conn, case_id=case_id, team_id=ours, agent_id=desk.agent_id, now=desk.now)
    text = "@Bo and @South and @North"
    assert not_told(desk.conn, case_id=case_id, text=text) == (
        "Bo does not see this case and is not told. South does not see this case and is not told."
    )
    note(desk, text)
    assert told(desk, other) == []
    assert fetch_values(desk.conn, "select said from note_mentions") == ["North"]


def test_a_note_that_is_taken_back_takes_its_mentions_and_what_was_told_of_it(desk: Desk) -> None:
    case_id, other = a_case(desk), bo(desk.conn)
    note(desk, "@Bo look")
    assert told(desk, other) == ["mentioned"]
    event_id = last(desk, EventKind.NOTE_ADDED, case_id)
    undo.undo(desk.conn, case_id=case_id, event_id=event_id, agent_id=desk.agent_id, now=desk.now)
    assert fetch_values(desk.conn, "select count(*) from note_mentions") == [0]
    assert told(desk, other) == []


def test_a_note_taken_back_before_anybody_was_told_tells_nobody(desk: Desk) -> None:
    case_id, other = a_case(desk), bo(desk.conn)
    note(desk, "@Bo look")
    undo.undo(desk.conn, case_id=case_id, event_id=last(desk, EventKind.NOTE_ADDED, case_id), agent_id=desk.agent_id, now=desk.now)
    assert told(desk, other) == []


def test_two_hundred_mentions_are_refused_and_nothing_is_kept(desk: Desk) -> None:
    a_case(desk)
    with pytest.raises(Refused, match="this one mentions 200"):
        note(desk, "@Ada " * 200)
    assert fetch_values(desk.conn, "select count(*) from notes") == [0]


def test_the_life_of_my_case_is_told_to_me_and_what_i_do_myself_is_not(desk: Desk) -> None:
    case_id, other = a_case(desk), bo(desk.conn)
    assign(desk.conn, case_id=case_id, assignee_id=other, agent_id=desk.agent_id, now=desk.now)
    desk.hear(an_answer_to(FIRST, "Still lost!", published_at=desk.now + MINUTE))
    sleep = Sleep(reason=Reason.TIME, until=desk.now + HOUR)
    snooze(desk.conn, case_id=case_id, sleep=sleep, agent_id=other, now=desk.now)
    desk.now += 2 * HOUR
    wake_due(desk.conn, now=desk.now)
    assert told(desk, other) == ["given", "customer_wrote", "woken"]
    assign(desk.conn, case_id=case_id, assignee_id=desk.agent_id, agent_id=desk.agent_id, now=desk.now)
    assert told(desk, desk.agent_id) == []


def test_an_answer_that_waits_is_told_to_who_may_let_it_out_and_settled_when_somebody_did(desk: Desk) -> None:
    case_id, lea, manager = a_case(desk), a_lead(desk.conn), mia(desk.conn)
    events.add(desk.conn, EventKind.REPLY_PROPOSED, now=desk.now, case_id=case_id, agent_id=desk.agent_id, reply_id=7)
    assert told(desk, lea) == told(desk, manager) == ["approval"]
    assert told(desk, bo(desk.conn)) == []
    events.add(desk.conn, EventKind.REPLY_APPROVED, now=desk.now, case_id=case_id, agent_id=lea, reply_id=7, author_id=desk.agent_id)
    assert told(desk, desk.agent_id) == ["reply_approved"]
    assert unread(desk, lea) == 0 == unread(desk, manager)
    events.add(desk.conn, EventKind.REPLY_PROPOSED, now=desk.now, case_id=case_id, agent_id=desk.agent_id, reply_id=8)
    assert (told(desk, lea)[1:], unread(desk, lea)) == (["approval"], 1)
    events.add(desk.conn, EventKind.REPLY_DISCARDED, now=desk.now, case_id=case_id, agent_id=manager, reply_id=8)
    assert told(desk, desk.agent_id) == ["reply_approved"]
    assert unread(desk, lea) == 0 == unread(desk, manager)


def test_what_becomes_of_an_answer_is_told_to_its_author_even_where_the_event_names_them(desk: Desk) -> None:
    case_id = a_case(desk)
    reply_id = desk.write("Sorry!")
    for kind in (EventKind.REPLY_FAILED, EventKind.REPLY_VANISHED, EventKind.REPLY_NOT_VISIBLE):
        agent_id = desk.agent_id if kind is EventKind.REPLY_FAILED else None
        events.add(desk.conn, kind, now=desk.now, case_id=case_id, agent_id=agent_id, reply_id=reply_id)
    back = EventKind.REPLY_GIVEN_BACK
    me = desk.agent_id
    events.add(desk.conn, back, now=desk.now, case_id=case_id, agent_id=bo(desk.conn), reply_id=reply_id, author_id=me, note="Kinder")
    assert told(desk, desk.agent_id) == ["reply_failed", "reply_vanished", "reply_vanished", "reply_given_back"]


def test_a_rule_that_was_switched_off_is_told_to_managers(desk: Desk) -> None:
    manager = mia(desk.conn)
    events.add(desk.conn, EventKind.RULE_STOPPED, now=desk.now, rule_id=1, name="Bags", why="no team")
    assert told(desk, manager) == ["rule_stopped"]
    assert told(desk, desk.agent_id) == []


def test_a_hand_over_is_told_once_to_whose_cases_they_were_and_its_undo_too(desk: Desk) -> None:
    case_id, lead, other = a_case(desk), By(agent_id=mia(desk.conn), role=Role.MANAGER), bo(desk.conn)
    assign(desk.conn, case_id=case_id, assignee_id=other, agent_id=other, now=desk.now)
    number, _n = being_away.hand_over_all(desk.conn, agent_id=other, by=lead, now=desk.now)
    being_away.undo_hand_over(desk.conn, hand_over_id=number, by=lead, now=desk.now)
    assert told(desk, other) == ["handed_over", "handed_over"]


@pytest.mark.parametrize("team", [False, True])
def test_a_rule_tells_a_colleague_or_a_team_in_its_own_name(desk: Desk, team: bool) -> None:
    other = bo(desk.conn)
    whom = {"team": str(a_team(desk.conn, members=[other, desk.agent_id]))} if team else {"to": str(other)}
    deed = {"deed": "notify", "text": "Lost again", **whom}
    draft = Draft(name="Bags", trigger="opened", hours="", condition="", stops=False, deeds=[deed])
    rule_book.save(desk.conn, draft, rule_id=None, agent_id=desk.agent_id, now=desk.now)
    a_case(desk)
    automation.apply_rules(desk.conn, policy=desk.policy, now=desk.now)
    assert told(desk, other) == ["told_by_rule"]
    assert told(desk, desk.agent_id) == (["told_by_rule"] if team else [])


def test_a_rule_that_tells_nobody_is_not_kept(desk: Desk) -> None:
    draft = Draft(name="Bags", trigger="opened", hours="", condition="", stops=False, deeds=[{"deed": "notify"}])
    with pytest.raises(Refused, match="a colleague or a team"):
        rule_book.save(desk.conn, draft, rule_id=None, agent_id=desk.agent_id, now=desk.now)


def test_a_critical_alarm_on_a_case_that_nobody_has_goes_to_its_team(desk: Desk) -> None:
    case_id, other = a_case(desk), bo(desk.conn)
    team_id = a_team(desk.conn, members=[other])
    assign_team(desk.conn, case_id=case_id, team_id=team_id, agent_id=desk.agent_id, now=desk.now)
    for severity in ("high", "critical"):
        events.add(desk.conn, EventKind.ALERT_RAISED, now=desk.now, case_id=case_id, severity=severity, reason="loud")
    assert told(desk, other).count("alert") >= 1
    facts = fetch_values(desk.conn, "select facts ->> 'severity' from notifications where kind = 'alert'")
    assert set(facts) == {"critical"}


def test_a_flood_of_alarms_is_thirty_lines_and_one_that_counts_until_it_is_read(desk: Desk) -> None:
    case_id, other = a_case(desk), bo(desk.conn)
    assign(desk.conn, case_id=case_id, assignee_id=other, agent_id=desk.agent_id, now=desk.now)
    told(desk, other)
    execute(desk.conn, "delete from notifications")

    def ring(n: int) -> list[str]:
        for _ in range(n):
            events.add(desk.conn, EventKind.ALERT_RAISED, now=desk.now, case_id=case_id, severity="high", reason="loud")
        told(desk, other)
        shown = notification_list.listed(desk.conn, agent_id=other, scope=EVERYTHING, before=None, limit=500, only_unread=True)
        return [f"{notice_words.says(one)} {notice_words.address(one)}" for one in shown if "more" in one.facts]

    assert ring(30) == []
    assert ring(1) == ["1 more alarm was raised /alarms"]
    assert ring(250) == ["251 more alarms were raised /alarms"]
    assert unread(desk, other) == 31
    notices.read(desk.conn, agent_id=other, now=desk.now)
    assert ring(2) == ["2 more alarms were raised /alarms"]
    desk.now += 11 * MINUTE
    assert ring(31) == ["1 more alarm was raised /alarms", "2 more alarms were raised /alarms"], "another ten minutes count for themselves"


def test_who_is_given_hundreds_of_cases_at_once_is_told_thirty_times_and_how_many_more(desk: Desk) -> None:
    other = bo(desk.conn)
    desk.hear(*(a_post(f"lost {n}", external_id=f"f{n}", root_id=f"f{n}") for n in range(40)))
    for case in desk.cases():
        assign(desk.conn, case_id=case.id, assignee_id=other, agent_id=desk.agent_id, now=desk.now)
    told(desk, other)
    shown = notification_list.listed(desk.conn, agent_id=other, scope=EVERYTHING, before=None, limit=500, only_unread=True)
    said = [f"{notice_words.says(one)} {notice_words.address(one)}" for one in shown if "more" in one.facts]
    assert (len(shown), said) == (31, ["10 more: A case is given to me /inbox?view=mine"])


@pytest.mark.parametrize(
    ("kind", "facts"), [(EventKind.COLLEAGUES_TOLD, {}), (EventKind.CLOCK_ESCALATED, {"deed": "lead", "clock": "first"})]
)
def test_a_flood_of_cases_that_are_not_ones_own_leads_to_all_of_them(desk: Desk, kind: EventKind, facts: dict[str, str]) -> None:
    case_id, lead = a_case(desk), a_lead(desk.conn)
    for _ in range(32):
        events.add(desk.conn, kind, now=desk.now, case_id=case_id, **{"to": lead} | facts)
    told(desk, lead)
    shown = notification_list.listed(desk.conn, agent_id=lead, scope=EVERYTHING, before=None, limit=500, only_unread=True)
    assert [(one.facts["more"], notice_words.address(one)) for one in shown if "more" in one.facts] == [(2, "/inbox")]


def test_a_flood_that_is_told_late_is_thirty_lines_and_one_all_the_same(desk: Desk) -> None:
    case_id, other = a_case(desk), bo(desk.conn)
    assign(desk.conn, case_id=case_id, assignee_id=other, agent_id=desk.agent_id, now=desk.now)
    told(desk, other)
    execute(desk.conn, "delete from notifications")
    for _ in range(250):
        events.add(desk.conn, EventKind.ALERT_RAISED, now=desk.now, case_id=case_id, severity="high", reason="loud")
    desk.now += 60 * MINUTE
    told(desk, other)
    assert unread(desk, other) == 31


def choose(desk: Desk, agent_id: AgentId, wishes: Wishes) -> None:
    notices.choose(desk.conn, agent_id=agent_id, wishes=wishes)


def test_what_is_off_or_muted_is_not_told(desk: Desk) -> None:
    case_id, other = a_case(desk), bo(desk.conn)
    choose(desk, other, Wishes(muted_sources=frozenset({desk.source_id})))
    assign(desk.conn, case_id=case_id, assignee_id=other, agent_id=desk.agent_id, now=desk.now)
    note(desk, "@Bo by name all the same")
    assert told(desk, other) == ["mentioned"]
    choose(desk, other, Wishes(ways={"mentioned": "off"}))
    note(desk, "@Bo again")
    assert told(desk, other) == ["mentioned"]


def test_teams_of_others_and_sources_that_are_not_there_cannot_be_muted(desk: Desk) -> None:
    other = bo(desk.conn)
    theirs = a_team(desk.conn, members=[desk.agent_id])
    for wishes in (Wishes(muted_teams=frozenset({theirs})), Wishes(muted_sources=frozenset({10**9}))):
        with pytest.raises(NotFound):
            choose(desk, other, wishes)


def test_a_case_that_left_ones_sight_is_neither_listed_nor_counted(desk: Desk) -> None:
    case_id, other = a_case(desk), bo(desk.conn)
    note(desk, "@Bo look")
    run(desk)
    ours = a_team(desk.conn, "North", members=[desk.agent_id])
    a_team(desk.conn, "South", members=[other])
    assign_team(desk.conn, case_id=case_id, team_id=ours, agent_id=desk.agent_id, now=desk.now)
    scope = scopes.of_agent(desk.conn, other)
    assert scope != EVERYTHING
    assert notifications.unread(desk.conn, agent_id=other, scope=scope) == 0
    assert page(desk, other, scope) == []
    assert mentions.count(desk.conn, agent_id=other, scope=scope, most=10) == 0


def page(desk: Desk, agent_id: AgentId, scope: Scope = EVERYTHING) -> Sequence[notification_list.Told]:
    return notification_list.page(desk.conn, agent_id=agent_id, scope=scope, before=None, limit=10, only_unread=False)


def test_what_is_told_of_one_case_lies_together_and_is_read_together_and_unread_again(desk: Desk) -> None:
    other = bo(desk.conn)
    case_id = a_case(desk)
    note(desk, "@Bo one")
    note(desk, "@Bo two")
    events.add(desk.conn, EventKind.CASES_HANDED_OVER, now=desk.now, agent_id=desk.agent_id, whom=other)
    run(desk)
    assert [one.group == case_id for one in page(desk, other)] == [False, True, True]
    assert notices.read(desk.conn, agent_id=other, now=desk.now, case_id=case_id) == 2
    assert unread(desk, other) == 1
    notices.unread(desk.conn, agent_id=other, read_at=desk.now)
    assert unread(desk, other) == 3


def test_nobody_reads_what_others_were_told(desk: Desk) -> None:
    other = bo(desk.conn)
    a_case(desk)
    note(desk, "@Bo look")
    run(desk)
    [theirs] = fetch_values(desk.conn, "select id from notifications where agent_id = %(id)s", {"id": other})
    with pytest.raises(NotFound):
        notices.read(desk.conn, agent_id=desk.agent_id, now=desk.now, ids=[theirs])
    assert notices.read(desk.conn, agent_id=desk.agent_id, now=desk.now) == 0
    assert unread(desk, other) == 1


def test_what_was_told_long_ago_is_dropped(desk: Desk) -> None:
    other = bo(desk.conn)
    a_case(desk)
    note(desk, "@Bo look")
    run(desk)
    assert notifications.drop_old(desk.conn, before=desk.now - timedelta(days=60)) == 0
    assert notifications.drop_old(desk.conn, before=desk.now + MINUTE) == 1
    assert told(desk, other) == []
