"""Asking whether it is solved: with consent only, once, by a link that opens one question and is kept nowhere."""

import re
from datetime import datetime, timedelta

import pytest

from amends.core.database import execute, fetch_values
from amends.core.errors import DeliveryError, NotFound, Refused
from amends.inbox.actions import approve, resolve, send_reply, survey
from amends.inbox.actions.follow_up import conclude_due
from amends.inbox.actions.survey import Asking, Means
from amends.inbox.rules.follow_up_plans import Plan
from amends.inbox.rules.surveys import Answer
from amends.inbox.store import follow_up_plans, held
from amends.inbox.store.surveys import Asked
from tests.cast import NOON, POLICY, SECRET_KEY, a_post, an_answer_to, mia
from tests.desk import DAY, HOUR, MINUTE, Desk

FIRST = a_post("My bag is lost!", external_id="bag")
MEANS = Means(can_mail=True, base="https://desk.example/", secret_key=SECRET_KEY, policy=POLICY)
DUE = NOON + 3 * DAY
YES, NO = Answer(csat=5, solved=True, word=" Quick!\0 "), Answer(csat=1, solved=False, word="It never came.")


def agree(desk: Desk, *, given: bool = True, at: datetime = NOON, way: bool = True) -> None:
    """Let Cy agree, or not any more, to be asked at their address (else anywhere)."""
    execute(
        desk.conn,
        """
        insert into contact_ways (customer_id, kind, value, normal, created_at)
        select id, 'email', 'cy@home.example', 'cy@home.example', %(now)s from customers where not exists (select from contact_ways)
        """,
        {"now": NOON},
    )
    execute(
        desk.conn,
        """
        insert into consents (customer_id, contact_way_id, purpose, given, basis, at)
        select u.id, case when %(way)s then w.id end, 'survey', %(given)s, 'told us', %(at)s
        from customers u join contact_ways w on w.customer_id = u.id
        """,
        {"given": given, "at": at, "way": way},
    )


@pytest.fixture
def resolved(desk: Desk) -> Desk:
    """Cy's complaint, answered and resolved; Cy has not agreed to anything."""
    desk.hear(FIRST)
    desk.now += 5 * MINUTE
    desk.answer()
    desk.resolve()
    return desk


@pytest.fixture
def agreed(resolved: Desk) -> Desk:
    """The same, and Cy may be asked by mail."""
    agree(resolved)
    return resolved


def state(desk: Desk) -> str:
    return fetch_values(desk.conn, "select concat_ws(' ', state, nullif(split_part(why, ':', 1), '')) from surveys")[0]


def claimed(desk: Desk, *, at: datetime = DUE, means: Means = MEANS) -> Asking:
    asking = survey.claim_survey(desk.conn, means, now=at)
    assert asking is not None
    return asking


def sent(desk: Desk) -> tuple[Asked, str]:
    asking = claimed(desk)
    assert asking.letter is not None
    survey.record_asked(desk.conn, asking.job, now=DUE)
    token = asking.letter.url.rpartition("/")[2]
    return survey.opened(desk.conn, token=token, secret_key=SECRET_KEY), token


def test_nobody_is_asked_before_the_time_nor_without_consent(resolved: Desk) -> None:
    assert survey.claim_survey(resolved.conn, MEANS, now=NOON + DAY) is None
    assert claimed(resolved).letter is None
    assert state(resolved) == "skipped no_consent"


def test_whoever_agreed_gets_one_letter_in_their_language_with_links_that_only_choose(agreed: Desk) -> None:
    execute(agreed.conn, "update surveys set language = 'es'")
    letter = claimed(agreed).letter
    assert letter is not None
    assert (letter.to, letter.subject) == ("cy@home.example", "¿Está resuelto?")
    assert letter.text.count("?mark=") == 5
    assert letter.language == "es"
    assert letter.url.startswith("https://desk.example/survey/")
    assert survey.claim_survey(agreed.conn, MEANS, now=DUE) is None


@pytest.mark.parametrize("way", [True, False])
def test_consent_that_is_taken_back_while_the_question_waits_stops_it(agreed: Desk, way: bool) -> None:
    agree(agreed, given=False, at=NOON + DAY, way=way)
    claimed(agreed)
    assert state(agreed) == "skipped no_consent"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("update customers set do_not_contact_since = now()", "do_not_contact"),
        ("update customers set erased_at = now()", "erased"),
        ("update contact_ways set removed_at = now()", "no_consent"),
    ],
)
def test_who_must_not_be_written_to_is_not(agreed: Desk, change: str, why: str) -> None:
    execute(agreed.conn, change)  # pyright: ignore[reportArgumentType]
    claimed(agreed)
    assert state(agreed) == f"skipped {why}"


def test_a_case_that_goes_on_is_not_asked_about(agreed: Desk) -> None:
    resolve.reopen(agreed.conn, case_id=agreed.case().id, agent_id=agreed.agent_id, now=agreed.now + HOUR)
    assert survey.claim_survey(agreed.conn, MEANS, now=DUE) is None
    assert state(agreed) == "cancelled goes_on"


