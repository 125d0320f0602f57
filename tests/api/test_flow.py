"""Sleep, many cases at once, rules and undo, as they come in through the doors."""

import json
import re
from collections.abc import Sequence
from typing import LiteralString

import pytest

from amends.core.database import execute, fetch_values
from amends.core.errors import Refused
from amends.core.translating import gettext, speaking
from amends.inbox.actions import incidents, topics
from amends.inbox.actions.assign import ONLY_LOOKS
from amends.inbox.rules.automation import loop
from amends.inbox.store import automation, automation_log
from amends.worker.names import Task
from tests.crew import a_team
from tests.desk import HOUR, MINUTE
from tests.door import Answer, Door, as_fragment
from tests.workplace import Workplace


def toast(answer: Answer) -> tuple[str, str]:
    told = json.loads(answer.headers["hx-trigger"])["toast"]
    return told["text"], told["undo"]


def work(door: Door, task: Task = Task.JOBS) -> None:
    place = Workplace(pool=door.pool)
    place.now = door.now
    place.perform(task)


def values(door: Door, query: str) -> Sequence[object]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, query)  # pyright: ignore[reportArgumentType]


def test_a_case_is_snoozed_from_its_picker_and_that_is_taken_back(door: Door) -> None:
    client, case = door.visitor(door.who.ada), f"/inbox/{door.who.plain}"
    picker = client.get(f"{case}/snooze?zone=Asia/Colombo")
    assert "Tomorrow morning" in picker.text

    answer = client.post(f"{case}/snooze", data={"preset": "tomorrow", "zone": "Asia/Colombo"})
    text, undo = toast(answer)
    assert (text[:13], "09:00" in text) == ("Snoozed until", True)
    assert values(door, "select to_char(until at time zone 'Asia/Colombo', 'HH24:MI') from snoozes") == ["09:00"]
    assert "snoozed the case until" in answer.text
    assert "Snoozed · until" in client.get(case).text

    assert toast(client.post(undo))[0] == "Taken back"
    again = client.post(undo)
    assert (again.status_code, "overwrite" in again.text) == (409, True)


def test_a_case_sleeps_in_three_ways_and_each_is_taken_back_or_woken(door: Door) -> None:
    client, case = door.visitor(door.who.ada), f"/inbox/{door.who.plain}"
    assert "Until an incident is over" not in client.get(f"{case}/snooze").text
    door.visitor(door.who.mia).post("/incidents", data={"name": "Outage", "brand_id": "1"})
    assert "Until an incident is over" in client.get(f"{case}/snooze").text
    until = (door.now + HOUR).isoformat()
    for form, words in (
        ({"at": until[:16], "zone": "UTC"}, "Snoozed · until"),
        ({"reason": "customer"}, "until the customer writes"),
        ({"reason": "incident", "incident": "1"}, "until “Outage” is over"),
    ):
        slept = client.post(f"{case}/snooze", data=form)
        assert words in client.get(case).text, slept.text
        assert toast(client.post(toast(slept)[1]))[0] == "Taken back"
        assert values(door, "select id from cases where status = 'snoozed'") == []
    slept = client.post(f"{case}/snooze", data={"reason": "incident", "incident": "1"})
    asleep = client.post(toast(client.post(f"{case}/wake"))[1])
    assert "until “Outage” is over" in client.get(case).text, asleep.text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"preset": "tomorrow", "zone": "Mars/Olympus"}, "no time zone"),
        ({"at": "2001-01-01T09:00"}, "over already"),
        ({"at": "next week"}, "no date"),
        ({}, "until when"),
        ({"reason": "incident"}, "Name the incident"),
    ],
)
def test_a_snooze_that_makes_no_sense_says_so(shared_door: Door, form: dict[str, str], words: str) -> None:
    client = shared_door.visitor(shared_door.who.ada)
    with as_fragment(client):
        answer = client.post(f"/inbox/{shared_door.who.plain}/snooze", data=form)
    assert (answer.status_code, words in answer.json()["message"]) == (422, True)


