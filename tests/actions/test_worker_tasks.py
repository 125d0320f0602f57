"""The worker's tasks: claim, network, record, each on its own; whatever goes wrong, nothing is lost or done twice."""

from datetime import timedelta

import pytest

from amends.core.database import Pool, fetch_values
from amends.core.errors import CredentialsRefused, ModelMissing, ReplyRefused, Unreachable
from amends.core.ports import Classifier, Page
from amends.inbox.actions.reply import queue_reply
from amends.inbox.actions.resolve import resolve
from amends.inbox.rules.ids import CaseId
from amends.inbox.store.heartbeats import heartbeats
from amends.worker.clustering import GATHER
from amends.worker.names import Task
from tests.cast import DEE, NOON, POLICY, a_post, a_source, ada, an_answer_to
from tests.workplace import Workplace

MINUTE = timedelta(minutes=1)


@pytest.fixture
def work(pool: Pool) -> Workplace:
    with pool.transaction() as conn:
        a_source(conn)
        ada(conn)
    return Workplace(pool=pool)


def values(work: Workplace, query: str) -> list[object]:
    with work.pool.transaction() as conn:
        return fetch_values(conn, query)  # pyright: ignore[reportArgumentType] - a literal at every call


def with_case(work: Workplace) -> CaseId:
    work.network.pages = [Page(posts=(a_post("My bag is lost!"),), cursor={"at": 1}, reads=1)]
    work.perform(Task.COLLECT_DUE, Task.TRIAGE)
    [case_id] = values(work, "select id from cases")
    return CaseId(int(str(case_id)))


def with_reply(work: Workplace, text: str = "We look for it.") -> CaseId:
    case_id = with_case(work)
    with work.pool.transaction() as conn:
        queue_reply(conn, case_id=case_id, agent_id=ada(conn), text=text, now=work.now, policy=POLICY)
    return case_id


def test_a_due_watch_is_fetched_and_its_posts_wake_the_relay(work: Workplace) -> None:
    work.network.pages = [Page(posts=(a_post(), a_post("And again!")), cursor={"at": 2}, reads=2)]
    work.perform(Task.COLLECT_DUE)
    assert values(work, "select count(*) from posts") == [2]
    assert values(work, "select cursor ->> 'at' from watches") == ["2"]
    assert Task.RELAY in work.woken


def test_a_page_with_more_behind_it_is_followed_at_once(work: Workplace) -> None:
    work.network.pages = [Page(posts=(a_post(),), cursor={"at": place}, more=place < 3) for place in (1, 2, 3)]
    work.perform(Task.COLLECT_DUE)
    assert work.network.calls == ["fetch"] * 3
    assert values(work, "select count(*) from posts") == [3]


def test_a_long_walk_is_parted_and_its_way_back_is_read_by_a_task_of_its_own(work: Workplace) -> None:
    work.network.parts = ({"at": "new"}, {"at": "back"})
    work.network.pages = [Page(posts=(a_post(),), cursor={"at": place}, more=True) for place in range(3)]
    work.network.pages += [Page(posts=(), cursor={"at": "top"})]
    work.perform(Task.COLLECT_DUE)
    assert Task.BACKFILL in work.woken
    assert values(work, "select cursor ->> 'at' from watches") == ["top"]

    work.now += MINUTE / 2
    work.network.pages = [Unreachable("away"), Page(posts=(a_post(),), cursor={"at": "b1"}, more=True), Page(posts=(), cursor={})]
    for _ in range(3):
        work.perform(Task.BACKFILL)
        work.now += MINUTE / 10
    assert values(work, "select posts || ' ' || (done_at is not null) from backfills") == ["1 true"]
    assert values(work, "select count(*) from posts") == [4]


def test_the_sweep_wakes_what_is_to_be_read_back(work: Workplace) -> None:
    with work.pool.transaction() as conn:
        conn.execute(
            "insert into backfills (watch_id, cursor, until, created_at, next_at) select id, '{}', %(at)s, %(at)s, %(at)s from watches",
            {"at": NOON},
        )
    work.perform(Task.SWEEP)
    assert Task.BACKFILL in work.woken


def test_one_sign_in_serves_many_visits(work: Workplace) -> None:
    work.network.pages = [Page(posts=(), cursor={}, more=place < 3) for place in (1, 2, 3)]
    work.perform(Task.COLLECT_DUE)
    assert work.built == ["x lankaair t-1"]


def test_a_watch_whose_network_is_away_is_tried_again_later_and_others_go_on(work: Workplace) -> None:
    work.network.pages = [Unreachable("The network is away.")]
    work.perform(Task.COLLECT_DUE)
    assert values(work, "select state from watches") == ["retrying"]
    work.now += MINUTE
    work.perform(Task.COLLECT_DUE)
    assert values(work, "select state from watches") == ["ok"]


