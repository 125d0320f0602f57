"""Once it is mended everybody hears of it: one answer a person, in their language, each approved, at a pace, and never to who must not."""

from collections.abc import Sequence

import pytest

from amends.core.database import execute, fetch_values
from amends.core.errors import Conflict, CredentialsRefused, Refused, ReplyRefused
from amends.core.post import Author
from amends.inbox.actions import incidents, reply, send_reply, tell_affected
from amends.inbox.actions.erase import erase
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.actions.unmerge import unmerge
from amends.inbox.rules.ids import CaseId, IncidentId
from amends.inbox.rules.incidents import NewIncident
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.store import incident_answers, incident_rounds, undone
from amends.inbox.store.incident_answers import Answer
from amends.inbox.store.incident_rounds import Round
from tests.cast import a_post
from tests.desk import HOUR, MINUTE, Desk

TEXT = "Hi {{ customer.first_name }}, {{ incident }} is over."


def person(number: int) -> Author:
    return Author(external_id=f"t-{number}", handle=f"person{number}", name=f"Nila{number} Raja", followers=number)


def wave(desk: Desk, n: int) -> list[CaseId]:
    """Let so many people complain, an hour ago."""
    posts = [a_post(f"The app is down {one}", author=person(one), published_at=desk.now - HOUR, external_id=f"w{one}") for one in range(n)]
    desk.hear(*posts)
    return [one.id for one in desk.cases()]


def fixed(desk: Desk, cases: Sequence[CaseId]) -> IncidentId:
    """Open an incident over the cases, write what people are told, and say that it is fixed; answers are proposed."""
    [brand] = fetch_values(desk.conn, "select id from brands")
    new = NewIncident(name="The outage", brand_id=brand)
    incident = incidents.open(desk.conn, new, case_ids=cases, agent_id=desk.agent_id, now=desk.now)
    tell_affected.write(desk.conn, incident, "en", TEXT, scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now)
    incidents.set_status(desk.conn, incident, "fixed", agent_id=desk.agent_id, now=desk.now)
    tell_affected.propose(desk.conn, incident, scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now)
    return incident


def round_of(desk: Desk, incident: IncidentId) -> Round:
    there = tell_affected.round_of(desk.conn, incident)
    assert there is not None
    return there


def answers(desk: Desk, incident: IncidentId, *states: str) -> list[Answer]:
    found = incident_answers.page(desk.conn, EVERYTHING, round_of(desk, incident).id, list(incident_answers.STATES))
    return [one for one in found if one.state in (states or one.state)]


def approve(desk: Desk, incident: IncidentId) -> None:
    """Approve everything that is proposed, as it is, and let it go."""
    found = answers(desk, incident, "proposed")
    words = tell_affected.words_of(desk.conn, incident, found, "Ada")
    for one in found:
        tell_affected.approve(desk.conn, one, words[one.id], parts=(), seen=one.seen, agent_id=desk.agent_id, now=desk.now)
    tell_affected.steer(desk.conn, incident, "running", agent_id=desk.agent_id, now=desk.now)


def handed_over(desk: Desk) -> int:
    """Hand over what may go now, and return how many answers those were."""
    n = 0
    while tell_affected.hand_over_one(desk.conn, policy=desk.policy, now=desk.now):
        n += 1
    return n


def test_everybody_gets_one_answer_at_the_pace_of_the_source_and_is_told_once_it_is_out(desk: Desk) -> None:
    incident = fixed(desk, wave(desk, 3))
    assert not undone.undone(desk.conn, now=desk.now).tellings
    approve(desk, incident)
    assert undone.undone(desk.conn, now=desk.now).tellings
    assert [handed_over(desk), handed_over(desk)] == [1, 0]
    desk.now += MINUTE / 10
    assert handed_over(desk) == 1
    desk.send()

    tally = incident_answers.tally(desk.conn, EVERYTHING, round_of(desk, incident).id)
    assert (tally.told, tally.underway, tally.approved, tally.untold) == (1, 1, 1, 0)
    texts = fetch_values(desk.conn, "select text from replies order by id")
    assert texts == ["Hi Nila0, The outage is over.", "Hi Nila1, The outage is over."]


