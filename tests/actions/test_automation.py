"""Rules that work for the team: they act once, in order, do not answer themselves, are tried before, and give up in the open."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

import pytest

from amends.core.database import execute, fetch_values
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.post import Author
from amends.inbox.actions import alert_routing, automation, deeds, drafts, macros, rule_book, snooze, topics
from amends.inbox.actions.assign import assign
from amends.inbox.actions.channels import add_channel, remove_channel
from amends.inbox.actions.rule_book import Draft
from amends.inbox.actions.undo import undo
from amends.inbox.rules.automation import MOST_FAILURES
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.snoozing import Reason, Sleep
from amends.inbox.store import automation as rules
from amends.inbox.store import automation_log, undone
from amends.inbox.store import drafts as stored_drafts
from amends.inbox.store.macros import NewMacro
from tests.cast import DEE, SECRET_KEY, a_post, an_answer_to, bo, mia, ori
from tests.crew import a_team
from tests.desk import HOUR, MINUTE, Desk

FIRST = a_post("My bag is lost!", external_id="bag")
NOTE: Mapping[str, object] = {"deed": "note", "text": "A rule was here."}


def draft(
    name: str = "Lost bags",
    *,
    trigger: str = "opened",
    condition: str = "",
    hours: str = "",
    stops: bool = False,
    deeds: Sequence[Mapping[str, object]] = (NOTE,),
) -> Draft:
    return Draft(name=name, trigger=trigger, hours=hours, condition=condition, stops=stops, deeds=deeds)


def save(desk: Desk, wanted: Draft) -> int:
    return rule_book.save(desk.conn, wanted, rule_id=None, agent_id=desk.agent_id, now=desk.now)


def apply(desk: Desk) -> None:
    while automation.apply_rules(desk.conn, policy=desk.policy, now=desk.now):
        pass


def timed(desk: Desk) -> None:
    automation.apply_timed(desk.conn, policy=desk.policy, now=desk.now)


def place(desk: Desk, case_id: CaseId) -> deeds.At:
    return deeds.At(conn=desk.conn, case_id=case_id, agent_id=desk.agent_id, policy=desk.policy, now=desk.now)


def tried(desk: Desk, kept: rules.Kept) -> rule_book.Trial:
    return rule_book.try_out(desk.conn, kept, agent_id=desk.agent_id, policy=desk.policy, now=desk.now)


def notes(desk: Desk) -> list[str]:
    return fetch_values(desk.conn, "select text from notes order by id")


def outcomes(desk: Desk, rule_id: int) -> list[str]:
    return [entry.outcome for entry in automation_log.entries(desk.conn, rule_id=rule_id)]


def test_a_rule_acts_on_what_fulfils_its_condition_and_says_so_in_the_timeline(desk: Desk) -> None:
    rule_id = save(desk, draft(condition="mood:negative lost"))
    desk.hear(FIRST, a_post("thank you? all good", external_id="thanks", root_id="thanks"))
    assert undone.undone(desk.conn, now=desk.now).ruled
    apply(desk)

    assert notes(desk) == ["A rule was here."]
    told = fetch_values(desk.conn, "select because from events where kind = 'note_added'")
    assert told == [{"rule": rule_id, "name": "Lost bags", "chain": [rule_id]}]
    [entry] = automation_log.entries(desk.conn, rule_id=rule_id)
    assert (entry.outcome, entry.why) == ("acted", "note “A rule was here.”")
    [day] = automation_log.days(desk.conn, rule_ids=[rule_id], since=desk.now.date())
    assert (day.acted, day.unmet) == (1, len(desk.cases()) - 1)
    assert not undone.undone(desk.conn, now=desk.now).ruled


def test_without_a_rule_in_force_nothing_is_queued(desk: Desk) -> None:
    rule_id = save(desk, draft())
    rule_book.switch(desk.conn, rule_id=rule_id, active=False, agent_id=desk.agent_id, now=desk.now)
    desk.hear(FIRST)
    assert not undone.undone(desk.conn, now=desk.now).ruled


def test_the_same_event_never_makes_a_rule_act_twice(desk: Desk) -> None:
    save(desk, draft())
    desk.hear(FIRST)
    apply(desk)
    execute(desk.conn, "insert into automation_queue select id, case_id from events where kind = 'case_opened'")
    apply(desk)
    assert len(notes(desk)) == 1


def test_the_first_match_may_be_the_last(desk: Desk) -> None:
    second = save(desk, draft("second", deeds=[{"deed": "note", "text": "2"}]))
    first = save(desk, draft("first", stops=True, deeds=[{"deed": "note", "text": "1"}]))
    rule_book.move(desk.conn, rule_id=first, by=-1, agent_id=desk.agent_id, now=desk.now)
    desk.hear(FIRST)
    apply(desk)
    assert (notes(desk), outcomes(desk, second)) == (["1"], [])


def test_every_match_acts_where_none_stops(desk: Desk) -> None:
    for word in "12":
        save(desk, draft(word, deeds=[{"deed": "note", "text": word}]))
    desk.hear(FIRST)
    apply(desk)
    assert notes(desk) == ["1", "2"]


def test_two_rules_that_answer_each_other_end(desk: Desk) -> None:
    colleague = bo(desk.conn)
    there = save(desk, draft("there", trigger="assigned", deeds=[{"deed": "assign", "to": str(colleague)}]))
    back = save(desk, draft("back", trigger="assigned", deeds=[{"deed": "assign", "to": str(desk.agent_id)}]))
    desk.hear(FIRST)
    assign(desk.conn, case_id=desk.case().id, assignee_id=desk.agent_id, agent_id=desk.agent_id, now=desk.now)
    apply(desk)
    assert "looped" in outcomes(desk, there) + outcomes(desk, back)
    assert len(fetch_values(desk.conn, "select id from events where kind = 'case_assigned'")) < 6


def test_a_case_that_a_rule_opens_again_is_not_said_to_be_opened_by_hand(desk: Desk) -> None:
    save(desk, draft(trigger="resolved", deeds=[{"deed": "reopen"}]))
    desk.hear(FIRST)
    desk.resolve()
    apply(desk)
    assert fetch_values(desk.conn, "select facts ->> 'why' from events where kind = 'case_reopened'") == [""]


def test_a_chain_of_rules_is_cut(desk: Desk) -> None:
    desk.hear(FIRST)
    ids = [save(desk, draft(f"rule {n}", trigger="snoozed", stops=True, deeds=[{"deed": "snooze", "hours": str(n + 1)}])) for n in range(7)]
    assign(desk.conn, case_id=desk.case().id, assignee_id=desk.agent_id, agent_id=desk.agent_id, now=desk.now)
    first = save(desk, draft("begins", trigger="assigned", deeds=[{"deed": "snooze", "hours": "9"}]))
    execute(
        desk.conn,
        "insert into automation_queue select max(id), max(case_id) from events where kind = 'case_assigned' on conflict do nothing",
    )
    apply(desk)
    assert outcomes(desk, first) == ["acted"]
    assert sum("acted" in outcomes(desk, rule_id) for rule_id in ids) == 4


def test_a_rule_that_lets_a_case_sleep_as_soon_as_it_wakes_does_so_once(desk: Desk) -> None:
    rule_id = save(desk, draft(trigger="woken", deeds=[{"deed": "snooze", "hours": "1"}]))
    desk.hear(FIRST)
    sleep = Sleep(reason=Reason.TIME, until=desk.now + HOUR)
    snooze.snooze(desk.conn, case_id=desk.case().id, sleep=sleep, agent_id=desk.agent_id, now=desk.now)
    for _time in range(4):
        desk.now += 2 * HOUR
        snooze.wake_due(desk.conn, now=desk.now)
        apply(desk)
    assert outcomes(desk, rule_id) == ["looped", "acted"]


def test_a_case_that_a_person_sends_to_sleep_again_wakes_of_no_rule(desk: Desk) -> None:
    rule_id = save(desk, draft(trigger="opened", deeds=[{"deed": "snooze", "hours": "1"}]))
    woken = save(desk, draft("woken", trigger="woken", deeds=[{"deed": "snooze", "hours": "1"}]))
    desk.hear(FIRST)
    apply(desk)
    sleep = Sleep(reason=Reason.TIME, until=desk.now + 3 * HOUR)
    snooze.snooze(desk.conn, case_id=desk.case().id, sleep=sleep, agent_id=desk.agent_id, now=desk.now)
    desk.now += 4 * HOUR
    snooze.wake_due(desk.conn, now=desk.now)
    assert fetch_values(desk.conn, "select because from events where kind = 'case_woken'") == [None]
    apply(desk)
    assert (outcomes(desk, rule_id), outcomes(desk, woken)) == (["acted"], ["acted"])


def test_hours_without_an_answer_make_a_rule_act_once_in_each_wait(desk: Desk) -> None:
    rule_id = save(desk, draft(trigger="unanswered", hours="2"))
    desk.hear(FIRST)
    timed(desk)
    assert notes(desk) == []
    desk.now += 2 * HOUR + MINUTE
    timed(desk)
    timed(desk)
    assert len(notes(desk)) == 1

    desk.answer()
    desk.hear(an_answer_to(FIRST, "still lost", published_at=desk.now))
    desk.now += 3 * HOUR
    timed(desk)
    assert (len(notes(desk)), outcomes(desk, rule_id)) == (2, ["acted", "acted"])


def test_the_first_match_is_the_last_of_those_of_the_same_hours_too(desk: Desk) -> None:
    for name, hours, stops, condition in (("1", "2", True, "baggage"), ("2", "2", True, ""), ("3", "2", False, ""), ("4", "3", False, "")):
        save(desk, draft(name, trigger="unanswered", hours=hours, stops=stops, condition=condition, deeds=[{"deed": "note", "text": name}]))
    desk.hear(FIRST)
    desk.now += 2 * HOUR + MINUTE
    timed(desk)
    timed(desk)
    assert notes(desk) == ["2"]
    desk.now += HOUR
    timed(desk)
    assert notes(desk) == ["2", "4"]


def test_no_rule_overtakes_one_that_may_be_the_last_and_has_more_to_look_at(desk: Desk) -> None:
    for name, stops in (("1", True), ("2", False)):
        save(desk, draft(name, trigger="unanswered", hours="2", stops=stops, deeds=[{"deed": "note", "text": name}]))
    people = [Author(external_id=f"a{n}", handle=f"a{n}", name="", followers=0) for n in range(automation.BATCH + 1)]
    desk.hear(*(a_post("My bag is lost!", external_id=one.external_id, author=one) for one in people))
    desk.triage()
    desk.now += 2 * HOUR + MINUTE
    timed(desk)
    timed(desk)
    assert notes(desk) == ["1"] * len(people)


def test_the_more_rules_there_are_the_fewer_cases_one_batch_holds(desk: Desk) -> None:
    for n in range(automation.MOST_ASKED // 2):
        save(desk, draft(f"of events {n}", condition="nothing-of-this"))
    for n in range(2):
        save(desk, draft(f"of time {n}", trigger="unanswered", hours="2"))
    desk.hear(*(a_post("My bag is lost!", external_id=f"p{n}", root_id=f"p{n}") for n in range(4)))
    assert automation.apply_rules(desk.conn, policy=desk.policy, now=desk.now) == 1
    apply(desk)
    assert not undone.undone(desk.conn, now=desk.now).ruled


def test_a_batch_of_time_is_full_with_the_cases_of_one_rule_and_goes_on_with_the_next(desk: Desk) -> None:
    for name in "12":
        save(desk, draft(name, trigger="unanswered", hours="2", deeds=[{"deed": "note", "text": name}]))
    people = [Author(external_id=f"a{n}", handle=f"a{n}", name="", followers=0) for n in range(automation.BATCH)]
    desk.hear(*(a_post("My bag is lost!", external_id=one.external_id, author=one) for one in people))
    desk.triage()
    desk.now += 2 * HOUR + MINUTE
    timed(desk)
    assert notes(desk) == ["1"] * len(people)
    timed(desk)
    assert notes(desk) == ["1"] * len(people) + ["2"] * len(people)


def test_however_the_database_looks_for_them_no_more_events_are_claimed_than_asked_for(desk: Desk) -> None:
    desk.hear(FIRST)
    for setting in ("enable_hashjoin", "enable_mergejoin", "enable_material", "enable_hashagg", "enable_sort"):
        execute(desk.conn, "select set_config(%(name)s, 'off', true)", {"name": setting})
    execute(desk.conn, "insert into automation_queue select id, (select max(id) from cases) from events on conflict do nothing")
    assert [len(automation_log.claim(desk.conn, limit=1)) for _turn in "12"] == [1, 1]


def test_what_waited_long_enough_before_the_rule_is_left_alone(desk: Desk) -> None:
    desk.hear(FIRST)
    desk.now += timedelta(days=2)
    save(desk, draft(trigger="unanswered", hours="2"))
    timed(desk)
    assert notes(desk) == []


def test_a_customer_who_stays_silent_after_our_answer_makes_a_rule_act(desk: Desk) -> None:
    save(desk, draft(trigger="silent", hours="48", deeds=[{"deed": "resolve"}]))
    desk.hear(FIRST)
    desk.now += HOUR
    desk.answer()
    desk.now += 47 * HOUR
    timed(desk)
    assert desk.case().status == "waiting"
    desk.now += HOUR
    timed(desk)
    assert desk.case().status == "resolved"


def test_a_rule_that_fails_again_and_again_is_switched_off_and_says_why(desk: Desk) -> None:
    colleague = bo(desk.conn)
    rule_id = save(desk, draft(deeds=[NOTE, {"deed": "assign", "to": str(colleague)}]))
    execute(desk.conn, "update agents set active = false where id = %(id)s", {"id": colleague})
    for n in range(MOST_FAILURES + 1):
        desk.hear(a_post(f"lost {n}", external_id=f"p{n}", root_id=f"p{n}"))
        apply(desk)

    rule = rule_book.rule_of(desk.conn, rule_id)
    assert (rule.active, rule.trouble) == (False, "This colleague does not work here any more.")
    assert (outcomes(desk, rule_id), notes(desk)) == (["failed"] * MOST_FAILURES, [])
    assert fetch_values(desk.conn, "select facts ->> 'name' from events where kind = 'rule_stopped'") == ["Lost bags"]


def test_a_case_that_does_not_take_what_a_rule_does_is_no_failure_of_the_rule(desk: Desk) -> None:
    colleague = bo(desk.conn)
    elsewhere = a_team(desk.conn, "Elsewhere", members=[])
    topic = topics.create(desk.conn, name="Bags", brand_id=None, agent_id=desk.agent_id, now=desk.now)
    given = save(desk, draft("Give", deeds=[{"deed": "team", "team": str(elsewhere)}, {"deed": "assign", "to": str(colleague)}]))
    taken = save(desk, draft("Take", deeds=[{"deed": "untopic", "topic": str(topic)}]))
    for n in range(MOST_FAILURES + 1):
        desk.hear(a_post(f"lost {n}", external_id=f"p{n}", root_id=f"p{n}"))
        apply(desk)
    assert [rule_book.rule_of(desk.conn, rule_id).active for rule_id in (given, taken)] == [True, True]
    assert (outcomes(desk, given), outcomes(desk, taken)) == ([], [])


@pytest.mark.parametrize("trigger", ["opened", "unanswered"])
def test_a_condition_that_names_what_is_called_otherwise_now_stops_its_own_rule_alone(desk: Desk, trigger: str) -> None:
    a_team(desk.conn, members=[])
    wrong = save(desk, draft("Care", trigger=trigger, hours="2", condition="team:Care"))
    sound = save(desk, draft("Sound", trigger=trigger, hours="2"))
    execute(desk.conn, "update teams set name = 'Customers' where name = 'Care'")
    desk.hear(*(a_post(f"lost {n}", external_id=f"p{n}", root_id=f"p{n}") for n in range(MOST_FAILURES)))
    desk.now += 2 * HOUR + MINUTE
    apply(desk)
    timed(desk)
    rule = rule_book.rule_of(desk.conn, wrong)
    assert (rule.active, rule.trouble.startswith("team: has no “Care”")) == (False, True)
    assert (outcomes(desk, wrong), outcomes(desk, sound)) == (["failed"] * len(desk.cases()), ["acted"] * len(desk.cases()))


def test_no_rule_gives_cases_to_somebody_who_only_looks(desk: Desk) -> None:
    with pytest.raises(Refused, match="only looks"):
        save(desk, draft(deeds=[{"deed": "assign", "to": str(ori(desk.conn))}]))


def test_what_a_rule_did_is_taken_back_at_leisure_and_by_anybody_and_the_rule_does_not_do_it_again(desk: Desk) -> None:
    rule_id = save(desk, draft(deeds=[NOTE, {"deed": "assign", "to": str(bo(desk.conn))}, {"deed": "resolve"}]))
    again: Mapping[str, object] = {"deed": "assign", "to": str(bo(desk.conn))}
    save(desk, draft("Again", trigger="changed", condition="assignee:none status:open", deeds=[again]))
    desk.hear(FIRST)
    apply(desk)
    desk.now += timedelta(days=1)
    for kind in ("case_resolved", "case_assigned", "note_added"):
        [event_id] = fetch_values(desk.conn, "select max(id) from events where kind = %(kind)s", {"kind": kind})
        undo(desk.conn, case_id=desk.case().id, event_id=event_id, agent_id=mia(desk.conn), now=desk.now)
        apply(desk)
    assert (desk.case().status, desk.case().assignee_id, notes(desk)) == ("open", None, [])
    assert outcomes(desk, rule_id) == ["acted"]


def test_a_rule_is_tried_on_past_cases_and_changes_nothing(desk: Desk) -> None:
    desk.hear(FIRST, a_post("where is it?", external_id="where", root_id="where"))
    kept = rule_book.checked(desk.conn, draft(condition="lost"), desk.now)
    trial = tried(desk, kept)
    assert (trial.acted, [one.id for one in trial.first], notes(desk)) == (1, [desk.cases()[0].id], [])

    for trigger, hours, acted in (("unanswered", "2", 0), ("silent", "1", 0), ("reopened", "", 0)):
        kept = rule_book.checked(desk.conn, draft(trigger=trigger, hours=hours), desk.now)
        assert tried(desk, kept).acted == acted
    late = rule_book.checked(desk.conn, draft(trigger="unanswered", hours="2"), desk.now)
    desk.now += 3 * HOUR
    assert tried(desk, late).acted == len(desk.cases())


@pytest.mark.parametrize(
    "asked",
    [
        [{"deed": "assign"}],
        [{"deed": "resolve"}],
        [NOTE, {"deed": "resolve"}],
        [{"deed": "reopen"}],
        [{"deed": "read"}],
        [{"deed": "snooze", "hours": "2"}],
        [{"deed": "press", "points": "5", "reason": "vip"}],
        [{"deed": "read"}, {"deed": "reopen"}],
        [{"deed": "team"}],
    ],
    ids=lambda asked: "+".join(str(one["deed"]) for one in asked),
)
def test_what_a_trial_counts_is_what_the_rule_then_does(desk: Desk, asked: Sequence[Mapping[str, object]]) -> None:
    desk.hear(FIRST, a_post("It is lost, too", external_id="other", root_id="other", author=DEE))
    kept = rule_book.checked(desk.conn, draft(deeds=asked), desk.now)
    done = desk.cases()[0].id
    with suppress(Conflict):
        deeds.do(place(desk, done), str(asked[-1]["deed"]), kept.deeds[-1])
    before = fetch_values(desk.conn, "select max(id) from events")
    trial = tried(desk, kept)
    assert fetch_values(desk.conn, "select max(id) from events") == before

    rule_id = save(desk, draft(deeds=asked))
    execute(desk.conn, "insert into automation_queue select id, case_id from events where kind = 'case_opened'")
    apply(desk)
    acted = {one.case_id for one in automation_log.entries(desk.conn, rule_id=rule_id) if one.outcome == "acted"}
    assert (trial.acted, {one.id for one in trial.first}, trial.fits) == (len(acted), acted, 2)
    assert (done in acted) == (asked[0]["deed"] == "snooze")


def test_a_trial_does_its_deeds_to_one_case_of_those_that_stand_alike(desk: Desk) -> None:
    desk.hear(FIRST, *(a_post(f"lost {n}", external_id=f"p{n}", root_id=f"p{n}", author=DEE) for n in range(2)))
    kept = rule_book.checked(desk.conn, draft(), desk.now)
    number = "select last_value from pg_sequences where sequencename = 'events_id_seq'"
    [before] = fetch_values(desk.conn, number)
    assert tried(desk, kept).acted == len(desk.cases()) == 3
    assert fetch_values(desk.conn, number) == [before + 1]


def test_rules_are_put_in_order_removed_and_brought_back(desk: Desk) -> None:
    one, two, three = (save(desk, draft(name)) for name in ("one", "two", "three"))
    rule_book.move(desk.conn, rule_id=three, by=-2, agent_id=desk.agent_id, now=desk.now)
    rule_book.move(desk.conn, rule_id=two, by=5, agent_id=desk.agent_id, now=desk.now)
    assert [rule.id for rule in rules.every(desk.conn)] == [three, one, two]

    rule_book.remove(desk.conn, rule_id=one, agent_id=desk.agent_id, now=desk.now)
    with pytest.raises(Conflict):
        rule_book.put_in_order(desk.conn, [one, two, three], agent_id=desk.agent_id, now=desk.now)
    with pytest.raises(NotFound):
        rule_book.switch(desk.conn, rule_id=one, active=False, agent_id=desk.agent_id, now=desk.now)
    rule_book.restore(desk.conn, rule_id=one, agent_id=desk.agent_id, now=desk.now)
    assert [rule.id for rule in rules.every(desk.conn)] == [three, one, two]
    with pytest.raises(NotFound):
        rule_book.restore(desk.conn, rule_id=one, agent_id=desk.agent_id, now=desk.now)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (draft(" "), "needs a name"),
        (draft(trigger="full moon"), "Choose when"),
        (draft(deeds=[]), "one to 5"),
        (draft(trigger="unanswered", hours="soon"), "how many hours"),
        (draft(trigger="unanswered", hours="inf"), "how many hours"),
        (draft(trigger="unanswered", hours="1e-300"), "how many hours"),
        (draft(condition="colour:red"), "is not a field"),
        (draft(condition='"lost'), "never closed"),
        (draft(condition="urgency:high"), "is no number"),
        (draft(condition="assignee:me"), "in place of “me”"),
        (draft(condition="lost (mentions:me OR -team:mine)"), "nobody in particular"),
        (draft(condition="x" * 2001), "at most 2000"),
        (draft(deeds=[{"deed": "reply"}]), "no action called"),
        (draft(deeds=[{"deed": "snooze", "at": "2099-01-01T00:00"}]), "a year at most"),
        (draft(deeds=[{"deed": "press", "points": "0", "reason": "x"}]), "1 to 100"),
        (draft(deeds=[{"deed": "press", "points": "", "reason": "x"}]), "1 to 100"),
        (draft(deeds=[{"deed": "press", "points": "5"}]), "Name the reason"),
        (draft(deeds=[{"deed": "press", "points": "5", "reason": "\0"}]), "Name the reason"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(desk: Desk, wanted: Draft, words: str) -> None:
    with pytest.raises(Refused, match=words):
        save(desk, wanted)


def test_a_rule_presses_a_case_once_and_alarms_one_channel(desk: Desk) -> None:
    channel = fetch_values(
        desk.conn, "insert into alert_channels (kind, label, target) values ('webhook', 'ops', 'x'), ('webhook', 'other', 'x') returning id"
    )[0]
    save(desk, draft("VIP", deeds=[{"deed": "press", "points": "15", "reason": "vip"}, {"deed": "alert", "channel": str(channel)}]))
    desk.hear(FIRST)
    before = desk.case().urgency
    apply(desk)
    assert desk.case().urgency == before + 15
    query = "select channel_id from alert_deliveries d join alerts a on a.id = d.alert_id where a.rule = 'rule: VIP'"
    assert fetch_values(desk.conn, query) == [channel]


def test_an_alarm_of_a_rule_whose_channel_was_removed_is_told_as_others_are(desk: Desk) -> None:
    kept, gone = (add_channel(desk.conn, target=f"json://127.0.0.1/{name}", label=name, secret_key=SECRET_KEY) for name in ("kept", "gone"))
    save(desk, draft("VIP", deeds=[{"deed": "alert", "channel": str(gone)}]))
    remove_channel(desk.conn, channel_id=gone)
    desk.hear(FIRST)
    apply(desk)
    alert_routing.route_pending(desk.conn, now=desk.now)
    query = "select channel_id from alert_deliveries d join alerts a on a.id = d.alert_id where a.rule = 'rule: VIP'"
    assert fetch_values(desk.conn, query) == [kept]


def test_a_macro_waits_as_a_draft_of_who_has_the_case_and_is_taken_back_while_nobody_wrote_on(desk: Desk) -> None:
    by = macros.Writer(agent_id=desk.agent_id, shares=True)
    new = NewMacro(name="Sorry", text="Sorry, {{ customer.first_name }}. — {{ agent.name }}", shared=True)
    macro_id = macros.create(desk.conn, new, by=by, now=desk.now)
    save(desk, draft(deeds=[{"deed": "assign", "to": str(desk.agent_id)}, {"deed": "macro", "macro": str(macro_id)}]))
    desk.hear(FIRST, a_post("It is lost, too", external_id="other", root_id="other", author=DEE))
    case_id, other = (case.id for case in desk.cases())
    drafts.save(desk.conn, case_id=other, box="reply", text="Mine", version=0, agent_id=desk.agent_id, now=desk.now)
    apply(desk)
    assert drafted(desk, other) == "Mine"
    assert drafted(desk, case_id) == "Sorry, Cy. — Ada"

    [event_id] = fetch_values(desk.conn, "select id from events where kind = 'macro_drafted'")
    undo(desk.conn, case_id=case_id, event_id=event_id, agent_id=desk.agent_id, now=desk.now)
    assert drafted(desk, case_id) == ""
    with pytest.raises(Conflict):
        undo(desk.conn, case_id=case_id, event_id=event_id, agent_id=desk.agent_id, now=desk.now)


def test_only_a_macro_of_the_team_is_drafted_and_one_that_is_gone_is_a_failure(desk: Desk) -> None:
    by = macros.Writer(agent_id=desk.agent_id, shares=True)
    own = macros.create(desk.conn, NewMacro(name="Own", text="Hm."), by=by, now=desk.now)
    with pytest.raises(Refused, match="team shares"):
        save(desk, draft(deeds=[{"deed": "macro", "macro": str(own)}]))
    shared = macros.create(desk.conn, NewMacro(name="Sorry", text="Sorry.", shared=True), by=by, now=desk.now)
    rule_id = save(desk, draft(deeds=[{"deed": "macro", "macro": str(shared)}]))
    macros.delete(desk.conn, shared, by=by, now=desk.now)
    desk.hear(FIRST)
    apply(desk)
    assert outcomes(desk, rule_id) == ["failed"]


def drafted(desk: Desk, case_id: CaseId) -> str:
    there = stored_drafts.of_case(desk.conn, case_id=case_id).get("reply")
    return there.text if there else ""