def test_a_collector_that_breaks_neither_ends_the_worker_nor_spins(work: Workplace) -> None:
    work.network.pages = [ZeroDivisionError("our own fault")]
    work.perform(Task.COLLECT_DUE)
    assert values(work, "select state from watches") == ["retrying"]
    assert work.network.calls == ["fetch"]


def test_credentials_that_no_longer_open_stop_the_watch_and_say_what_to_do(work: Workplace) -> None:
    with work.pool.transaction() as conn:
        fetch_values(conn, "update sources set credentials = 'sealed with another key' returning id")
    work.perform(Task.COLLECT_DUE)
    [(note)] = values(work, "select state || ': ' || state_note from watches")
    assert str(note).startswith("stopped")
    assert "AMENDS_SECRET_KEY" in str(note)


def test_refused_credentials_stop_the_watch(work: Workplace) -> None:
    work.network.pages = [CredentialsRefused()]
    work.perform(Task.COLLECT_DUE, Task.COLLECT_DUE)
    assert values(work, "select state from watches") == ["stopped"]
    assert work.network.calls == ["fetch"]


def test_without_a_model_posts_wait_and_the_reason_is_kept(work: Workplace) -> None:
    def missing() -> Classifier:
        raise ModelMissing

    work.network.pages = [Page(posts=(a_post(),), cursor={})]
    work.model = missing
    work.perform(Task.COLLECT_DUE, Task.TRIAGE)
    assert values(work, "select triaged_at from posts") == [None]
    with work.pool.transaction() as conn:
        told = {beat.part: beat.trouble for beat in heartbeats(conn)}
    assert "model" in told["triage"]

    work.model = Workplace(pool=work.pool).model
    work.now += MINUTE
    work.perform(Task.TRIAGE)
    assert values(work, "select triaged_at from posts") == [NOON + MINUTE]
    with work.pool.transaction() as conn:
        assert {beat.part: beat.trouble for beat in heartbeats(conn)}["triage"] == ""


def test_triage_that_cannot_work_at_all_is_a_state_that_can_be_read_and_goes_on_when_mended(work: Workplace) -> None:
    def broken() -> Classifier:
        raise MemoryError

    work.network.pages = [Page(posts=(a_post(),), cursor={})]
    work.model = broken
    work.perform(Task.COLLECT_DUE, Task.TRIAGE)
    assert values(work, "select trouble like 'Triage broke (MemoryError)%%' from heartbeats where part = 'triage'") == [True]
    work.model = Workplace(pool=work.pool).model
    work.now += MINUTE
    work.perform(Task.TRIAGE)
    assert values(work, "select trouble from heartbeats where part = 'triage'") == [""]
    assert values(work, "select count(*) from posts where triaged_at is null") == [0]


def test_a_backlog_is_triaged_by_one_wake_up(work: Workplace) -> None:
    posts = tuple(a_post(f"Everything is broken, part {number}") for number in range(120))
    work.network.pages = [Page(posts=posts, cursor={})]
    work.perform(Task.COLLECT_DUE, Task.TRIAGE)
    assert values(work, "select count(*) from posts where triaged_at is null") == [0]


def test_a_reply_is_published_once(work: Workplace) -> None:
    with_reply(work)
    work.perform(Task.SEND_REPLIES, Task.SEND_REPLIES)
    assert [text for _parent, text in work.network.public] == ["We look for it."]
    assert values(work, "select state from replies") == ["sent"]
    assert "find_reply" not in work.network.calls


def test_a_reply_whose_answer_got_lost_is_found_and_not_published_again(work: Workplace) -> None:
    with_reply(work)
    work.network.moods = ["lost"]
    work.perform(Task.SEND_REPLIES)
    assert values(work, "select state from replies") == ["queued"]
    work.now += MINUTE
    work.perform(Task.SEND_REPLIES)
    assert len(work.network.public) == 1
    assert values(work, "select state || ' ' || external_id from replies") == ["sent r0"]


def with_the_same_again(work: Workplace) -> None:
    """A reply that went out, and a second one of the same words that waits."""
    with_reply(work)
    work.perform(Task.SEND_REPLIES)
    with work.pool.transaction() as conn:
        [case_id], [agent_id] = fetch_values(conn, "select id from cases"), fetch_values(conn, "select agent_id from replies")
        queue_reply(conn, case_id=case_id, agent_id=agent_id, text="We look for it.", now=work.now, policy=POLICY)


def test_the_same_words_of_an_earlier_reply_are_not_taken_for_one_that_did_not_go_out(work: Workplace) -> None:
    with_the_same_again(work)
    work.network.moods = [Unreachable("It never arrived there.")]
    work.perform(Task.SEND_REPLIES)
    work.now += MINUTE
    work.perform(Task.SEND_REPLIES)
    assert values(work, "select state || ' ' || external_id from replies order by id") == ["sent r0", "sent r1"]


def test_a_reply_that_did_go_out_is_found_behind_an_earlier_one_of_the_same_words(work: Workplace) -> None:
    with_the_same_again(work)
    work.network.moods = ["lost"]
    work.perform(Task.SEND_REPLIES)
    work.now += MINUTE
    work.perform(Task.SEND_REPLIES)
    assert len(work.network.public) == 2
    assert values(work, "select state || ' ' || external_id from replies order by id") == ["sent r0", "sent r1"]