def test_a_person_in_several_cases_and_in_records_that_became_one_is_told_once(desk: Desk) -> None:
    cases = wave(desk, 2)
    desk.hear(a_post("And the web page too", author=person(0), published_at=desk.now, external_id="again"))
    incident = fixed(desk, [one.id for one in desk.cases()])
    assert len(answers(desk, incident)) == 2
    approve(desk, incident)
    keep, gone = fetch_values(desk.conn, "select customer_id from cases where id = any(%(ids)s) order by id", {"ids": cases})
    execute(desk.conn, "update cases set customer_id = %(keep)s where customer_id = %(gone)s", {"keep": keep, "gone": gone})
    handed_over(desk)
    desk.now += MINUTE
    handed_over(desk)
    assert fetch_values(desk.conn, "select count(*) from replies") == [1]
    assert [one.why for one in answers(desk, incident, "skipped")] == ["answered"]


def test_who_must_not_be_told_is_left_out_and_why(desk: Desk) -> None:
    cases = wave(desk, 5)
    execute(
        desk.conn,
        "update customers set do_not_contact_since = now() where id = (select customer_id from cases where id = %(id)s)",
        {"id": cases[0]},
    )
    execute(desk.conn, "update posts set can_reply = false where case_id = %(id)s", {"id": cases[1]})
    execute(
        desk.conn, "update cases set status = 'resolved', resolved_at = now(), waiting_since = null where id = %(id)s", {"id": cases[2]}
    )
    incident = fixed(desk, cases)
    desk.now += MINUTE
    reply.queue_reply(desk.conn, case_id=cases[3], agent_id=desk.agent_id, text="By hand", policy=desk.policy, now=desk.now)
    tell_affected.propose(desk.conn, incident, scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now)

    whys = {one.case_id: one.why for one in answers(desk, incident)}
    assert [whys[one] for one in cases] == ["do_not_contact", "cannot_reply", "closed", "answered", ""]
    never = next(one for one in answers(desk, incident) if one.case_id == cases[0])
    with pytest.raises(Refused, match="contacted"):
        tell_affected.approve(desk.conn, never, "x", parts=(), seen=never.seen, agent_id=desk.agent_id, now=desk.now)
    with pytest.raises(Refused, match="contacted"):
        tell_affected.look_again(desk.conn, never, agent_id=desk.agent_id, now=desk.now)


def test_whoever_is_forgotten_in_the_middle_of_a_round_is_told_nothing_more_and_nobody_decides_of_them(desk: Desk) -> None:
    incident = fixed(desk, wave(desk, 5))
    sent, under_way, approved, by_hand, proposed = answers(desk, incident, "proposed")
    for one in (sent, under_way, approved):
        tell_affected.approve(desk.conn, one, "It works again.", parts=(), seen=one.seen, agent_id=desk.agent_id, now=desk.now)
    tell_affected.skip(desk.conn, by_hand, "told by phone", agent_id=desk.agent_id, now=desk.now)
    tell_affected.steer(desk.conn, incident, "running", agent_id=desk.agent_id, now=desk.now)
    assert handed_over(desk) == 1
    desk.send()
    desk.now += MINUTE
    assert handed_over(desk) == 1
    for one in (sent, under_way, approved, by_hand, proposed):
        erase(desk.conn, customer_id=one.customer_id, agent_id=desk.agent_id, now=desk.now)

    tally = incident_answers.tally(desk.conn, EVERYTHING, round_of(desk, incident).id)
    assert (tally.told, tally.untold) == (1, 4)
    assert {one.why for one in answers(desk, incident, "skipped")} == {"gone"}
    for one in answers(desk, incident, "skipped"):
        with pytest.raises(Refused, match="erased"):
            tell_affected.approve(desk.conn, one, "Hello", parts=(), seen=one.seen, agent_id=desk.agent_id, now=desk.now)
    assert tell_affected.propose(desk.conn, incident, scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now) == 0
    desk.now += MINUTE
    assert handed_over(desk) == 0
    assert fetch_values(desk.conn, "select state from replies") == ["sent"]


def test_two_records_that_become_one_in_the_middle_of_a_round_are_told_once_and_twice_only_as_two(desk: Desk) -> None:
    incident = fixed(desk, wave(desk, 2))
    first, second = answers(desk, incident, "proposed")
    approve(desk, incident)
    pair = Pair(survivor_id=first.customer_id, absorbed_id=second.customer_id)
    merged = merge(desk.conn, pair, agent_id=desk.agent_id, now=desk.now)
    assert handed_over(desk) == 1
    desk.now += MINUTE
    handed_over(desk)
    assert [one.why for one in answers(desk, incident, "skipped")] == ["answered"]
    unmerge(desk.conn, merged, agent_id=desk.agent_id, now=desk.now)
    tell_affected.propose(desk.conn, incident, scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now)
    [again] = answers(desk, incident, "proposed")
    assert again.customer_id == second.customer_id
    assert fetch_values(desk.conn, "select count(*) from replies") == [1]


