"""The public question: looking changes nothing, sending counts once, and late, guessing and hasty visitors are told so kindly."""

import re
from datetime import timedelta
from typing import LiteralString

import pytest

from amends.core.database import fetch_values
from amends.inbox.actions import survey
from amends.inbox.actions.resolve import resolve
from amends.inbox.actions.survey import Means
from amends.inbox.rules.sign_in import FREE_TRIES_FROM_ONE_PLACE
from amends.inbox.rules.survey_words import PAGE
from tests.cast import POLICY, SECRET_KEY
from tests.door import Answer, Door

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def values(door: Door, query: LiteralString) -> list[object]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, query)


@pytest.fixture
def link(door: Door) -> str:
    """The address of a question that was sent by mail."""
    with door.pool.transaction() as conn:
        resolve(conn, case_id=door.who.plain, agent_id=door.who.ada, policy=POLICY, now=door.now)
        conn.execute(
            """
            insert into contact_ways (customer_id, kind, value, normal, created_at)
            select customer_id, 'email', 'cy@home.example', 'cy@home.example', now() from cases where id = %s
            """,
            [door.who.plain],
        )
        conn.execute(
            "insert into consents (customer_id, purpose, given, basis, at) select customer_id, 'survey', true, '', now() from contact_ways"
        )
        door.now += 3 * DAY
        means = Means(can_mail=True, base="http://desk.example", secret_key=SECRET_KEY, policy=POLICY)
        asking = survey.claim_survey(conn, means, now=door.now)
        assert asking is not None
        assert asking.letter is not None
        survey.record_asked(conn, asking.job, now=door.now)
    return asking.letter.url.removeprefix("http://desk.example")


def ticket(answer: Answer) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', answer.text)
    assert found
    return found[1]


def send(door: Door, link: str, **fields: str) -> Answer:
    """Open the page, take a moment, and send it."""
    customer = door.stranger()
    given = {"ticket": ticket(customer.get(link))} | fields
    door.now += 2 * SECOND
    return customer.post(link, data=given)


def kept(door: Door) -> list[object]:
    return values(door, "select array[answered_at is not null, solved] from surveys")


def test_looking_changes_nothing_however_often_and_in_whatever_way(door: Door, link: str) -> None:
    stranger = door.stranger()
    for address in (link, f"{link}?mark=5", f"{link}?mark=1&solved=no", f"{link}?lang=ta"):
        for headers in ({}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}):
            page = stranger.get(address, headers=headers)
            assert (page.status_code, stranger.head(address).status_code) == (200, 200)
    assert kept(door) == [[False, None]]
    assert page.headers["x-robots-tag"] == "noindex"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "set-cookie" not in page.headers


def test_a_mark_in_the_address_is_only_chosen_beforehand(door: Door, link: str) -> None:
    page = door.stranger().get(f"{link}?mark=4")
    assert re.search(r'name="mark" value="4" checked', page.text)
    assert kept(door) == [[False, None]]


def test_what_is_sent_counts_once_and_whoever_comes_later_is_told_so(door: Door, link: str) -> None:
    late = door.stranger()
    late_ticket = ticket(late.get(link))
    assert PAGE["en"]["thanks"] in send(door, link, solved="yes", mark="5", word="Quick").text
    again = late.post(link, data={"ticket": late_ticket, "solved": "no"})
    assert (again.status_code, "answered already" in again.text) == (200, True)
    assert "answered already" in door.stranger().get(link).text
    assert kept(door) == [[True, True]]


def test_not_solved_opens_the_case_again(door: Door, link: str) -> None:
    assert "opening it again" in send(door, link, solved="no").text
    assert "open" in values(door, "select status from cases where episode = 2")
    pane = door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}")
    assert "It was resolved once before" in pane.text


def test_a_program_that_fills_in_forms_is_too_quick_or_falls_into_the_trap(door: Door, link: str) -> None:
    stranger = door.stranger()
    given = {"ticket": ticket(stranger.get(link)), "solved": "no"}
    assert stranger.post(link, data=given).status_code == 422
    assert stranger.post(link, data={"solved": "no"}).status_code == 422
    assert send(door, link, solved="no", website="http://spam.example").status_code == 422
    assert kept(door) == [[False, None]]


@pytest.mark.parametrize("fields", [{}, {"mark": "6"}, {"mark": "٣"}, {"solved": "maybe"}, {"word": "only words"}])
def test_an_answer_that_says_nothing_is_asked_for_again(door: Door, link: str, fields: dict[str, str]) -> None:
    answer = send(door, link, **fields)
    assert (answer.status_code, PAGE["en"]["nothing"] in answer.text) == (422, True)
    assert kept(door) == [[False, None]]


def test_words_that_are_too_long_stay_in_the_form(door: Door, link: str) -> None:
    answer = send(door, link, solved="yes", word="x" * 2001)
    assert (answer.status_code, "x" * 2001 in answer.text) == (422, True)


def test_an_old_link_is_told_kindly(door: Door, link: str) -> None:
    door.now += 31 * DAY
    assert (door.stranger().get(link).status_code, "too old" in door.stranger().get(link).text) == (410, True)


def test_who_guesses_links_is_slowed_down(door: Door, link: str) -> None:
    stranger = door.stranger()
    found = {stranger.get(f"/survey/x{n}").status_code for n in range(FREE_TRIES_FROM_ONE_PLACE + 3)}
    assert found == {404, 429}


@pytest.mark.parametrize("language", list(PAGE))
def test_the_page_speaks_the_customers_language(door: Door, link: str, language: str) -> None:
    page = door.stranger().get(f"{link}?lang={language}")
    assert f'<html lang="{language}">' in page.text
    assert PAGE[language]["solved"] in page.text


def test_a_link_is_kept_nowhere(door: Door, link: str) -> None:
    with door.pool.transaction() as conn:
        assert link.rpartition("/")[2] not in str(fetch_values(conn, "select to_jsonb(s)::text from surveys s"))