def test_what_is_done_by_hand_can_be_taken_back(door: Door) -> None:
    client, case = door.visitor(door.who.ada), f"/inbox/{door.who.plain}"
    for act, data in (("assign", {"to": str(door.who.bo)}), ("note", {"text": "Known."}), ("unread", {})):
        client.get(case)
        undo = toast(client.post(f"{case}/{act}", data=data))[1]
        assert toast(client.post(undo))[0] == "Taken back"
    lines = re.findall(r'id="event-\d+"><span>Ada marked the case as read', client.get(case).text)
    assert len(lines) == 1  # by the undo of “unread”; that the case was opened is no deed
    client.post(f"{case}/resolve")
    reopened = client.post(f"{case}/reopen")
    assert "Follow-up: Not known whether it held" in reopened.text
    assert "took the reopening back" in client.post(toast(reopened)[1]).text


def test_an_auditor_changes_nothing(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "update agents set role = 'auditor' where id = %(id)s", {"id": door.who.bo})
    client, program = door.visitor(door.who.bo), door.program(door.who.bo)
    case = f"/inbox/{door.who.plain}"
    for path in (f"{case}/snooze", f"{case}/wake", f"{case}/unread", f"{case}/events/1/undo", "/bulk", "/settings/rules"):
        assert client.post(path).status_code == 403
    for path in ("/api/v1/bulk", "/api/v1/rules", f"/api/v1/cases/{door.who.plain}/wake"):
        assert program.post(path, json={}).status_code == 403


def test_agents_have_no_rules(shared_door: Door) -> None:
    client = shared_door.visitor(shared_door.who.ada)
    for path in ("/settings/rules", "/settings/rules/1", "/settings/rules/1/log?before=1"):
        assert client.get(path).status_code == 403


def test_all_that_match_are_put_aside_and_taken_back(door: Door) -> None:
    client = door.visitor(door.who.mia)
    number = len(values(door, "select id from cases where status = 'open'"))
    assert f'data-all="{number}"' in client.get("/bulk/matching?view=open").text
    assert "Leave the note" in client.get("/bulk?view=open").text

    answer = client.post("/bulk?view=open", data={"deed": "dismiss", "all": "1"})
    text, undo = toast(answer)
    assert text == f"{number:,} cases: put aside"
    run = re.search(r'data-run="(\d+)"', answer.text)
    assert run
    work(door)
    assert f"{number} cases done" in client.get(f"/bulk/{run[1]}").text
    assert values(door, "select id from cases where status = 'open'") == []

    client.post(undo)
    work(door)
    assert len(values(door, "select id from cases where status = 'open'")) == number
    with as_fragment(client):
        assert client.post(undo).status_code == 409


def test_bulk_work_is_its_agents_own_matter(door: Door) -> None:
    client = door.visitor(door.who.ada)
    answer = client.post("/bulk?view=open", data={"deed": "read", "ids": str(door.who.plain)})
    run = re.search(r'data-run="(\d+)"', answer.text)
    assert run
    other = door.visitor(door.who.bo)
    for path in ("stop", "undo"):
        assert other.post(f"/bulk/{run[1]}/{path}").status_code == 404
    assert other.get(f"/bulk/{run[1]}").status_code == 404
    assert toast(client.post(f"/bulk/{run[1]}/stop"))[0].startswith("Stopped")


@pytest.mark.parametrize(
    "data", [{"deed": "read"}, {"deed": "read", "ids": "1,x"}, {"deed": "", "ids": "1"}, {"ids": "9" * 30, "deed": "read"}]
)
def test_a_selection_that_makes_no_sense_is_refused(shared_door: Door, data: dict[str, str]) -> None:
    assert shared_door.visitor(shared_door.who.ada).post("/bulk?view=open", data=data).status_code == 422


FORM = {
    "name": "Lost bags",
    "trigger": "opened",
    "condition": "status:open",
    "deed": ["note", "press", ""],
    "text": ["Known.", "", ""],
    "points": ["", "10", ""],
    "reason": ["", "vip", ""],
}