def test_a_colleague_may_answer_a_closed_case_all_the_same(desk: Desk) -> None:
    [case] = wave(desk, 1)
    execute(desk.conn, "update cases set status = 'resolved', resolved_at = now(), waiting_since = null where id = %(id)s", {"id": case})
    incident = fixed(desk, [case])
    [closed] = answers(desk, incident, "skipped")
    tell_affected.approve(desk.conn, closed, "It is over.", parts=(), seen=closed.seen, agent_id=desk.agent_id, now=desk.now)
    tell_affected.steer(desk.conn, incident, "running", agent_id=desk.agent_id, now=desk.now)
    assert handed_over(desk) == 1
    assert [one.reply_state for one in answers(desk, incident)] == ["queued"]


def test_what_changed_since_the_approval_holds_it_back(desk: Desk) -> None:
    wrote, refused, left = wave(desk, 3)
    incident = fixed(desk, [wrote, refused, left])
    approve(desk, incident)
    first = a_post("The app is down 0", author=person(0), external_id="w0")
    desk.hear(a_post("Now my money is gone", author=person(0), root_id="w0", parent_id=first.external_id, published_at=desk.now))
    execute(desk.conn, "update cases set status = 'dismissed', waiting_since = null where id = %(id)s", {"id": refused})
    incidents.leave(desk.conn, incident, left, reason="another cause", agent_id=desk.agent_id, now=desk.now)
    handed_over(desk)
    assert {one.case_id: (one.state, one.why) for one in answers(desk, incident)} == {
        wrote: ("proposed", "wrote"),
        refused: ("skipped", "closed"),
        left: ("skipped", "left"),
    }
    assert fetch_values(desk.conn, "select count(*) from replies") == [0]


def test_it_is_paused_stopped_and_goes_on_where_it_was(desk: Desk) -> None:
    incident = fixed(desk, wave(desk, 2))
    approve(desk, incident)
    tell_affected.set_pace(desk.conn, incident, 30)
    for state in ("paused", "stopped"):
        tell_affected.steer(desk.conn, incident, state, agent_id=desk.agent_id, now=desk.now)
        assert handed_over(desk) == 0
    tell_affected.steer(desk.conn, incident, "running", agent_id=desk.agent_id, now=desk.now)
    assert handed_over(desk) == 1
    incidents.set_status(desk.conn, incident, "mending", agent_id=desk.agent_id, now=desk.now)
    desk.now += MINUTE
    assert handed_over(desk) == 0
    with pytest.raises(Conflict, match="proposed yet"):
        tell_affected.steer(desk.conn, incident, "running", agent_id=desk.agent_id, now=desk.now)
    with pytest.raises(Refused, match="fixed"):
        tell_affected.propose(desk.conn, incident, scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now)


def test_what_waits_to_be_sent_is_held_and_stopped_with_its_round_and_goes_on_with_it_once(desk: Desk) -> None:
    incident = fixed(desk, wave(desk, 1))
    approve(desk, incident)
    assert handed_over(desk) == 1
    for state in ("paused", "mending"):
        if state == "paused":
            tell_affected.steer(desk.conn, incident, state, agent_id=desk.agent_id, now=desk.now)
        else:
            incidents.set_status(desk.conn, incident, state, agent_id=desk.agent_id, now=desk.now)
        assert send_reply.claim_reply(desk.conn, now=desk.now, lease=MINUTE) is None
        if state == "mending":
            incidents.stand_again(desk.conn, incident, "fixed", agent_id=desk.agent_id, now=desk.now)
        assert [(one.state, one.reply_id) for one in answers(desk, incident)] == [("approved", None)]
        tell_affected.steer(desk.conn, incident, "running", agent_id=desk.agent_id, now=desk.now)
        assert handed_over(desk) == 1
    desk.send()
    assert [one.outcome for one in answers(desk, incident)] == ["told"]
    assert fetch_values(desk.conn, "select state from replies") == ["sent"]


def test_whose_case_left_while_their_answer_waited_to_be_sent_is_told_nothing(desk: Desk) -> None:
    incident = fixed(desk, wave(desk, 1))
    approve(desk, incident)
    assert handed_over(desk) == 1
    incidents.leave(desk.conn, incident, desk.case().id, reason="another cause", agent_id=desk.agent_id, now=desk.now)
    assert send_reply.claim_reply(desk.conn, now=desk.now, lease=MINUTE) is None
    assert [(one.state, one.why) for one in answers(desk, incident)] == [("skipped", "left")]


