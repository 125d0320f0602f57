"""What is kept too long goes at night, kind by kind, and takes nothing with it that is still wanted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import Refused
from amends.core.post import Author
from amends.inbox.actions import jobs, note
from amends.inbox.actions.job_kinds import Tools
from amends.inbox.actions.retention import Taken, dry_run, settle, start, start_tonight, take_away
from amends.inbox.rules.retention import Kept, Setting, terms
from amends.inbox.store import retention
from tests.cast import CY, DEE, NOON, a_post, a_source, an_answer_to
from tests.desk import DAY, MINUTE, Desk
from tests.fakes import FakeClassifier

FAR_AWAY = """
with far as (
  insert into customers (id, name, created_at) overriding system value values (9000000, 'Far Away', %(now)s) returning id
), noted as (
  insert into customer_notes (id, customer_id, kind, text, at, created_at) overriding system value
  select 9000000, id, 'note', 'Called', %(now)s, %(now)s from far
)
insert into openings (id, customer_id, agent_id, place, at) overriding system value
select 9000000, f.id, g.id, 'customer', %(now)s from far f, agents g limit 1
"""
PRAISE = "What a lovely day"


def settled(kind: Kept, days: int | None, source_id: int | None = None) -> Setting:
    return Setting(kind=kind, source_id=source_id, days=days)


def at_night(desk: Desk, *settings: Setting) -> None:
    """Settle it, and let the worker do a night's work."""
    settle(desk.conn, settings, agent_id=desk.agent_id, now=desk.now)
    assert start(desk.conn, agent_id=None, now=desk.now)
    carry_on(desk)


def carry_on(desk: Desk) -> None:
    tools = Tools(classifier=FakeClassifier, clock=lambda: desk.now)
    while job := jobs.claim(desk.conn, now=desk.now):
        jobs.carry_on(desk.conn, job, tools)


def words(conn: Connection) -> list[str]:
    return fetch_values(conn, "select text from posts where text <> '' order by id")


def test_the_words_of_posts_that_were_no_work_go_when_they_are_too_old(desk: Desk) -> None:
    desk.hear(a_post(PRAISE, author=DEE), a_post("My bag is lost"))
    desk.now += 31 * DAY
    desk.hear(a_post(f"{PRAISE} again", author=DEE, published_at=desk.now))
    at_night(desk, settled(Kept.CONTEXT, 30))
    assert words(desk.conn) == ["My bag is lost", f"{PRAISE} again"]