def test_a_rule_is_tried_written_ordered_switched_and_removed_on_its_page(door: Door) -> None:
    client = door.visitor(door.who.mia)
    assert "No rules yet" in client.get("/settings/rules").text
    assert "Would have acted on" in client.post("/settings/rules/trials", data=FORM).text
    assert "Would have acted on" in client.post("/settings/rules/trials", data=FORM | {"name": ""}).text
    assert "A rule needs a name" in client.post("/settings/rules", data=FORM | {"name": " "}).text
    idle = client.post("/settings/rules/trials", data=FORM | {"deed": ["reopen", "", ""]}).text
    assert ("Would have acted on 0 of" in idle, "and would change nothing there" in idle) == (True, True)
    assert "raise the urgency by 10: vip" in client.post("/settings/rules", data=FORM).text
    client.post("/settings/rules", data=FORM | {"name": "Second", "trigger": "unanswered", "hours": "2.5"})

    first, second = values(door, "select id from automation_rules order by id")
    page = client.get(f"/settings/rules/{first}").text
    assert ('value="Known."' in page, 'value="vip"' in page, "It has not acted yet" in page) == (True, True, True)
    undo = toast(client.post(f"/settings/rules/{second}/move?by=-1"))[1]
    assert values(door, "select id from automation_rules order by position") == [second, first]
    client.post(undo)
    assert values(door, "select id from automation_rules order by position") == [first, second]

    assert "(2.5)" in client.get("/settings/rules").text
    assert toast(client.post(f"/settings/rules/{first}", data=FORM | {"name": "Renamed"}))[0].startswith("Kept")
    for act in ("switch?on=no", "remove"):
        client.post(toast(client.post(f"/settings/rules/{first}/{act}"))[1])
    assert values(door, "select name from automation_rules where active and deleted_at is null order by position") == ["Renamed", "Second"]
    assert client.get(f"/settings/rules/{first}/log?before=9").status_code == 200


def test_what_a_rule_did_is_taken_back_where_the_thread_tells_it(door: Door) -> None:
    deeds = [{"deed": "assign", "to": str(door.who.bo)}, {"deed": "notify", "to": str(door.who.bo)}, {"deed": "note", "text": "Ring"}]
    door.program(door.who.mia).post("/api/v1/rules", json=RULE | {"trigger": "snoozed", "condition": "", "deeds": deeds})
    client, case = door.visitor(door.who.ada), f"/inbox/{door.who.plain}"
    with_whom = "select assignee_id from cases order by id"
    before = values(door, with_whom)
    client.post(f"{case}/snooze", data={"reason": "customer"})
    work(door, Task.APPLY_RULES)
    thread = client.get(case).text
    assert "The rule “Lost bags” told Bo of the case" in thread
    [given] = values(door, "select max(id) from events where kind = 'case_assigned'")
    address = f'hx-post="{case}/events/{given}/undo"'
    assert (address in thread, address in door.visitor(door.who.otto).get(case).text) == (True, False)
    assert toast(client.post(f"{case}/events/{given}/undo"))[0] == "Taken back"
    assert values(door, with_whom) == before
    assert address not in client.get(case).text
    [noted] = values(door, "select max(id) from events where kind = 'note_added'")
    assert ("<b>The rule “Lost bags”</b>" in thread, f'hx-post="{case}/events/{noted}/undo"' in thread) == (True, True)


RULE = {"name": "Lost bags", "trigger": "opened", "condition": "status:open", "deeds": [{"deed": "note", "text": "Known."}]}


def test_all_that_a_rule_did_is_taken_back_on_its_page_and_over_rest(door: Door) -> None:
    mia, case = door.visitor(door.who.mia), f"/inbox/{door.who.plain}"
    mia.post("/settings/rules", data=FORM | {"trigger": "assigned", "condition": "", "deed": ["read", "", ""]})
    [rule_id] = values(door, "select id from automation_rules")
    page, back = f"/settings/rules/{rule_id}", f"/settings/rules/{rule_id}/take-back"
    assert "How far back" not in mia.get(page).text
    assert "nothing to take back" in mia.post(back).text
    for turn, hours in enumerate(("1", "")):
        mia.post(f"{case}/assign", data={"to": str(door.who.bo if turn else door.who.ada)})
        work(door, Task.APPLY_RULES)
        if turn:
            program = door.program(door.who.mia)
            assert program.post(f"/api/v1/rules/{rule_id}/take_back", json={"hours": 0.5}).status_code == 202
        else:
            begun = mia.post(back, data={"hours": hours})
            assert (toast(begun)[0], "take back what the rule" in begun.text) == ("Taking it back", True)
            assert 'hx-get="/bulk/' in mia.get(page).text
        work(door)
    assert values(door, "select state from bulk_cases") == ["done", "done"]
    assert door.visitor(door.who.ada).post(back).status_code == 403


