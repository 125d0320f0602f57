"""One cause behind many complaints: cases join and leave, one incident each, and those who sleep wake when it is over."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import pytest

from amends.core.database import fetch_values
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.post import Author
from amends.inbox.actions import deeds, incidents, resolve, snooze
from amends.inbox.actions.deeds import At
from amends.inbox.actions.undo import undo
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, BrandId, CaseId, IncidentId
from amends.inbox.rules.incidents import How, NewIncident
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.rules.snoozing import Reason, Sleep
from amends.inbox.store import events, incident_cases, incident_notes, snoozes, undone
from amends.inbox.store import incidents as rows
from amends.inbox.store.incident_cases import Coming
from tests.cast import a_post, bo
from tests.desk import DAY, HOUR, Desk

NUMBERS = count(1)
BY_HAND = Coming(how=How.HAND, reason="the same tower")


def people(desk: Desk, n: int) -> list[CaseId]:
    """Let so many people complain, and return their cases."""
    given = range(n)
    authors = [Author(external_id=f"i-{next(NUMBERS)}", handle=f"person{one}", name=f"Person {one}", followers=one) for one in given]
    desk.hear(*(a_post(f"The app is down {one.handle}", author=one, published_at=desk.now - HOUR) for one in authors))
    return [one.id for one in desk.cases()][-n:]


def opened(desk: Desk, case_ids: Sequence[int] = (), name: str = "Outage in Jaffna") -> IncidentId:
    """Open an incident over these cases."""
    [brand] = fetch_values(desk.conn, "select id from brands")
    new = NewIncident(name=name, brand_id=BrandId(brand))
    return incidents.open(desk.conn, new, case_ids=case_ids, agent_id=desk.agent_id, now=desk.now)


def test_it_begins_with_its_first_complaint_and_its_opener_is_on_it(desk: Desk) -> None:
    cases = people(desk, 3)
    incident = incidents.incident_of(desk.conn, opened(desk, cases))
    assert (incident.status, incident.started_at, incident.fixed_at) == ("investigating", desk.now - HOUR, None)
    assert [one.agent_id for one in rows.people(desk.conn, incident.id)] == [desk.agent_id]
    assert {one.case_id for one in incident_cases.page(desk.conn, EVERYTHING, incident.id)} == set(cases)
    assert desk.events().count("incident_joined") == 3


def test_cases_join_once_leave_with_a_reason_and_come_back(desk: Desk) -> None:
    first, second = people(desk, 2)
    incident = opened(desk, [first])
    coming = Coming(how=How.BULK, reason="the same tower")
    joined = incidents.join(desk.conn, incident, [first, second, 999_999], coming=coming, agent_id=desk.agent_id, now=desk.now)
    assert joined == [second]

    incidents.leave(desk.conn, incident, first, reason="another cause", agent_id=desk.agent_id, now=desk.now)
    with pytest.raises(Conflict, match="does not belong"):
        incidents.leave(desk.conn, incident, first, reason="another cause", agent_id=desk.agent_id, now=desk.now)
    with pytest.raises(Refused, match="Say why"):
        incidents.leave(desk.conn, incident, second, reason=" ", agent_id=desk.agent_id, now=desk.now)
    assert [one.case_id for one in incident_cases.page(desk.conn, EVERYTHING, incident)] == [second]
    with pytest.raises(Refused, match="Say why it belongs"):
        incidents.join(desk.conn, incident, [first], coming=Coming(how=How.HAND, reason=" "), agent_id=desk.agent_id, now=desk.now)
    assert incidents.join(desk.conn, incident, [first], coming=BY_HAND, agent_id=desk.agent_id, now=desk.now) == [first]


def test_a_case_comes_back_as_it_came_and_one_that_never_came_does_not(desk: Desk) -> None:
    first, second = people(desk, 2)
    incident = opened(desk, [first])
    incidents.leave(desk.conn, incident, first, reason="another cause", agent_id=desk.agent_id, now=desk.now)
    incidents.join_again(desk.conn, incident, first, agent_id=desk.agent_id, now=desk.now)
    [member] = incident_cases.page(desk.conn, EVERYTHING, incident)
    assert (member.case_id, member.how, member.reason) == (first, "hand", "Outage in Jaffna")
    with pytest.raises(Refused, match="Say why it belongs"):
        incidents.join_again(desk.conn, incident, second, agent_id=desk.agent_id, now=desk.now)


def test_a_case_belongs_to_one_incident_that_goes_on(desk: Desk) -> None:
    first, second = people(desk, 2)
    tower = opened(desk, [first])
    app = opened(desk, [first, second], "The app crashes")
    assert [one.case_id for one in incident_cases.page(desk.conn, EVERYTHING, app)] == [second]
    with pytest.raises(Conflict, match="another incident"):
        incidents.join(desk.conn, app, [first], coming=BY_HAND, agent_id=desk.agent_id, now=desk.now)

    incidents.set_status(desk.conn, tower, "closed", agent_id=desk.agent_id, now=desk.now)
    assert incidents.join(desk.conn, app, [first], coming=BY_HAND, agent_id=desk.agent_id, now=desk.now) == [first]
    belongs = incident_cases.of_case(desk.conn, first)
    assert belongs is not None
    assert belongs.name == "The app crashes"
    with pytest.raises(Conflict, match="closed"):
        incidents.join(desk.conn, tower, [second], coming=BY_HAND, agent_id=desk.agent_id, now=desk.now)


def test_an_incident_that_is_opened_again_leaves_its_cases_to_those_that_they_came_to_meanwhile(desk: Desk) -> None:
    first, second = people(desk, 2)
    tower = opened(desk, [first, second])
    incidents.set_status(desk.conn, tower, "closed", agent_id=desk.agent_id, now=desk.now)
    app = opened(desk, [first], "The app crashes")
    incidents.set_status(desk.conn, tower, "mending", agent_id=desk.agent_id, now=desk.now)
    assert [one.case_id for one in incident_cases.page(desk.conn, EVERYTHING, tower)] == [second]
    assert [one.case_id for one in incident_cases.page(desk.conn, EVERYTHING, app)] == [first]
    left = "select facts ->> 'note' from events where kind = 'incident_left' and case_id = %(id)s"
    assert fetch_values(desk.conn, left, {"id": first}) == ["It belongs to another incident that goes on."]


def test_what_it_is_and_where_it_stands_can_be_said_anew(desk: Desk) -> None:
    incident = opened(desk)
    brand = incidents.incident_of(desk.conn, incident).brand_id
    new = NewIncident(name="Outage of the North", brand_id=brand, severity="critical", started_at=desk.now - 5 * HOUR)
    incidents.change(desk.conn, incident, new, agent_id=desk.agent_id, now=desk.now)
    assert incidents.set_status(desk.conn, incident, "fixed", agent_id=desk.agent_id, now=desk.now) == "investigating"
    assert incidents.set_status(desk.conn, incident, "fixed", agent_id=desk.agent_id, now=desk.now + HOUR) == "fixed"

    found = incidents.incident_of(desk.conn, incident)
    assert (found.name, found.severity, found.started_at, found.fixed_at) == (new.name, "critical", desk.now - 5 * HOUR, desk.now)
    with pytest.raises(Refused, match="brand"):
        incidents.change(desk.conn, incident, NewIncident(name="x", brand_id=0), agent_id=desk.agent_id, now=desk.now)
    with pytest.raises(NotFound):
        incidents.set_status(desk.conn, 999_999, "fixed", agent_id=desk.agent_id, now=desk.now)


def test_who_is_on_it_comes_and_goes(desk: Desk) -> None:
    incident, colleague = opened(desk), bo(desk.conn)
    for _time in range(2):
        incidents.put_on(desk.conn, incident, colleague, agent_id=desk.agent_id, now=desk.now)
    incidents.put_on(desk.conn, incident, AgentId(999_999), agent_id=desk.agent_id, now=desk.now)
    assert len(rows.people(desk.conn, incident)) == 2
    incidents.take_off(desk.conn, incident, colleague, agent_id=desk.agent_id, now=desk.now)
    assert [one.name for one in rows.people(desk.conn, incident)] == ["Ada"]


def test_a_note_is_said_once_in_several_languages_and_can_be_taken_back(desk: Desk) -> None:
    incident = opened(desk)
    note = incidents.note(desk.conn, incident, {"en": "A tower is down.", "si": " "}, agent_id=desk.agent_id, now=desk.now)
    [said] = incident_notes.newest(desk.conn, incident)
    assert (said.texts, said.status, said.agent) == ({"en": "A tower is down."}, "investigating", "Ada")
    incidents.remove_note(desk.conn, incident, note, agent_id=desk.agent_id, now=desk.now)
    assert incident_notes.newest(desk.conn, incident) == []
    with pytest.raises(Conflict):
        incidents.remove_note(desk.conn, incident, note, agent_id=desk.agent_id, now=desk.now)
    incidents.remove_note(desk.conn, incident, note, agent_id=desk.agent_id, now=desk.now, back=True)
    assert len(incident_notes.newest(desk.conn, incident)) == 1


def test_the_list_has_what_somebody_sees_of_each(desk: Desk) -> None:
    cases = people(desk, 2)
    incident = opened(desk, cases)
    desk.conn.execute("update cases set status = 'resolved' where id = %s", [cases[0]])
    [seen] = rows.page(desk.conn, EVERYTHING, closed=False, below=None, limit=10)
    assert (seen.id, seen.cases, seen.going_on, list(seen.people)) == (incident, 2, 1, ["Ada"])
    elsewhere = Scope(teams=None, sources=(0,))
    assert rows.page(desk.conn, elsewhere, closed=False, below=None, limit=10) == []
    assert rows.page(desk.conn, EVERYTHING, closed=True, below=None, limit=10) == []


@pytest.mark.parametrize("over", ["fixed", "closed"])
def test_a_case_that_sleeps_until_an_incident_is_over_wakes_then(desk: Desk, over: str) -> None:
    [case_id] = people(desk, 1)
    incident = opened(desk)
    sleep = Sleep(reason=Reason.INCIDENT, incident_id=incident)
    snooze.snooze(desk.conn, case_id=case_id, sleep=sleep, agent_id=desk.agent_id, now=desk.now)
    row = snoozes.find(desk.conn, case_id=case_id)
    assert row is not None
    assert (row.label, snooze.wake_due(desk.conn, now=desk.now + 300 * DAY)) == ("Outage in Jaffna", 0)

    incidents.set_status(desk.conn, incident, over, agent_id=desk.agent_id, now=desk.now)
    assert undone.undone(desk.conn, now=desk.now).asleep
    assert (snooze.wake_due(desk.conn, now=desk.now), snooze.wake_due(desk.conn, now=desk.now)) == (1, 0)
    assert (desk.case().status, desk.case().unread) == ("open", True)
    told = events.last(desk.conn, EventKind.CASE_WOKEN, case_id=case_id)
    assert told is not None
    assert told.facts == {"woken_by": "incident", "incident": "Outage in Jaffna"}
    with pytest.raises(Refused, match="over"):
        snooze.snooze(desk.conn, case_id=case_id, sleep=sleep, agent_id=desk.agent_id, now=desk.now)


def test_a_case_does_not_sleep_on_for_an_incident_that_ended_while_it_was_resolved(desk: Desk) -> None:
    [case_id] = people(desk, 1)
    incident = opened(desk)
    sleep = Sleep(reason=Reason.INCIDENT, incident_id=incident)
    snooze.snooze(desk.conn, case_id=case_id, sleep=sleep, agent_id=desk.agent_id, now=desk.now)
    desk.resolve()
    incidents.set_status(desk.conn, incident, "fixed", agent_id=desk.agent_id, now=desk.now)
    resolve.undo_resolve(desk.conn, case_id=case_id, agent_id=desk.agent_id, now=desk.now)
    assert desk.case().status == "open"


def test_joining_and_leaving_are_taken_back_unless_something_followed(desk: Desk) -> None:
    [case_id] = people(desk, 1)
    incident = opened(desk)
    at = At(conn=desk.conn, case_id=case_id, agent_id=desk.agent_id, policy=desk.policy, now=desk.now)
    wished = {"incident": str(incident), "text": "the tower"}
    joined = deeds.do(at, "incident", deeds.deed_of("incident").check(desk.conn, wished, desk.now))
    assert joined is not None
    assert fetch_values(desk.conn, "select array[how, reason] from incident_cases") == [["bulk", "the tower"]]
    assert deeds.do(at, "incident", {"incident": incident, "name": "", "reason": "again"}) is None
    undo(desk.conn, case_id=case_id, event_id=joined, agent_id=desk.agent_id, now=desk.now)
    assert incident_cases.of_case(desk.conn, case_id) is None

    deeds.do(at, "incident", {"incident": incident, "name": "", "reason": "the tower"})
    left = deeds.do(at, "unincident", deeds.deed_of("unincident").check(desk.conn, {"text": "no"}, desk.now))
    assert left is not None
    undo(desk.conn, case_id=case_id, event_id=left, agent_id=desk.agent_id, now=desk.now)
    assert incident_cases.of_case(desk.conn, case_id) is not None
    deeds.do(replace(at, why="a rule of before there were reasons"), "unincident", {"reason": ""})
    deeds.do(replace(at, why="a rule of before there were reasons"), "incident", {"incident": incident, "name": "", "reason": ""})
    with pytest.raises(Conflict):
        undo(desk.conn, case_id=case_id, event_id=left, agent_id=desk.agent_id, now=desk.now)


def test_many_join_and_leave_with_a_reason_and_the_incident_named(desk: Desk) -> None:
    incident = opened(desk)
    with pytest.raises(Refused):
        deeds.deed_of("incident").check(desk.conn, {"incident": "x"}, desk.now)
    with pytest.raises(Refused, match="Say why it belongs"):
        deeds.deed_of("incident").check(desk.conn, {"incident": str(incident), "text": " "}, desk.now)
    with pytest.raises(Refused, match="Say why"):
        deeds.deed_of("unincident").check(desk.conn, {"text": " "}, desk.now)


def test_an_incident_over_a_selection_is_of_the_brand_of_most(desk: Desk) -> None:
    cases = people(desk, 2)
    found = incidents.incident_of(desk.conn, incidents.open_over(desk.conn, "Down", cases, agent_id=desk.agent_id, now=desk.now))
    assert (found.name, found.started_at) == ("Down", desk.now - HOUR)
    new = NewIncident(name="Up", brand_id=found.brand_id)
    bare = Coming(how=How.BULK, reason="\u200b")
    up = incidents.open(desk.conn, new, case_ids=people(desk, 1), coming=bare, agent_id=desk.agent_id, now=desk.now)
    assert [one.reason for one in incident_cases.page(desk.conn, EVERYTHING, up)] == ["Up"]
    with pytest.raises(Refused, match="selected"):
        incidents.open_over(desk.conn, "Down", [], agent_id=desk.agent_id, now=desk.now)


def test_all_that_match_are_recorded_as_of_their_query(desk: Desk) -> None:
    [case_id] = people(desk, 1)
    incident = opened(desk, [])
    at = At(conn=desk.conn, case_id=case_id, agent_id=desk.agent_id, policy=desk.policy, now=desk.now, query="mood:negative")
    deeds.do(at, "incident", {"incident": incident, "name": "", "reason": ""})
    [member] = incident_cases.page(desk.conn, EVERYTHING, incident)
    assert (member.how, member.reason) == ("query", "mood:negative")