def test_a_letter_that_does_not_go_is_tried_again_with_a_new_link_and_then_given_up(agreed: Desk) -> None:
    first = claimed(agreed)
    assert first.letter is not None
    survey.record_not_asked(agreed.conn, first.job, DeliveryError("busy"), now=DUE)
    assert state(agreed) == "planned busy"
    assert survey.claim_survey(agreed.conn, MEANS, now=DUE) is None
    again = claimed(agreed, at=DUE + HOUR)
    with pytest.raises(NotFound):
        survey.opened(agreed.conn, token=first.letter.url.rpartition("/")[2], secret_key=SECRET_KEY)
    survey.record_not_asked(agreed.conn, again.job, DeliveryError("no such box", permanent=True), now=DUE)
    assert state(agreed) == "skipped not_delivered"


def test_a_worker_that_was_killed_while_sending_leaves_the_question_to_another(agreed: Desk) -> None:
    claimed(agreed)
    assert survey.claim_survey(agreed.conn, MEANS, now=DUE + MINUTE) is None
    assert claimed(agreed, at=DUE + HOUR).job.attempts == 2


def test_only_the_fingerprint_of_a_link_is_kept_and_a_forged_or_changed_one_opens_nothing(agreed: Desk) -> None:
    _asked, token = sent(agreed)
    assert token not in str(fetch_values(agreed.conn, "select to_jsonb(s)::text from surveys s"))
    for wrong in ("", "x", token[:-1], token + "0", "." + token, token.replace(".", "")):
        with pytest.raises(NotFound):
            survey.opened(agreed.conn, token=wrong, secret_key=SECRET_KEY)


def test_an_answer_is_kept_once_whoever_has_the_link(agreed: Desk) -> None:
    asked, _ = sent(agreed)
    assert survey.answer(agreed.conn, asked, YES, now=DUE + HOUR)
    assert not survey.answer(agreed.conn, asked, NO, now=DUE + 2 * HOUR)
    assert fetch_values(agreed.conn, "select word || csat || solved from surveys") == ["Quick!5true"]
    with pytest.raises(Refused):
        survey.answer(agreed.conn, asked, Answer(csat=None, solved=None, word="x"), now=DUE)


def test_a_link_that_is_too_old_takes_no_answer(agreed: Desk) -> None:
    asked, _ = sent(agreed)
    assert not survey.answer(agreed.conn, asked, YES, now=DUE + 31 * DAY)


def test_solved_holds_at_the_next_look_and_a_complaint_after_it_is_a_relapse(agreed: Desk) -> None:
    asked, _ = sent(agreed)
    survey.answer(agreed.conn, asked, YES, now=DUE + HOUR)
    conclude_due(agreed.conn, now=NOON + 8 * DAY)
    agreed.now = NOON + 20 * DAY
    agreed.hear(an_answer_to(FIRST, "My bag is lost again!", published_at=agreed.now))
    assert fetch_values(agreed.conn, "select outcome from follow_ups order by days") == ["held", "relapsed"]


def test_not_solved_is_a_relapse_that_reopens_the_case(agreed: Desk) -> None:
    asked, _ = sent(agreed)
    survey.answer(agreed.conn, asked, NO, now=DUE + HOUR)
    assert (agreed.case().status, agreed.case().episode, agreed.case().waiting_since) == ("open", 2, DUE + HOUR)
    assert fetch_values(agreed.conn, "select outcome || ': ' || note from follow_ups where days = 7") == [
        "relapsed: The customer says that it is not solved."
    ]


def test_a_late_answer_corrects_what_was_concluded_without_it(agreed: Desk) -> None:
    asked, _ = sent(agreed)
    conclude_due(agreed.conn, now=NOON + 8 * DAY)
    survey.answer(agreed.conn, asked, YES, now=NOON + 9 * DAY)
    assert fetch_values(agreed.conn, "select outcome from follow_ups order by days") == ["held", None]
    assert fetch_values(agreed.conn, "select asks from follow_ups order by days") == [False, False]


def test_marks_alone_conclude_nothing_but_count(agreed: Desk) -> None:
    asked, _ = sent(agreed)
    survey.answer(agreed.conn, asked, Answer(csat=4, solved=None, word=""), now=DUE + HOUR)
    assert fetch_values(agreed.conn, "select count(*) from follow_up_evidence") == [0]
    found = held.csat(agreed.conn, since=NOON, until=NOON + 9 * DAY)
    assert (found.sent, found.answered, found.marked, found.share_satisfied, found.mean, found.solved) == (1, 1, 1, 1, 4, 0)


