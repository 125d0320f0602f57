"""What Amends wrote by itself and waits as an answer does not go once its customer took back that it may; what a colleague wrote does."""

from datetime import timedelta

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import Refused
from amends.inbox.actions import occasions
from amends.inbox.actions.send_reply import claim_reply, may_not_go
from amends.inbox.rules.consent import EVERY_WAY, Purpose, Target
from amends.inbox.store import consents, occasion_messages
from tests.cast import a_post
from tests.desk import MINUTE, Desk

OCCASION = """
with wishes as (insert into occasions (name, kind, active, agent_id, created_at)
  values ('Mended', 'mended', true, %(agent)s, %(now)s) returning id)
insert into occasion_messages (occasion_id, customer_id, turn, state, planned_at, due_at, sent_at, text, reply_id)
select w.id, c.customer_id, '2026', 'sent', %(now)s, %(now)s, %(now)s, r.text, r.id from wishes w, cases c, replies r
"""
SURVEY = """
insert into surveys (episode_id, case_id, customer_id, language, on_network, due_at, next_at, state, way, sent_at, reply_id)
select e.id, c.id, c.customer_id, 'en', true, %(now)s, %(now)s, 'proposed', 'network', %(now)s, r.id
from cases c join episodes e on e.case_id = c.id join replies r on r.case_id = c.id
"""
STATES = "select state || ' ' || why from occasion_messages union all select state || ' ' || why from surveys"


@pytest.fixture(params=[(OCCASION, Purpose.OCCASION), (SURVEY, Purpose.SURVEY)], ids=["occasion", "survey"])
def waiting(desk: Desk, request: pytest.FixtureRequest) -> tuple[Desk, Purpose]:
    """A message waits as an answer to Cy, who allowed it by the handle."""
    query, purpose = request.param
    desk.hear(a_post("My bag is lost"))
    desk.write("Bags arrive again.")
    execute(desk.conn, query, {"agent": desk.agent_id, "now": desk.now})
    if purpose is Purpose.SURVEY:
        desk.resolve()  # it is asked whether that held
    _say(desk, purpose, given=True)
    return desk, purpose


def _say(desk: Desk, purpose: Purpose, *, given: bool, everywhere: bool = False) -> None:
    desk.now += MINUTE
    [author_id, customer_id] = fetch_values(desk.conn, "select unnest(array[author_id, customer_id]) from cases")
    target = EVERY_WAY if everywhere else Target(author_id=author_id)
    consents.add(desk.conn, customer_id, target=target, purpose=purpose, given=given, basis="told us", agent_id=None, now=desk.now)


def _goes(desk: Desk) -> bool:
    return claim_reply(desk.conn, now=desk.now + timedelta(hours=1), lease=MINUTE) is not None


def _stands(conn: Connection) -> tuple[list[str], int]:
    return fetch_values(conn, STATES), fetch_values(conn, "select count(*) from replies")[0]


def test_it_goes_while_it_is_allowed(waiting: tuple[Desk, Purpose]) -> None:
    assert _goes(waiting[0])


@pytest.mark.parametrize("everywhere", [False, True])
def test_it_does_not_go_once_consent_was_taken_back(waiting: tuple[Desk, Purpose], *, everywhere: bool) -> None:
    desk, purpose = waiting
    _say(desk, purpose, given=False, everywhere=everywhere)
    assert not _goes(desk)
    assert _stands(desk.conn) == (["skipped no_consent"], 0)
    assert desk.events()[-1] == "reply_discarded"


@pytest.mark.parametrize("waiting", [(SURVEY, Purpose.SURVEY)], indirect=True, ids=["survey"])
def test_nobody_is_asked_whether_it_held_once_the_case_goes_on_again(waiting: tuple[Desk, Purpose]) -> None:
    desk, _purpose = waiting
    execute(desk.conn, "update cases set status = 'open'")
    assert not _goes(desk)
    assert _stands(desk.conn) == (["skipped goes_on"], 0)