def test_a_slip_that_is_taken_back_leaves_the_round_as_it_was_and_tells_nobody_twice(desk: Desk) -> None:
    incident = fixed(desk, wave(desk, 2))
    approve(desk, incident)
    assert handed_over(desk) == 1
    desk.send()
    before = round_of(desk, incident)
    for slip in ("mending", "identified"):
        desk.now += MINUTE
        incidents.set_status(desk.conn, incident, slip, agent_id=desk.agent_id, now=desk.now)
    incidents.stand_again(desk.conn, incident, "fixed", agent_id=desk.agent_id, now=desk.now)
    there = round_of(desk, incident)
    assert (there.id, there.state) == (before.id, "stopped")
    tell_affected.propose(desk.conn, incident, scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now)
    tell_affected.steer(desk.conn, incident, "running", agent_id=desk.agent_id, now=desk.now)
    assert handed_over(desk) == 1
    tally = incident_answers.tally(desk.conn, EVERYTHING, there.id)
    assert (tally.told, tally.underway, tally.proposed) == (1, 1, 0)


def test_what_broke_again_and_is_mended_again_is_told_again(desk: Desk) -> None:
    incident = fixed(desk, wave(desk, 1))
    approve(desk, incident)
    handed_over(desk)
    desk.send()
    desk.now += MINUTE
    for status in ("mending", "fixed"):
        incidents.set_status(desk.conn, incident, status, agent_id=desk.agent_id, now=desk.now)
    assert tell_affected.propose(desk.conn, incident, scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now) == 1
    for status in ("closed", "investigating"):
        desk.now += MINUTE
        incidents.set_status(desk.conn, incident, status, agent_id=desk.agent_id, now=desk.now)
    incidents.stand_again(desk.conn, incident, "closed", agent_id=desk.agent_id, now=desk.now)
    assert [one.state for one in answers(desk, incident)] == ["proposed"]


def test_whoever_could_not_be_told_stands_among_those_who_were_not_told(desk: Desk) -> None:
    incident = fixed(desk, wave(desk, 2))
    approve(desk, incident)
    tell_affected.set_pace(desk.conn, incident, 30)
    handed_over(desk)
    send_reply.record_reply_trouble(desk.conn, desk.claim(), ReplyRefused("blocked"), now=desk.now)
    desk.now += MINUTE
    handed_over(desk)
    desk.send()
    there = round_of(desk, incident)
    tally = incident_answers.tally(desk.conn, EVERYTHING, there.id)
    untold = incident_answers.page(desk.conn, EVERYTHING, there.id, ["untold"])
    assert (tally.told, tally.untold) == (1, len(untold))
    assert [(one.outcome, one.reply_state) for one in untold] == [("untold", "failed")]
    tell_affected.look_again(desk.conn, untold[0], agent_id=desk.agent_id, now=desk.now)
    desk.send()
    assert incident_answers.tally(desk.conn, EVERYTHING, there.id).told == 2


def test_where_the_network_refuses_the_account_the_rest_waits_until_somebody_lets_it_go_on(desk: Desk) -> None:
    incident = fixed(desk, wave(desk, 3))
    approve(desk, incident)
    handed_over(desk)
    send_reply.record_reply_trouble(desk.conn, desk.claim(), CredentialsRefused("revoked"), now=desk.now)
    desk.now += MINUTE
    assert handed_over(desk) == 0, "the next would be refused too"
    assert round_of(desk, incident).state == "paused"
    tell_affected.steer(desk.conn, incident, "running", agent_id=desk.agent_id, now=desk.now)
    assert handed_over(desk) == 1


def test_an_approved_answer_is_approved_in_other_words_by_nobody_before_that_is_taken_back(desk: Desk) -> None:
    incident = fixed(desk, wave(desk, 1))
    [seen_by_both] = answers(desk, incident)
    tell_affected.approve(desk.conn, seen_by_both, "Mine", parts=(), seen=seen_by_both.seen, agent_id=desk.agent_id, now=desk.now)
    [approved] = answers(desk, incident)
    for one in (seen_by_both, approved):
        with pytest.raises(Conflict):
            tell_affected.approve(desk.conn, one, "Yours", parts=(), seen=one.seen, agent_id=desk.agent_id, now=desk.now)
    tell_affected.approve(desk.conn, approved, "Mine", parts=(), seen=approved.seen, agent_id=desk.agent_id, now=desk.now)
    assert [one.text for one in answers(desk, incident)] == ["Mine"]