def test_what_a_removed_rule_did_is_told_and_taken_back_on_its_page(door: Door) -> None:
    mia, case = door.visitor(door.who.mia), f"/inbox/{door.who.plain}"
    mia.post("/settings/rules", data=FORM | {"trigger": "assigned", "condition": "", "deed": ["read", "", ""]})
    [rule_id] = values(door, "select id from automation_rules")
    page = f"/settings/rules/{rule_id}"
    mia.post(f"{case}/assign", data={"to": str(door.who.ada)})
    work(door, Task.APPLY_RULES)
    mia.post(f"{page}/remove")
    assert f'href="{page}"' in mia.get("/settings/rules").text
    shown = mia.get(page).text
    assert ("Removed; what it did stays" in shown, "How far back" in shown, f'hx-post="{page}"' in shown) == (True, True, False)
    program = door.program(door.who.mia)
    assert len(program.get(f"/api/v1/rules/{rule_id}/log").json()["entries"]) == 1
    assert toast(mia.post(f"{page}/take-back"))[0] == "Taking it back"
    second = mia.post(f"{page}/take-back")
    assert (second.status_code, "This is being taken back already." in second.text) == (409, True)
    work(door)
    assert values(door, "select state from bulk_cases") == ["done"]
    assert "Nothing that this rule did still stands" in mia.post(f"{page}/take-back").text
    assert toast(mia.post(f"{page}/restore"))[0] == "The rule is back"
    assert f'hx-post="{page}"' in mia.get(page).text


def test_of_two_programs_that_change_a_rule_the_later_one_is_told_where_it_says_what_it_saw(door: Door) -> None:
    program = door.program(door.who.mia)
    address = f"/api/v1/rules/{program.post('/api/v1/rules', json=RULE).json()['id']}"
    read = program.get(address)
    door.now += MINUTE
    first = program.put(address, json=RULE | {"name": "First"}, headers={"If-Match": read.headers["ETag"]})
    late = program.put(address, json=RULE | {"name": "Late"}, headers={"If-Match": read.json()["changed_at"]})
    assert (first.status_code, late.status_code, program.get(address).json()["name"]) == (200, 409, "First")
    for seen in (f"W/{first.headers['ETag']}", "*", ""):
        assert program.put(address, json=RULE, headers={"If-Match": seen}).status_code == 200


def test_a_rule_that_was_read_may_be_sent_back_as_it_is(door: Door) -> None:
    with door.pool.transaction() as conn:
        team, mia = a_team(conn, members=[]), door.who.mia
        topic = topics.create(conn, name="Bags", brand_id=None, agent_id=mia, now=door.now)
        incident = incidents.open_over(conn, "Bags", [door.who.plain], agent_id=mia, now=door.now)
    program = door.program(door.who.mia)
    deeds = [
        {"deed": "deal", "team": str(team), "by": "turn"},
        {"deed": "topic", "topic": topic},
        {"deed": "press", "points": 10, "reason": "vip"},
        {"deed": "snooze", "hours": 2.5},
        {"deed": "incident", "incident": incident, "text": "says so"},
    ]
    made = program.post("/api/v1/rules", json=RULE | {"deeds": deeds}).json()
    again = program.put(f"/api/v1/rules/{made['id']}", json={name: made[name] for name in ("name", "trigger", "condition", "deeds")})
    assert (again.status_code, again.json()["deeds"]) == (200, made["deeds"])


def test_a_number_larger_than_any_id_is_refused_in_a_list(shared_door: Door) -> None:
    program = shared_door.program(shared_door.who.mia)
    assert program.post("/api/v1/bulk", json={"deed": "read", "case_ids": [2**70]}).status_code == 422
    for name in ("members", "sources"):
        assert program.put("/api/v1/teams/1", json={"name": "Care", name: [2**70]}).status_code == 422
    assert program.put(f"/api/v1/teams/people/{shared_door.who.ada}/skills", json={"topics": [2**70]}).status_code == 422


