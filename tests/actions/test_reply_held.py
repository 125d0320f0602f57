"""Nobody answers twice, and nothing is both taken back and sent; and what a second person lets out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from amends.core.database import Pool, execute, fetch_values
from amends.core.errors import Conflict, NotAllowed, Refused
from amends.inbox.actions.approve import NewWords, approve, give_back, set_approvals, switch_team, undo_approval
from amends.inbox.actions.drafts import bring_back, discard, save
from amends.inbox.actions.reply import Manner, queue_reply
from amends.inbox.actions.send_reply import claim_reply, discard_reply
from amends.inbox.actions.take_back import take_back_reply
from amends.inbox.actions.teams import By
from amends.inbox.rules.approving import Approvals, Why
from amends.inbox.rules.holding import Held, Seen
from amends.inbox.rules.ids import AgentId, CaseId, ReplyId, TeamId
from amends.inbox.rules.words import Role
from amends.inbox.store import drafts, reply_keys
from tests.cast import DEE, NOON, POLICY, a_post, a_source, ada, an_answer_to, bo, mia
from tests.desk import MINUTE, Desk

SOON = timedelta(seconds=10)


def answer(desk: Desk, *, seen: Seen = Seen(), by: AgentId | None = None, wait: timedelta = timedelta(0)) -> ReplyId:  # noqa: B008
    return queue_reply(
        desk.conn,
        case_id=desk.case().id,
        agent_id=by or desk.agent_id,
        text="We are on it.",
        now=desk.now,
        policy=POLICY,
        manner=Manner(seen=seen, wait=wait),
    )


def state(desk: Desk) -> list[str]:
    return fetch_values(desk.conn, "select state from replies order by id")


@pytest.fixture
def lost(desk: Desk) -> Desk:
    desk.hear(a_post("My bag is lost"))
    return desk


def test_an_answer_is_held_where_the_customer_has_written_since_until_that_is_seen(desk: Desk) -> None:
    first = a_post("My bag is lost")
    desk.hear(first)
    desk.hear(an_answer_to(first, "It is found, forget it"))
    with pytest.raises(Held, match="customer has written since") as held:
        answer(desk, seen=Seen(posts=1, reply=0))
    assert [post.text for post in held.value.since.posts] == ["It is found, forget it"]
    assert state(desk) == []
    answer(desk, seen=held.value.since.seen_now(held.value.seen))
    assert state(desk) == ["queued"]


def test_an_answer_is_held_by_what_the_customer_wrote_and_nobody_has_judged_yet(desk: Desk) -> None:
    first = a_post("My bag is lost")
    desk.hear(first)
    desk.collect(an_answer_to(first, "It is found, forget it"), an_answer_to(first, "And thank you"))
    with pytest.raises(Held, match="customer has written since") as held:
        answer(desk, seen=Seen(posts=1, reply=0))
    assert [post.text for post in held.value.since.posts] == ["It is found, forget it", "And thank you"]
    looked = held.value.since.seen_now(held.value.seen)
    desk.triage()
    answer(desk, seen=looked)
    assert state(desk) == ["queued"]


def test_no_answer_is_held_by_what_others_say_in_the_thread_or_the_customer_elsewhere(desk: Desk) -> None:
    first = a_post("My bag is lost")
    desk.hear(first)
    gone = an_answer_to(first, "Gone")
    desk.collect(an_answer_to(first, "Mine too", author=DEE), a_post("Another matter"), an_answer_to(first, "Ours", is_own=True), gone)
    desk.collect(replace(gone, deleted=True))
    answer(desk, seen=Seen(posts=1, reply=0))
    assert state(desk) == ["queued"]


def test_an_answer_is_held_where_a_colleague_has_answered_since(lost: Desk) -> None:
    answer(lost, by=bo(lost.conn))
    with pytest.raises(Held, match="Bo has answered since") as held:
        answer(lost, seen=Seen(posts=1, reply=0))
    answer(lost, seen=held.value.since.seen_now(held.value.seen))
    assert state(lost) == ["queued", "queued"]


def _race(*acts: Callable[[], object]) -> list[object]:
    def tried(act: Callable[[], object]) -> object:
        try:
            return act()
        except Conflict as error:
            return error

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(tried, acts))


def test_of_two_agents_who_send_at_once_exactly_one_goes_without_being_asked(pool: Pool) -> None:
    for turn in range(8):
        with pool.transaction() as conn:
            desk = Desk(conn=conn, source_id=a_source(conn, handle=f"us{turn}"), agent_id=ada(conn))
            desk.hear(a_post("My bag is lost", external_id=f"race-{turn}"))
            case_id, people = CaseId(max(case.id for case in desk.cases())), (ada(conn), bo(conn))

        def send(agent_id: AgentId, case_id: CaseId = case_id) -> object:
            with pool.transaction() as conn:
                manner = Manner(seen=Seen(posts=1, reply=0))
                return queue_reply(conn, case_id=case_id, agent_id=agent_id, text="Hello", now=NOON, policy=POLICY, manner=manner)

        found = _race(*(lambda who=who: send(who) for who in people))
        assert sorted(isinstance(one, Held) for one in found) == [False, True]


def test_an_answer_is_never_both_taken_back_and_sent(pool: Pool) -> None:
    outcomes: set[str] = set()
    for turn in range(12):
        with pool.transaction() as conn:
            desk = Desk(conn=conn, source_id=a_source(conn, handle=f"us{turn}"), agent_id=ada(conn))
            desk.hear(a_post("My bag is lost", external_id=f"undo-{turn}"))
            case_id = CaseId(max(case.id for case in desk.cases()))
            reply_id = queue_reply(conn, case_id=case_id, agent_id=ada(conn), text="Hello", now=NOON, policy=POLICY)

        def undo(case_id: CaseId = case_id, reply_id: ReplyId = reply_id) -> object:
            with pool.transaction() as conn:
                return take_back_reply(conn, case_id=case_id, reply_id=reply_id, agent_id=ada(conn), now=NOON)

        def claim() -> object:
            with pool.transaction() as conn:
                return claim_reply(conn, now=NOON, lease=MINUTE)

        undone, claimed = _race(undo, claim)
        assert isinstance(undone, Conflict) == (claimed is not None)
        outcomes.add("sent" if claimed else "undone")
    assert outcomes


def test_an_answer_that_can_be_taken_back_waits_its_seconds_and_becomes_a_draft_with_what_was_written_since(lost: Desk) -> None:
    reply_id = answer(lost, wait=SOON)
    assert claim_reply(lost.conn, now=lost.now, lease=MINUTE) is None
    case_id = lost.case().id
    save(lost.conn, case_id=case_id, box="reply", text="And more", version=0, agent_id=lost.agent_id, now=lost.now)
    draft = take_back_reply(lost.conn, case_id=case_id, reply_id=reply_id, agent_id=lost.agent_id, now=lost.now)
    assert draft.text == "We are on it.\n\nAnd more"
    assert state(lost) == []
    answer(lost, wait=SOON)
    assert claim_reply(lost.conn, now=lost.now + SOON, lease=MINUTE) is not None
    assert drafts.of_case(lost.conn, case_id=case_id) == {}


@pytest.mark.parametrize("away", [take_back_reply, discard_reply])
def test_a_late_repeat_does_not_send_what_was_taken_back_or_thrown_away(lost: Desk, away: Callable[..., object]) -> None:
    key, where = uuid4(), {"case_id": lost.case().id} if away is take_back_reply else {}

    def send() -> ReplyId:
        return queue_reply(
            lost.conn, case_id=lost.case().id, agent_id=lost.agent_id, text="We are on it.", now=lost.now, policy=POLICY, key=key
        )

    reply_id = send()
    assert send() == reply_id
    away(lost.conn, reply_id=reply_id, agent_id=lost.agent_id, now=lost.now, **where)
    with pytest.raises(Conflict, match="taken back or thrown away"):
        send()
    assert state(lost) == []
    assert reply_keys.drop_forgotten(lost.conn, before=lost.now + SOON) == 1


def test_nobody_writes_over_words_they_have_not_seen(lost: Desk) -> None:
    case_id, conn, now = lost.case().id, lost.conn, lost.now

    def write(text: str, version: int, who: AgentId) -> tuple[bool, int]:
        kept = save(conn, case_id=case_id, box="reply", text=text, version=version, agent_id=who, now=now)
        return kept.ours, kept.draft.version if kept.draft else 0

    assert write("Dear Cy", 0, ada(conn)) == (True, 1)
    assert write("Dear Mr Fernando", 0, bo(conn)) == (False, 1)
    assert write("Dear Mr Fernando", 1, bo(conn)) == (True, 2)
    assert write("Dear Cy,", 1, ada(conn)) == (False, 2)
    with pytest.raises(Conflict, match="Bo has changed this draft"):
        discard(conn, case_id=case_id, box="reply", version=1, now=now)
    gone = discard(conn, case_id=case_id, box="reply", version=2, now=now)
    assert gone is not None
    assert write("Anew", 0, ada(conn)) == (True, 1)
    assert bring_back(conn, case_id=case_id, draft_id=gone, now=now).text == "Dear Mr Fernando\n\nAnew"
    assert write("", 2, ada(conn)) == (True, 0)
    with pytest.raises(Refused, match="20,000"):
        write("x" * 1_000_000, 0, ada(conn))


def test_an_answer_that_waits_is_held_where_a_colleague_has_answered_since(desk: Desk) -> None:
    conn, now = desk.conn, desk.now
    set_approvals(conn, Approvals(followers=10_000), agent_id=mia(conn), now=now)
    desk.hear(a_post("My bag is lost", author=DEE))
    case_id = desk.case().id
    first, second = answer(desk), answer(desk)
    with pytest.raises(Held, match="has answered since"):
        approve(conn, case_id=case_id, reply_id=first, agent_id=mia(conn), wait=SOON, now=now)
    approve(conn, case_id=case_id, reply_id=second, agent_id=mia(conn), wait=SOON, now=now)
    with pytest.raises(Held, match="has answered since"):
        approve(conn, case_id=case_id, reply_id=first, agent_id=mia(conn), wait=SOON, now=now, seen=Seen(posts=1))
    approve(conn, case_id=case_id, reply_id=first, agent_id=mia(conn), wait=SOON, now=now, seen=Seen(reply=second))


def test_an_answer_to_somebody_with_many_followers_waits_for_somebody_else(desk: Desk) -> None:
    conn, now = desk.conn, desk.now
    set_approvals(conn, Approvals(followers=10_000), agent_id=mia(conn), now=now)
    first = a_post("My bag is lost", author=DEE)
    desk.hear(first)
    reply_id = answer(desk)
    assert (state(desk), claim_reply(conn, now=now, lease=MINUTE)) == (["proposed"], None)
    case_id = desk.case().id
    with pytest.raises(NotAllowed, match="your own"):
        approve(conn, case_id=case_id, reply_id=reply_id, agent_id=desk.agent_id, wait=SOON, now=now)
    desk.hear(an_answer_to(first, "Hello?"))
    with pytest.raises(Held, match="customer has written since"):
        approve(conn, case_id=case_id, reply_id=reply_id, agent_id=mia(conn), wait=SOON, now=now)
    approve(conn, case_id=case_id, reply_id=reply_id, agent_id=mia(conn), wait=SOON, now=now, seen=Seen(posts=2))
    with pytest.raises(Conflict, match="approved already"):
        approve(conn, case_id=case_id, reply_id=reply_id, agent_id=mia(conn), wait=SOON, now=now, seen=Seen(posts=2))
    undo_approval(conn, case_id=case_id, reply_id=reply_id, agent_id=mia(conn), now=now)
    draft = give_back(conn, case_id=case_id, reply_id=reply_id, agent_id=mia(conn), note="Say sorry first", now=now)
    assert (draft.agent_id, draft.text, draft.note) == (desk.agent_id, "We are on it.", "Say sorry first")
    assert desk.events()[-3:] == ["reply_approved", "reply_approval_undone", "reply_given_back"]


def test_an_answer_in_posts_that_is_approved_in_other_words_goes_out_in_those_posts(lost: Desk) -> None:
    conn, now, case_id = lost.conn, lost.now, lost.case().id
    manner = Manner(parts=("We are 1/2", "on it. 2/2"), read_first=(Why.TEAM,))
    asked = {"case_id": case_id, "agent_id": lost.agent_id, "text": "We are on it.", "now": now, "policy": POLICY, "manner": manner}
    reply_id = queue_reply(conn, **asked)  # pyright: ignore[reportArgumentType]

    def out(words: NewWords) -> list[str]:
        approve(conn, case_id=case_id, reply_id=reply_id, agent_id=mia(conn), wait=SOON, now=now, words=words)
        undo_approval(conn, case_id=case_id, reply_id=reply_id, agent_id=mia(conn), now=now)
        return fetch_values(conn, "select text from reply_parts order by number")

    assert out(NewWords(text="Found it. Sorry.", parts=("Found it. 1/2", "Sorry. 2/2"))) == ["Found it. 1/2", "Sorry. 2/2"]
    assert out(NewWords(text="Found.", parts=("Found.",))) == []
    assert fetch_values(conn, "select array[text, proposed_text] from replies") == [["Found.", "We are on it."]]
    assert out(NewWords(text="We are on it.")) == []
    assert fetch_values(conn, "select array[text, proposed_text] from replies") == [["We are on it.", None]]


def test_the_answers_of_a_team_that_asks_for_it_wait_and_those_of_others_do_not(lost: Desk) -> None:
    conn = lost.conn
    [team] = fetch_values(conn, "insert into teams (name, created_at) values ('New ones', now()) returning id")
    execute(conn, "insert into team_members (team_id, agent_id) values (%(team)s, %(who)s)", {"team": team, "who": lost.agent_id})
    switch_team(conn, team_id=TeamId(team), on=True, by=By(agent_id=mia(conn), role=Role.MANAGER), now=lost.now)
    answer(lost)
    answer(lost, by=bo(conn))
    assert state(lost) == ["proposed", "queued"]