def test_it_does_not_go_to_somebody_who_wants_no_messages(waiting: tuple[Desk, Purpose]) -> None:
    desk, _purpose = waiting
    execute(desk.conn, "update customers set do_not_contact_since = now()")
    assert not _goes(desk)
    assert _stands(desk.conn) == (["skipped do_not_contact"], 0)


@pytest.mark.parametrize("state", ["queued", "proposed", "sending"])
def test_stopping_an_occasion_stops_what_waits_as_an_answer_too_but_not_what_is_on_its_way(desk: Desk, state: str) -> None:
    desk.hear(a_post("My bag is lost"))
    desk.write("Bags arrive again.")
    execute(desk.conn, OCCASION, {"agent": desk.agent_id, "now": desk.now})
    tried = desk.now if state == "sending" else None
    execute(desk.conn, "update replies set state = %(state)s, first_try_at = %(tried)s", {"state": state, "tried": tried})
    [occasion_id] = fetch_values(desk.conn, "select id from occasions")
    stopped = occasions.stop(desk.conn, occasion_id, agent_id=desk.agent_id, now=desk.now)
    found = (stopped.held, stopped.under_way, *_stands(desk.conn))
    assert found == ((0, 1, ["sent stopped"], 1) if state == "sending" else (1, 0, ["stopped "], 0))


def test_one_message_that_waits_as_an_answer_is_stopped_by_itself_and_the_page_says_that_it_waits(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost"))
    desk.write("Bags arrive again.")
    execute(desk.conn, OCCASION, {"agent": desk.agent_id, "now": desk.now})
    [occasion_id] = fetch_values(desk.conn, "select id from occasions")
    [message] = occasion_messages.page(desk.conn, occasion_id, below=None, limit=9)
    assert message.waits == "queued"
    with pytest.raises(Refused):
        occasions.stop_one(desk.conn, occasion_id, message.id + 1, agent_id=desk.agent_id, now=desk.now)
    occasions.stop_one(desk.conn, occasion_id, message.id, agent_id=desk.agent_id, now=desk.now)
    assert _stands(desk.conn) == (["stopped "], 0)
    with pytest.raises(Refused):
        occasions.stop_one(desk.conn, occasion_id, message.id, agent_id=desk.agent_id, now=desk.now)


def test_what_a_network_refused_for_now_does_not_go_either_once_the_stopped_occasion_sends_again(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost"))
    desk.write("Bags arrive again.")
    execute(desk.conn, OCCASION, {"agent": desk.agent_id, "now": desk.now})
    execute(desk.conn, "update replies set state = 'queued', attempts = 1, first_try_at = %(now)s", {"now": desk.now})
    [occasion_id] = fetch_values(desk.conn, "select id from occasions")
    stopped = occasions.stop(desk.conn, occasion_id, agent_id=desk.agent_id, now=desk.now)
    assert (stopped.held, stopped.under_way) == (0, 1)
    execute(desk.conn, "update occasions set active = true")
    job = claim_reply(desk.conn, now=desk.now + timedelta(hours=1), lease=MINUTE)
    assert job
    assert may_not_go(desk.conn, job, now=desk.now)
    assert _stands(desk.conn) == (["stopped stopped"], 0)


def test_an_answer_of_a_colleague_goes_though_somebody_wants_no_messages(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost"))
    desk.write("We look for it")
    execute(desk.conn, "update customers set do_not_contact_since = now()")
    assert _goes(desk)


def test_what_waits_behind_it_goes_in_its_place(waiting: tuple[Desk, Purpose]) -> None:
    desk, purpose = waiting
    _say(desk, purpose, given=False)
    desk.write("We look for it")
    claimed = claim_reply(desk.conn, now=desk.now + timedelta(hours=1), lease=MINUTE)
    assert claimed is not None
    assert claimed.text == "We look for it"