def test_a_late_answer_speaks_of_the_newest_resolution_and_not_of_one_that_had_failed(agreed: Desk) -> None:
    asked, token = sent(agreed)
    agreed.now = DUE + HOUR
    agreed.hear(a_post("My bag is still lost!", external_id="still", parent_id="bag", root_id="bag", published_at=agreed.now))
    assert (agreed.case().status, agreed.case().episode) == ("open", 2)
    agreed.now += HOUR
    agreed.answer()
    agreed.resolve()
    agreed.now += HOUR
    late = survey.opened(agreed.conn, token=token, secret_key=SECRET_KEY)
    assert (late.id, late.episode_id > asked.episode_id) == (asked.id, True)
    assert survey.answer(agreed.conn, late, NO, now=agreed.now)
    assert (agreed.case().status, agreed.case().episode) == ("open", 3), "whoever says that it is not solved is heard"
    outcomes = "select string_agg(distinct outcome, ' ') from follow_ups group by episode_id order by episode_id"
    assert fetch_values(agreed.conn, outcomes) == ["relapsed", "relapsed"]


def test_solved_after_a_relapse_was_mended_does_not_make_the_first_resolution_hold(agreed: Desk) -> None:
    _asked, token = sent(agreed)
    agreed.now = DUE + HOUR
    agreed.hear(a_post("My bag is still lost!", external_id="still", parent_id="bag", root_id="bag", published_at=agreed.now))
    agreed.now += HOUR
    agreed.answer()
    agreed.resolve()
    agreed.now += HOUR
    survey.answer(agreed.conn, survey.opened(agreed.conn, token=token, secret_key=SECRET_KEY), YES, now=agreed.now)
    agreed.now += 8 * DAY
    conclude_due(agreed.conn, now=agreed.now)
    first = "select outcome from follow_ups where days = 7 order by episode_id"
    assert fetch_values(agreed.conn, first) == ["relapsed", "held"]
    assert held.csat(agreed.conn, since=NOON, until=agreed.now).marked == 1


def test_whoever_was_forgotten_is_asked_nothing_by_a_link_that_they_still_have(agreed: Desk) -> None:
    _asked, token = sent(agreed)
    execute(agreed.conn, "update customers set erased_at = now()")
    with pytest.raises(NotFound):
        survey.opened(agreed.conn, token=token, secret_key=SECRET_KEY)


@pytest.mark.parametrize(
    ("written", "known", "asked"),
    [("ta-Latn", [], "ta"), ("und", ["fr", "si"], "si"), ("fr", ["pa-Latn"], "pa"), ("es", ["si"], "es"), ("fr", [], "en")],
)
def test_one_is_asked_in_a_language_of_theirs_in_whatever_letters_they_write_it(
    desk: Desk, written: str, known: list[str], asked: str
) -> None:
    desk.hear(FIRST)
    execute(desk.conn, "update cases set language = %(language)s", {"language": written})
    execute(desk.conn, "update customers set languages = %(known)s", {"known": known})
    desk.resolve()
    assert fetch_values(desk.conn, "select language from surveys") == [asked]


def ask_on_network(desk: Desk) -> Asking:
    """Let Cy's resolved case come to the question, where we may write on the network alone."""
    follow_up_plans.insert(desk.conn, Plan(on_network=True), now=NOON)
    desk.hear(FIRST)
    desk.resolve()
    agree(desk, way=False)
    return claimed(desk, means=Means(can_mail=False, base="https://desk.example", secret_key=SECRET_KEY, policy=POLICY))


def test_a_question_that_waits_for_approval_does_not_go_out_once_its_case_goes_on(desk: Desk) -> None:
    ask_on_network(desk)
    resolve.reopen(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, now=DUE)
    execute(desk.conn, "update replies set state = 'queued'")
    assert send_reply.claim_reply(desk.conn, now=DUE + MINUTE, lease=MINUTE) is None
    assert state(desk) == "skipped goes_on"
    assert "reply_discarded" in desk.events()


def test_on_the_network_the_question_waits_for_approval_and_is_off_by_default(desk: Desk) -> None:
    assert ask_on_network(desk).letter is None
    assert fetch_values(desk.conn, "select state || proposed_why[1] from replies") == ["proposedsurvey"]
    assert "https://desk.example/survey/" in fetch_values(desk.conn, "select text from replies")[0]
    assert state(desk) == "proposed"
    assert desk.case().status == "resolved"
    assert not Plan().on_network


def test_on_the_network_an_approved_question_goes_out_once_and_its_link_takes_the_answer(desk: Desk) -> None:
    ask_on_network(desk)
    [reply_id] = fetch_values(desk.conn, "select id from replies")
    desk.now = DUE + MINUTE
    approve.approve(desk.conn, case_id=desk.case().id, reply_id=reply_id, agent_id=mia(desk.conn), wait=timedelta(0), now=desk.now)
    job = desk.claim()
    send_reply.record_sent(desk.conn, job, desk.published(job), now=desk.now)
    assert send_reply.claim_reply(desk.conn, now=desk.now + MINUTE, lease=MINUTE) is None
    [token] = re.findall(r"https://desk\.example/survey/(\S+)", job.text)
    asked = survey.opened(desk.conn, token=token, secret_key=SECRET_KEY)
    assert survey.answer(desk.conn, asked, YES, now=desk.now)
    assert not survey.answer(desk.conn, asked, NO, now=desk.now)
    assert desk.case().status == "resolved"