def test_a_condition_kept_before_that_asks_for_me_says_so_where_it_is_listed(door: Door) -> None:
    client = door.visitor(door.who.mia)
    client.post("/settings/rules", data=FORM)
    client.post("/settings/surges", data={"name": "Bags", "kind": "rate", "condition": "lost", "apart_by": "", "minutes": 60, "least": 3})
    with door.pool.transaction() as conn:
        route = "insert into alert_routes (name, position, severity, created_at) values ('Nights', 1, 'high', %(now)s)"
        execute(conn, route, {"now": door.now})
    lists: dict[LiteralString, str] = {
        "automation_rules": "/settings/rules",
        "sla_policy_versions": "/settings/sla",
        "alert_routes": "/settings/alarm-routes",
        "surge_rules": "/settings/surges",
    }
    for table, address in lists.items():
        assert "in place of “me”" not in client.get(address).text, address
        with door.pool.transaction() as conn:
            execute(conn, f"update {table} set condition = 'lost assignee:me'")  # noqa: S608
        assert "in place of “me”" in client.get(address).text, address


def test_what_a_rule_did_is_told_in_the_readers_language(door: Door) -> None:
    client = door.visitor(door.who.mia)
    client.post("/settings/rules", data=FORM)
    [rule_id] = values(door, "select id from automation_rules")
    with door.pool.transaction() as conn:
        entry = automation_log.begin(conn, rule_id=int(str(rule_id)), case_id=door.who.plain, cause="e1", now=door.now)
        automation_log.finish(conn, entry_id=entry, outcome="acted", why="raise the urgency by 10: resolve; put aside; note “a; b”")
    with speaking("ta"):
        pressed = gettext("raise the urgency by %(points)s: %(reason)s") % {"points": 10, "reason": "resolve"}
        aside = gettext("put aside")
    page = client.get(f"/settings/rules/{rule_id}", headers={"Accept-Language": "ta"}).text
    assert f"{pressed}; {aside}; note “a; b”" in page
    assert f'<th scope="row">{door.now.date().isoformat()}' not in page
    assert "raise the urgency by 10: resolve; put aside; note “a; b”" in client.get(f"/settings/rules/{rule_id}/log?before=99").text


def test_what_held_a_rule_back_is_told_in_its_log_and_counted_in_the_list(door: Door) -> None:
    client = door.visitor(door.who.mia)
    client.post("/settings/rules", data=FORM)
    [rule_id] = (int(str(one)) for one in values(door, "select id from automation_rules"))
    assert "Held back: a loop" not in client.get("/settings/rules").text
    with door.pool.transaction() as conn:
        entry = automation_log.begin(conn, rule_id=rule_id, case_id=door.who.plain, cause="e1", now=door.now)
        automation_log.finish(conn, entry_id=entry, outcome="looped", why=loop(9, (1, 2, 3, 4, 5)))
        automation_log.count(conn, day=door.now.date(), numbers={(rule_id, "looped"): 1})
    with speaking("ta"):
        held = gettext("%(n)s rules followed from one another already.") % {"n": 5}
    assert held in client.get(f"/settings/rules/{rule_id}", headers={"Accept-Language": "ta"}).text
    assert "Held back: a loop (1)" in client.get("/settings/rules").text


def test_what_a_rule_failed_at_is_told_in_the_readers_language(door: Door) -> None:
    client = door.visitor(door.who.mia)
    client.post("/settings/rules", data=FORM)
    [rule_id] = (int(str(one)) for one in values(door, "select id from automation_rules"))
    why = str(Refused(ONLY_LOOKS, name="Ori 100 %"))
    with door.pool.transaction() as conn:
        entry = automation_log.begin(conn, rule_id=rule_id, case_id=door.who.plain, cause="e1", now=door.now)
        automation_log.finish(conn, entry_id=entry, outcome="failed", why=why)
        automation.switch(conn, rule_id=rule_id, active=False, trouble=why, now=door.now)
    with speaking("ta"):
        failed = gettext(ONLY_LOOKS) % {"name": "Ori 100 %"}
    page = client.get(f"/settings/rules/{rule_id}", headers={"Accept-Language": "ta"}).text
    assert (page.count(failed), failed != why) == (2, True)


