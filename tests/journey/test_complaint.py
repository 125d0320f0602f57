"""One complaint from the network to the proof that the answer held, with `now` moved by hand."""

from datetime import timedelta

from amends.core.database import Connection, fetch_values
from amends.core.ports import Page, Published
from amends.inbox.actions.collect import due_watches, record_page
from amends.inbox.actions.follow_up import conclude_due
from amends.inbox.actions.proof import claim_proof, record_proof
from amends.inbox.actions.reply import claim_reply, queue_reply, record_sent
from amends.inbox.actions.resolve import resolve
from amends.inbox.actions.triage import triage_pending
from amends.inbox.rules.ids import CaseId
from tests.cast import NOON, POLICY, a_post, a_source, ada, an_answer_to
from tests.fakes import FakeClassifier

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_a_complaint_is_answered_and_the_answer_holds(conn: Connection) -> None:
    a_source(conn)
    agent_id = ada(conn)
    complaint = a_post("My bag is lost and nobody answers!")

    [job] = due_watches(conn, now=NOON, lease=MINUTE, limit=5)
    record_page(conn, job, Page(posts=(complaint,), cursor={"since": "1"}, reads=1), now=NOON, poll_every=MINUTE)
    assert triage_pending(conn, classifier=FakeClassifier(), policy=POLICY, now=NOON) == 1
    [case_id] = [CaseId(found) for found in fetch_values(conn, "select id from cases where status = 'open' and waiting_since is not null")]

    at = NOON + 5 * MINUTE
    queue_reply(conn, case_id=case_id, agent_id=agent_id, text="We found it, it flies to you tonight.", policy=POLICY, now=at)
    reply = claim_reply(conn, now=at, lease=MINUTE)
    assert reply is not None
    assert reply.parent_id == complaint.external_id
    assert not reply.again
    record_sent(conn, reply, Published(external_id="r1", permalink="https://x.example/r1", published_at=at), now=at)
    assert fetch_values(conn, "select status from cases") == ["waiting"]
    assert fetch_values(conn, "select answered_at - published_at from episodes") == [5 * MINUTE]

    proof = claim_proof(conn, now=at + 2 * MINUTE, policy=POLICY)
    assert proof is not None
    record_proof(conn, proof, visible=True, permalink="", now=at + 2 * MINUTE)
    resolve(conn, case_id=case_id, agent_id=agent_id, policy=POLICY, now=at + 3 * MINUTE)

    later = at + DAY
    [job] = due_watches(conn, now=later, lease=MINUTE, limit=5)
    thanks = an_answer_to(complaint, "Thank you, it came!", published_at=later)
    record_page(conn, job, Page(posts=(thanks,), cursor={"since": "2"}, reads=1), now=later, poll_every=MINUTE)
    triage_pending(conn, classifier=FakeClassifier(), policy=POLICY, now=later)
    assert fetch_values(conn, "select status from cases") == ["resolved"]

    due = at + 8 * DAY
    [job] = due_watches(conn, now=due, lease=MINUTE, limit=5)
    record_page(conn, job, Page(posts=(), cursor={"since": "2"}), now=due, poll_every=MINUTE)
    assert conclude_due(conn, now=due) == 1
    assert fetch_values(conn, "select outcome from episodes") == ["held"]
    assert conclude_due(conn, now=due) == 0
