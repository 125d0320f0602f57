"""The timeline of a customer: everything that happened, in one order, page by page, within what the reader sees."""

from datetime import timedelta

import pytest

from amends.core.database import execute, fetch_values
from amends.inbox.actions import consents, customer_record
from amends.inbox.actions.customer_files import add_file
from amends.inbox.actions.customer_notes import add_note
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.actions.note import add_note as note_in_case
from amends.inbox.actions.purchases import add_purchase
from amends.inbox.actions.unmerge import unmerge
from amends.inbox.rules.consent import Purpose
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.customer_notes import NewNote
from amends.inbox.store.customer_timeline import Asked, Entry, Place, kinds, page
from amends.inbox.store.purchases import NewPurchase
from tests.cast import NOON, a_post, an_answer_to
from tests.desk import DAY, HOUR, MINUTE, Desk
from tests.people import a_person

MESSAGE = """
with wishes as (insert into occasions (name, kind, agent_id, created_at) values ('Wishes', 'birthday', %(agent)s, %(at)s) returning id)
insert into occasion_messages (occasion_id, customer_id, turn, state, planned_at, due_at, sent_at, subject, text)
select id, %(id)s, '2026', 'sent', %(at)s, %(at)s, %(at)s, 'Happy birthday', 'All the best' from wishes
"""
SURVEY = """
insert into surveys (episode_id, case_id, customer_id, language, on_network, state, due_at, next_at, answered_at, csat, solved)
select id, case_id, %(id)s, 'en', false, 'answered', %(at)s, %(at)s, %(at)s, 4, true from episodes limit 1
"""