def test_a_closed_case_loses_its_words_and_keeps_its_times(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost"))
    desk.answer("We found it")
    desk.resolve()
    before = fetch_values(desk.conn, "select to_jsonb(e)::text from episodes e")
    desk.now += 100 * DAY
    at_night(desk, settled(Kept.CLOSED_POSTS, 90), settled(Kept.ANSWERS, 90))
    assert words(desk.conn) == []
    assert desk.case().preview == ""
    assert fetch_values(desk.conn, "select text from replies") == [""]
    assert fetch_values(desk.conn, "select to_jsonb(e)::text from episodes e") == before


def test_our_answers_go_as_the_network_shows_them_too(desk: Desk) -> None:
    first = a_post("My bag is lost")
    desk.hear(first)
    desk.answer("Dear Cy, we found it")
    ours = Author(external_id="us", handle="lankaair")
    desk.hear(replace(an_answer_to(first, "Dear Cy, we found it"), author=ours, is_own=True), a_post("News", author=ours, is_own=True))
    desk.resolve()
    desk.now += 100 * DAY
    settings = [settled(Kept.ANSWERS, 90)]
    [told] = dry_run(desk.conn, settings, now=desk.now)
    at_night(desk, *settings)
    [job] = jobs.jobs.latest(desk.conn, kind="retention")
    assert words(desk.conn) == ["My bag is lost", "News"]
    assert (told.n, job.done, job.total) == (2, 2, 2)


def test_an_open_case_keeps_its_words_however_old(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost"))
    desk.now += 1_000 * DAY
    at_night(desk, settled(Kept.CLOSED_POSTS, 1), settled(Kept.CONTEXT, 1), settled(Kept.NOTES, 1), settled(Kept.CUSTOMERS, 1))
    assert words(desk.conn) == ["My bag is lost"]
    assert fetch_values(desk.conn, "select count(*) from customers where erased_at is not null") == [0]


def test_a_source_may_have_a_term_of_its_own(desk: Desk) -> None:
    other = replace(desk, source_id=a_source(desk.conn, handle="lankaair_help"))
    desk.hear(a_post(f"{PRAISE} here", author=DEE))
    other.hear(a_post(f"{PRAISE} there", author=DEE))
    desk.now += 10 * DAY
    at_night(desk, settled(Kept.CONTEXT, 5), settled(Kept.CONTEXT, None, other.source_id))
    assert words(desk.conn) == [f"{PRAISE} there"]


def test_notes_of_closed_cases_and_old_notes_on_customers_go_but_what_is_pinned_stays(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost"))
    note.add_note(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, text="Called", now=desk.now)
    execute(
        desk.conn,
        """
        insert into customer_notes (customer_id, kind, text, pinned, at, created_at, removed_at)
        select customer_id, 'note', word, word <> 'loose', %(now)s, %(now)s,
          case when word = 'pinned and taken away' then %(now)s::timestamptz end
        from cases, unnest('{pinned,loose,pinned and taken away}'::text[]) word
        """,
        {"now": desk.now},
    )
    desk.resolve()
    desk.now += 10 * DAY
    at_night(desk, settled(Kept.NOTES, 5))
    assert fetch_values(desk.conn, "select text from notes") == [""]
    assert fetch_values(desk.conn, "select text from customer_notes") == ["pinned"]


def test_a_customer_of_whom_nothing_was_heard_is_forgotten_and_one_who_bought_is_not(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost", author=CY))
    desk.resolve()
    desk.hear(a_post("My other bag is lost", author=DEE))
    execute(desk.conn, "update cases set status = 'resolved', resolved_at = %(now)s", {"now": desk.now})
    desk.now += 400 * DAY
    execute(
        desk.conn,
        """
        insert into purchases (customer_id, kind, name, bought_at, created_at)
        select id, 'purchase', 'Seat', %(at)s, %(at)s from customers where name like 'Dee%%'
        """,
        {"at": desk.now - DAY},
    )
    at_night(desk, settled(Kept.CUSTOMERS, 365))
    assert fetch_values(desk.conn, "select name from customers where erased_at is null") == ["Dee Perera"]


def test_who_still_writes_is_not_forgotten_though_it_is_no_work(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost", author=CY))
    desk.resolve()
    desk.hear(a_post("My other bag is lost", author=DEE))
    execute(desk.conn, "update cases set status = 'resolved', resolved_at = %(now)s", {"now": desk.now})
    desk.now += 400 * DAY
    desk.hear(a_post(PRAISE, author=DEE, published_at=desk.now - DAY))
    [told] = dry_run(desk.conn, [settled(Kept.CUSTOMERS, 365)], now=desk.now)
    at_night(desk, settled(Kept.CUSTOMERS, 365))
    [job] = jobs.jobs.latest(desk.conn, kind="retention")
    assert fetch_values(desk.conn, "select name from customers where erased_at is null") == ["Dee Perera"]
    assert (told.n, job.done, job.total) == (1, 1, 1)


def test_the_dry_run_says_what_the_night_does_and_changes_nothing(desk: Desk) -> None:
    desk.collect(*(a_post(f"{PRAISE} {n}", author=DEE) for n in range(450)))
    desk.triage(limit=450)
    desk.now += 10 * DAY
    [told] = dry_run(desk.conn, [settled(Kept.CONTEXT, 5)], now=desk.now)
    assert (told.n, len(words(desk.conn))) == (450, 450)
    at_night(desk, settled(Kept.CONTEXT, 5))
    assert words(desk.conn) == []
    [job] = jobs.jobs.latest(desk.conn, kind="retention")
    assert (job.state, job.done, job.total) == ("done", 450, 450)


def test_a_portion_begins_where_the_last_one_stopped_so_that_a_first_night_reads_no_case_twice(desk: Desk) -> None:
    desk.collect(*(a_post(f"My bag {n} is lost", author=DEE) for n in range(250)))
    desk.triage(limit=250)
    execute(desk.conn, "update cases set status = 'resolved', resolved_at = %(now)s", {"now": desk.now})
    cases = [case.id for case in desk.cases()]
    [term] = terms([settled(Kept.CLOSED_POSTS, 5)], desk.now + 10 * DAY)
    assert take_away(desk.conn, term, after=0, now=desk.now) == Taken(n=200, after=cases[199])
    assert take_away(desk.conn, term, after=cases[199], now=desk.now) == Taken(n=50, after=None)
    assert words(desk.conn) == []


@pytest.mark.parametrize("kind", [kind for kind in Kept if kind is not Kept.CONTEXT])
def test_a_portion_looks_at_some_ids_only_and_leaps_over_those_that_there_are_not(desk: Desk, kind: Kept) -> None:
    desk.hear(a_post("My bag is lost"))
    execute(desk.conn, FAR_AWAY, {"now": desk.now})
    [term] = terms([settled(kind, 5)], desk.now + 10 * DAY)
    place, places = 0, list[int]()
    while place is not None:
        places.append(place)
        place = take_away(desk.conn, term, after=place, now=desk.now).after
    assert len(places) <= 3


def test_it_begins_by_itself_once_a_night_and_only_where_something_is_settled(desk: Desk) -> None:
    night = NOON.replace(hour=3)
    assert start_tonight(desk.conn, now=night) is None
    settle(desk.conn, [settled(Kept.OPENINGS, 30)], agent_id=desk.agent_id, now=NOON)
    assert start_tonight(desk.conn, now=NOON) is None
    assert start_tonight(desk.conn, now=night)
    desk.now = night
    carry_on(desk)
    assert start_tonight(desk.conn, now=night + 30 * MINUTE) is None
    assert start_tonight(desk.conn, now=night + timedelta(days=1))


def test_a_setting_that_makes_no_sense_is_refused_and_nothing_is_kept_of_it(desk: Desk) -> None:
    for wrong in (settled(Kept.CONTEXT, 0), settled(Kept.CONTEXT, 10**6), settled(Kept.NOTES, 5, desk.source_id)):
        with pytest.raises(Refused):
            settle(desk.conn, [wrong], agent_id=desk.agent_id, now=NOON)
    assert terms(retention.settings(desk.conn), NOON) == []


def test_what_is_settled_again_as_it_was_is_not_kept_twice(desk: Desk) -> None:
    assert settle(desk.conn, [settled(Kept.CONTEXT, 9)], agent_id=desk.agent_id, now=NOON) == 1
    assert settle(desk.conn, [settled(Kept.CONTEXT, 9)], agent_id=desk.agent_id, now=NOON) == 0