def test_a_worker_that_died_while_sending_leaves_a_reply_that_is_looked_for_first(work: Workplace) -> None:
    with_reply(work)
    work.network.moods = [SystemExit("killed while the network had the reply")]
    with pytest.raises(SystemExit):
        work.perform(Task.SEND_REPLIES)
    [complaint] = values(work, "select external_id from posts")
    work.network.public.append((str(complaint), "We look for it."))
    work.perform(Task.SEND_REPLIES)
    assert values(work, "select state from replies") == ["sending"]
    work.now += MINUTE
    work.perform(Task.SEND_REPLIES)
    assert len(work.network.public) == 1
    assert values(work, "select state from replies") == ["sent"]


def test_a_refused_reply_fails_with_the_networks_words(work: Workplace) -> None:
    with_reply(work)
    work.network.moods = [ReplyRefused("The thread is locked.")]
    work.perform(Task.SEND_REPLIES)
    assert values(work, "select state || ': ' || error from replies") == ["failed: The thread is locked."]


def test_a_sent_reply_is_proven_by_a_look_at_the_network(work: Workplace) -> None:
    with_reply(work)
    work.perform(Task.SEND_REPLIES, Task.PROVE_REPLIES)
    assert values(work, "select visible from replies") == [None]
    work.now += 2 * MINUTE
    work.perform(Task.PROVE_REPLIES)
    assert values(work, "select visible from replies") == [True]


def test_what_is_triaged_is_found_once_the_worker_that_triage_wakes_has_read_it(work: Workplace) -> None:
    with_case(work)
    assert values(work, "select count(*) from search_texts where kind = 'post'") == [0]
    assert Task.READ_SEARCHED in work.woken
    work.perform(Task.READ_SEARCHED)
    assert values(work, "select count(*) from search_texts where kind = 'post'") == [1]
    assert values(work, "select count(*) from search_backlog where kind = 'post'") == [0]


def test_a_few_posts_are_clustered_at_once_and_then_others_are_let_gather(work: Workplace) -> None:
    with_case(work)
    work.perform(Task.CLUSTER)
    assert values(work, "select count(*) from cluster_backlog") == [0]
    assert work.pauses == [GATHER], "where nothing was left, nobody waits"


def test_the_relay_wakes_what_new_events_ask_for_and_marks_them(work: Workplace) -> None:
    with_reply(work)
    work.woken.clear()
    work.perform(Task.RELAY)
    assert {Task.TRIAGE, Task.SEND_REPLIES} <= set(work.woken)
    assert values(work, "select count(*) from events where relayed_at is null") == [0]
    work.woken.clear()
    work.perform(Task.RELAY)
    assert work.woken == []


def test_the_sweep_finds_what_every_lost_wake_up_was_about(work: Workplace) -> None:
    case_id = with_reply(work)
    work.network.pages = [Page(posts=(a_post("A new one is broken"),), cursor={})]
    work.now += MINUTE
    work.perform(Task.COLLECT_DUE)
    work.woken.clear()
    work.perform(Task.SWEEP)
    found = {Task.NOTIFY, Task.RELAY, Task.TRIAGE, Task.SEND_REPLIES, Task.READ_SEARCHED, Task.COUNT_FACTS, Task.FIND_SAME, Task.CLUSTER}
    assert set(work.woken) == found

    work.perform(*work.woken)
    with work.pool.transaction() as conn:
        resolve(conn, case_id=case_id, agent_id=ada(conn), policy=POLICY, now=work.now)
    work.now += timedelta(days=8)
    work.perform(Task.RELAY)
    work.woken.clear()
    work.perform(Task.SWEEP)
    assert set(work.woken) == {
        Task.PROVE_REPLIES,
        Task.CONCLUDE_FOLLOW_UPS,
        Task.LOOK_AGAIN,
        Task.KEEP_CLOCKS,
        Task.SEND_SURVEYS,
        Task.COUNT_FACTS,
    }
    work.perform(*work.woken, Task.RELAY, Task.NOTIFY)
    work.woken.clear()
    work.perform(Task.SWEEP)
    assert work.woken == []


def test_a_database_that_is_gone_ends_the_task_and_not_the_worker(work: Workplace) -> None:
    work.pool.close()
    work.perform(*Task)


def test_the_post_that_a_complaint_answers_comes_to_stand_beside_it(work: Workplace) -> None:
    parent = a_post("New seats on every flight!", author=DEE)
    work.network.shown = {parent.external_id: parent}
    work.network.pages = [Page(posts=(an_answer_to(parent, "My bag is lost!"),), cursor={"at": 1})]
    work.perform(Task.COLLECT_DUE, Task.TRIAGE, Task.LOOK_AGAIN)
    assert values(work, "select external_id from posts where beside") == [parent.external_id]