def test_words_are_changed_or_left_out_by_hand_and_stay_so(desk: Desk) -> None:
    incident = fixed(desk, wave(desk, 2))
    mine, other = answers(desk, incident, "proposed")
    tell_affected.skip(desk.conn, other, "  told by  phone", agent_id=desk.agent_id, now=desk.now)
    tell_affected.approve(desk.conn, mine, " Dear you ", parts=(), seen=mine.seen, agent_id=desk.agent_id, now=desk.now)
    tell_affected.write(desk.conn, incident, "en", "Something else", scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now)
    assert [(one.text, one.state, one.note) for one in answers(desk, incident)] == [
        ("Dear you", "approved", ""),
        ("", "skipped", "told by phone"),
    ]
    with pytest.raises(Conflict, match="colleague was faster"):
        tell_affected.approve(desk.conn, other, "Hi", parts=(), seen=other.seen, agent_id=desk.agent_id, now=desk.now)
    [other] = answers(desk, incident, "skipped")
    tell_affected.look_again(desk.conn, other, agent_id=desk.agent_id, now=desk.now)
    assert tell_affected.words_of(desk.conn, incident, answers(desk, incident, "proposed"), "Ada") == {other.id: "Something else"}
    tell_affected.steer(desk.conn, incident, "running", agent_id=desk.agent_id, now=desk.now)
    handed_over(desk)
    with pytest.raises(Conflict, match="on its way"):
        tell_affected.skip(desk.conn, mine, "", agent_id=desk.agent_id, now=desk.now)
    with pytest.raises(Refused, match="words"):
        tell_affected.approve(desk.conn, other, " ", parts=(), seen=other.seen, agent_id=desk.agent_id, now=desk.now)


def test_without_a_text_nobody_is_told_and_a_wrong_one_is_refused(desk: Desk) -> None:
    incident = fixed(desk, wave(desk, 1))
    tell_affected.write(desk.conn, incident, "en", "", scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now)
    assert [one.why for one in answers(desk, incident)] == ["no_text"]
    with pytest.raises(Refused, match="shoe"):
        tell_affected.write(desk.conn, incident, "en", "{{ customer.shoe }}", scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now)
    tell_affected.write(desk.conn, incident, "ta", "முடிந்தது", scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now)
    assert [one.why for one in answers(desk, incident)] == ["no_text"], "it is in a language that they never wrote in"
    tell_affected.write(desk.conn, incident, "en", "It works again", scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now)
    assert [one.state for one in answers(desk, incident)] == ["proposed"]
    assert incident_rounds.languages(desk.conn, EVERYTHING, incident) == {"en": 1}
    with pytest.raises(Refused, match="paces"):
        tell_affected.set_pace(desk.conn, incident, 1000)


def test_somebody_with_a_narrow_scope_proposes_for_the_cases_that_they_see_and_touches_no_others(desk: Desk) -> None:
    night, mine = wave(desk, 2)
    [team] = fetch_values(desk.conn, "insert into teams (name, created_at) values ('Night', now()) returning id")
    execute(desk.conn, "update cases set team_id = %(team)s where id = %(id)s", {"team": team, "id": night})
    [brand] = fetch_values(desk.conn, "select id from brands")
    incident = incidents.open(
        desk.conn, NewIncident(name="The outage", brand_id=brand), case_ids=[night, mine], agent_id=desk.agent_id, now=desk.now
    )
    tell_affected.write(desk.conn, incident, "en", TEXT, scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now)
    incidents.set_status(desk.conn, incident, "fixed", agent_id=desk.agent_id, now=desk.now)
    narrow = Scope(teams=(0,), sources=None)
    assert tell_affected.propose(desk.conn, incident, scope=narrow, agent_id=desk.agent_id, now=desk.now) == 1
    assert [one.case_id for one in answers(desk, incident)] == [mine]
    assert incident_rounds.languages(desk.conn, narrow, incident) == {"en": 1}

    assert tell_affected.propose(desk.conn, incident, scope=EVERYTHING, agent_id=desk.agent_id, now=desk.now) == 1
    execute(desk.conn, "update cases set customer_id = (select customer_id from cases where id = %(id)s)", {"id": night})
    assert tell_affected.propose(desk.conn, incident, scope=narrow, agent_id=desk.agent_id, now=desk.now) == 0
    assert [one.case_id for one in answers(desk, incident)] == [mine, night]