def test_a_rule_that_was_changed_in_another_tab_is_not_written_over(door: Door) -> None:
    client = door.visitor(door.who.mia)
    client.post("/settings/rules", data=FORM)
    [rule] = values(door, "select id from automation_rules")
    seen = client.get(f"/settings/rules/{rule}").text.partition('name="seen" value="')[2].partition('"')[0]
    door.now += MINUTE
    later = client.post(f"/settings/rules/{rule}", data=FORM | {"name": "Renamed", "seen": seen})
    assert (later.status_code, seen in later.text) == (200, False)
    assert client.post(f"/settings/rules/{rule}", data=FORM | {"name": "Stale", "seen": seen}).status_code == 409
    assert values(door, "select name from automation_rules") == ["Renamed"]


@pytest.mark.parametrize("change", [{"trigger": "x"}, {"deed": [""]}, {"condition": "colour:red"}, {"deed": "shred"}])
def test_a_rule_that_makes_no_sense_says_so(shared_door: Door, change: dict[str, object]) -> None:
    client = shared_door.visitor(shared_door.who.mia)
    for path in ("/settings/rules", "/settings/rules/trials"):
        assert client.post(path, data=FORM | change).status_code == 422


def test_programs_let_cases_sleep_and_work_on_many(door: Door) -> None:
    program, case = door.program(door.who.mia), f"/api/v1/cases/{door.who.plain}"
    assert program.post(f"{case}/snooze", json={"until": "2099-01-01T00:00:00Z"}).status_code == 422
    assert "Name the incident" in program.post(f"{case}/snooze", json={"reason": "incident"}).json()["message"]
    assert program.post(f"{case}/snooze", json={"reason": "incident", "label": "the storm"}).status_code == 422
    labelled = {"deed": "snooze", "facts": {"reason": "incident", "label": "the storm"}, "matching": {"view": "open"}}
    assert "Name the incident" in program.post("/api/v1/bulk", json=labelled).json()["message"]
    slept = program.post(f"{case}/snooze", json={"reason": "customer"}).json()
    assert slept["case"]["status"] == "snoozed"
    event = slept["events"][-1]["id"]
    assert program.post(f"{case}/events/{event}/undo").json()["case"]["status"] == "open"
    assert program.post(f"{case}/wake").status_code == 409
    assert program.post(f"{case}/read").status_code == program.post(f"{case}/unread").status_code == 200

    run = program.post("/api/v1/bulk", json={"deed": "dismiss", "matching": {"view": "open"}}).json()
    work(door)
    run = program.get(f"/api/v1/bulk/{run['id']}").json()
    assert (run["state"], run["queued"]) == ("done", 0)
    assert program.get(f"/api/v1/bulk/{run['id']}/left").json() == {"cases": [], "next": 0}
    assert program.post(f"/api/v1/bulk/{run['id']}/undo").status_code == 202
    assert program.post(f"/api/v1/bulk/{run['id']}/stop").status_code == 422


def test_programs_keep_the_rules(door: Door) -> None:
    program = door.program(door.who.mia)
    body = {"name": "Lost", "trigger": "opened", "deeds": [{"deed": "resolve"}]}
    rule = program.post("/api/v1/rules", json=body).json()
    cases = values(door, "select id from cases")
    path = f"/api/v1/rules/{rule['id']}"
    assert program.post("/api/v1/rules/trial", json=body).json()["looked"] == len(cases)
    assert program.put(path, json=body | {"name": "Found"}).json()["name"] == "Found"
    assert program.post(f"{path}/switch", json={"active": False}).json()["active"] is False
    assert program.post("/api/v1/rules/order", json={"rule_ids": []}).status_code == 409
    assert program.get(f"{path}/log").json() == {"entries": [], "next": 0}
    assert program.delete(path).json() == {"rules": []}
    assert program.get(path).status_code == 404
    assert program.post(f"{path}/restore").json()["name"] == "Found"
    assert len(program.get("/api/v1/rules").json()["rules"]) == 1
