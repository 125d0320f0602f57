"""What Amends wrote by itself is asked about again before each try: taking consent back, or stopping it, holds between two tries, too."""

from datetime import timedelta

import pytest

from amends.core.database import Pool, execute, fetch_values
from amends.core.errors import RateLimited, Unreachable
from amends.core.ports import Page
from amends.inbox.actions import occasions
from amends.inbox.actions.reply import PLAIN, Manner, queue_reply
from amends.inbox.rules.consent import EVERY_WAY, Purpose
from amends.inbox.rules.ids import CaseId
from amends.inbox.store import consents
from amends.worker.names import Task
from tests.cast import NOON, POLICY, a_post, a_source, ada
from tests.workplace import Workplace

MESSAGE = """
with wishes as (
  insert into occasions (name, kind, active, agent_id, created_at) values ('Mended', 'mended', true, %(agent)s, %(now)s) returning id
)
insert into occasion_messages (occasion_id, customer_id, turn, state, planned_at, due_at, sent_at, text, reply_id)
select w.id, c.customer_id, '2026', 'sent', %(now)s, %(now)s, %(now)s, r.text, r.id from wishes w, cases c, replies r
"""
WORDS = ("Bags arrive again.", "We are sorry.")


@pytest.fixture
def work(pool: Pool) -> Workplace:
    """A desk with one complaint."""
    with pool.transaction() as conn:
        a_source(conn)
    made = Workplace(pool=pool)
    made.network.pages = [Page(posts=(a_post("My bag is lost!"),), cursor={"at": 1}, reads=1)]
    made.perform(Task.COLLECT_DUE, Task.TRIAGE)
    return made


def _message(work: Workplace, manner: Manner = PLAIN) -> None:
    """Let a message wait as an answer to Cy, who allowed it."""
    with work.pool.transaction() as conn:
        [case_id] = fetch_values(conn, "select id from cases")
        agent_id = ada(conn)
        text = " ".join(WORDS)
        queue_reply(conn, case_id=CaseId(case_id), agent_id=agent_id, text=text, now=work.now, policy=POLICY, manner=manner)
        execute(conn, MESSAGE, {"agent": agent_id, "now": work.now})
    _say(work, given=True)


def _say(work: Workplace, *, given: bool) -> None:
    with work.pool.transaction() as conn:
        [customer_id] = fetch_values(conn, "select customer_id from cases")
        consents.add(
            conn, customer_id, target=EVERY_WAY, purpose=Purpose.OCCASION, given=given, basis="told us", agent_id=None, now=work.now
        )


def _stop(work: Workplace) -> None:
    with work.pool.transaction() as conn:
        [occasion_id] = fetch_values(conn, "select id from occasions")
        occasions.stop(conn, occasion_id, agent_id=ada(conn), now=work.now)


def _do_not_contact(work: Workplace) -> None:
    with work.pool.transaction() as conn:
        execute(conn, "update customers set do_not_contact_since = %(now)s", {"now": work.now})


def _take_consent_back(work: Workplace) -> None:
    _say(work, given=False)


def _try(work: Workplace) -> None:
    work.now += timedelta(minutes=1)
    work.perform(Task.SEND_REPLIES)


def _stands(work: Workplace) -> tuple[list[str], list[str]]:
    with work.pool.transaction() as conn:
        return (
            fetch_values(conn, "select trim(state || ' ' || why) from occasion_messages"),
            fetch_values(conn, "select state || ': ' || text from replies"),
        )


@pytest.mark.parametrize("trouble", [Unreachable("502"), RateLimited(until=NOON)], ids=["unreachable", "rate limited"])
@pytest.mark.parametrize(
    ("change", "becomes"),
    [
        (_take_consent_back, "skipped no_consent"),
        (_do_not_contact, "skipped do_not_contact"),
        (_stop, "stopped stopped"),
    ],
)
def test_it_does_not_go_at_its_second_try_either(work: Workplace, trouble: Exception, change: object, becomes: str) -> None:
    _message(work)
    work.network.moods = [trouble]
    _try(work)
    assert callable(change)
    change(work)
    _try(work)
    assert (work.network.calls.count("reply"), work.network.public) == (1, [])
    assert _stands(work) == ([becomes], [])


def test_what_went_out_at_the_first_try_counts_as_sent_whatever_was_taken_back_since(work: Workplace) -> None:
    _message(work)
    work.network.moods = ["lost"]
    _try(work)
    _take_consent_back(work)
    _try(work)
    assert len(work.network.public) == 1
    assert _stands(work) == (["sent"], [f"sent: {' '.join(WORDS)}"])


@pytest.mark.parametrize("moods", [[None, Unreachable("502")], [None, RateLimited(until=NOON)]])
def test_of_posts_in_a_row_the_rest_does_not_go_and_what_is_out_stays_the_answer(work: Workplace, moods: list[Exception | None]) -> None:
    _message(work, Manner(parts=WORDS))
    work.network.moods = [*moods]
    _try(work)
    _take_consent_back(work)
    _try(work)
    assert [text for _under, text in work.network.public] == [WORDS[0]]
    assert _stands(work) == (["sent"], [f"sent: {WORDS[0]}"])


def test_it_goes_at_its_second_try_while_it_is_allowed(work: Workplace) -> None:
    _message(work)
    work.network.moods = [Unreachable("502")]
    _try(work)
    _try(work)
    assert len(work.network.public) == 1