@pytest.fixture
def known(desk: Desk) -> CustomerId:
    """Cy, of whom there is one entry of each kind at least."""
    first = a_post("My bag is lost!")
    desk.hear(first)
    desk.hear(*[an_answer_to(first, f"Still nothing, {n}", published_at=NOON + timedelta(seconds=n // 3)) for n in range(20)])
    desk.answer("We found it in Galle.")
    conn, by, cy = desk.conn, Source(by=desk.agent_id), _customer(desk)
    note_in_case(conn, case_id=desk.case().id, agent_id=desk.agent_id, text="Angry, rightly", now=NOON + HOUR)
    add_note(conn, customer_id=cy, new=NewNote(kind="call", text="Rang twice", at=NOON - DAY, incoming=True), source=by, now=NOON)
    bought = NewPurchase(kind="purchase", name="Flight to Jaffna", bought_at=NOON - 9 * DAY, order_number="LK-77")
    add_purchase(conn, customer_id=cy, new=bought, source=by, now=NOON)
    add_file(conn, customer_id=cy, name="tag.pdf", body=b"%PDF-1.4", source=by, now=NOON + 2 * HOUR)
    values = {"pronoun": "she", "concerns": "Cellos"}
    customer_record.change(conn, customer_id=cy, values=values, version=None, by=desk.agent_id, now=NOON + MINUTE)
    consents.say(conn, customer_id=cy, purpose=Purpose.SURVEY, given=True, basis="Told Ada", by=desk.agent_id, now=NOON + 3 * HOUR)
    execute(conn, MESSAGE, {"id": cy, "agent": desk.agent_id, "at": NOON + 4 * HOUR})
    execute(conn, SURVEY, {"id": cy, "at": NOON + 5 * HOUR})
    return cy


def _customer(desk: Desk) -> CustomerId:
    return fetch_values(desk.conn, "select customer_id from cases")[0]


def _asked(cy: CustomerId, **more: object) -> Asked:
    given: dict[str, object] = {"limit": 200, **more}
    return Asked(customer_id=cy, **given)  # pyright: ignore[reportArgumentType]


def _all(desk: Desk, cy: CustomerId, **more: object) -> list[Entry]:
    return page(desk.conn, _asked(cy, **more))


def _paged(desk: Desk, cy: CustomerId, *, size: int) -> list[Entry]:
    seen, after = list[Entry](), None
    while rows := page(desk.conn, _asked(cy, limit=size, after=after)):
        seen += rows
        after = Place(at=rows[-1].at, kind=rows[-1].kind, id=rows[-1].id)
    return seen


def _keys(entries: list[Entry]) -> list[tuple[str, int]]:
    return [(one.kind, one.id) for one in entries]


def test_every_kind_is_there_in_one_order_of_time(desk: Desk, known: CustomerId) -> None:
    found = _all(desk, known)
    assert {one.kind for one in found} == set(kinds())
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert len([one for one in found if one.kind == "post"]) == 21


@pytest.mark.parametrize("size", [1, 2, 7])
def test_pages_of_any_size_show_each_entry_once_though_many_are_of_one_moment(desk: Desk, known: CustomerId, size: int) -> None:
    assert _keys(_paged(desk, known, size=size)) == _keys(_all(desk, known))


def test_it_is_filtered_by_kind_and_searched_by_text(desk: Desk, known: CustomerId) -> None:
    assert {one.kind for one in page(desk.conn, _asked(known), only=["reply", "note"])} == {"reply", "note"}
    assert [one.text for one in _all(desk, known, text="GALLE")] == ["We found it in Galle."]
    for number in ("lk-7", "LK 77"):
        assert [one.kind for one in _all(desk, known, text=number)] == ["purchase"]
    assert [one.detail for one in _all(desk, known, text="cello")] == ["concerns"]
    assert _all(desk, known, text="100%_sure\\") == []


def test_who_sees_nothing_of_the_source_sees_no_post_case_reply_or_note_of_it(desk: Desk, known: CustomerId) -> None:
    seen = {one.kind for one in _all(desk, known, scope=Scope(sources=(10**9,)))}
    assert seen == {"note", "purchase", "file", "change", "consent", "message"}
    execute(desk.conn, "insert into teams (name, created_at) values ('Others', now())")
    execute(desk.conn, "update cases set team_id = (select max(id) from teams)")
    assert "post" not in {one.kind for one in _all(desk, known, scope=Scope(teams=()))}


PLANS = "select custom_plans from pg_prepared_statements where statement like '%timeline%' and custom_plans + generic_plans > 10"


def test_pages_at_any_place_are_one_statement_that_is_planned_once(desk: Desk, known: CustomerId) -> None:
    whole = _all(desk, known)
    places = [None, *(Place(at=one.at, kind=one.kind, id=one.id) for one in whole)]
    for after in places:
        page(desk.conn, _asked(known, limit=5, after=after))
    assert fetch_values(desk.conn, PLANS) == [0]


def test_how_the_timeline_is_planned_reaches_nothing_else_in_the_transaction(desk: Desk, known: CustomerId) -> None:
    settings = "select string_agg(name || setting, ' ' order by name) from pg_settings where name ~ '^(plan_cache_mode|enable_)'"
    before = fetch_values(desk.conn, settings)
    _all(desk, known)
    assert fetch_values(desk.conn, settings) == before


def test_the_history_of_a_record_stands_in_the_timeline_of_whom_it_is_part_of_as_its_own(desk: Desk, known: CustomerId) -> None:
    conn, by = desk.conn, desk.agent_id
    people = [a_person(conn, name) for name in ("Cy F.", "C. Fernando", "Nobody")]
    for place, one in enumerate(people):
        values = {"pronoun": f"p{place}"}
        customer_record.change(conn, customer_id=one.id, values=values, version=None, by=by, now=NOON + place * MINUTE)
    inner, outer, _ = people
    merges = [
        merge(conn, Pair(survivor_id=one, absorbed_id=other), agent_id=by, now=NOON + DAY)
        for one, other in ((outer.id, inner.id), (known, outer.id))
    ]

    def told() -> list[tuple[str, object]]:
        found = [one for one in _all(desk, known) if one.kind == "change"]
        assert found == sorted(found, key=lambda one: (one.at, one.id), reverse=True)
        return [(one.facts["became"], one.facts["record"]) for one in found if one.detail == "pronoun"]

    assert ("p0", {"id": inner.id, "name": "Cy F."}) in told()
    assert ("p1", {"id": outer.id, "name": "C. Fernando"}) in told()
    assert ("she", None) in told()
    assert "p2" not in [became for became, _ in told()]
    handles = [one.facts["was"] for one in _all(desk, known) if one.detail == "handles"]
    assert handles == [None, None], "what went over is told once, where it went to"
    assert _paged(desk, known, size=3) == _all(desk, known)
    unmerge(conn, merges[0], agent_id=by, now=NOON + 2 * DAY)
    assert [became for became, record in told() if record] == ["p1"]
    unmerge(conn, merges[1], agent_id=by, now=NOON + 2 * DAY)
    assert [record for _, record in told() if record] == []


def test_who_added_a_note_is_found_by_its_index_however_long_the_history_is(desk: Desk, known: CustomerId) -> None:
    execute(
        desk.conn,
        """
        insert into customer_changes (customer_id, field, became, origin, origin_note, at)
        select %(id)s, 'notes', jsonb_build_object('id', n), 'agent', '', now() from generate_series(1000, 4000) n
        """,
        {"id": known},
    )
    execute(desk.conn, "analyze customer_changes")
    execute(desk.conn, "set local enable_sort = off")
    plan = fetch_values(desk.conn, "explain " + kinds()["note"].rows(EVERYTHING), _asked(known).params(["note"]))
    assert "customer_changes_added" in "".join(plan)
