"""Segments: found as one types, kept, shared by who may, counted by the worker, used in cases, and taken out as a file."""

import csv
import json
from io import StringIO

import pytest
from fastapi.testclient import TestClient

from amends.core.database import Pool, execute, fetch_values
from amends.inbox.actions import segments as keeping
from amends.inbox.actions.customer_facts import count_batch
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.segments import Size, Sure, estimated
from amends.inbox.store import segment_members
from tests.cast import NOON
from tests.door import Answer, Door

HTMX = {"HX-Request": "true"}


def settle(pool: Pool) -> None:
    """Let some customers be known."""
    with pool.transaction() as conn:
        while count_batch(conn, now=NOON):
            pass
        execute(conn, "update customers set tags = '{vip}' where name like 'Customer 1%%' or name like 'Customer 2%%'", {})
        execute(
            conn,
            """
            insert into attributes (key, name, kind, choices, created_at, archived_at)
            values ('tier', 'Tier', 'choice', '{Gold}', now(), null), ('old', 'Old one', 'text', '{}', now(), now())
            """,
        )


def typed(client: TestClient, q: str) -> str:
    return client.get("/segments", params={"q": q}, headers=HTMX).text


def kept(client: TestClient, **facts: str) -> Answer:
    return client.post("/segments", data={"name": "VIP", "q": "tag:vip"} | facts)


def undo_of(answer: Answer) -> str:
    return json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]


def count_all(door: Door) -> int:
    """Do what the worker does."""
    with door.pool.transaction() as conn:
        stale = keeping.claim_stale(conn, now=door.now)
        for one in stale:
            keeping.count_anew(conn, one, now=door.now)
    return len(stale)


def test_what_is_typed_shows_its_size_and_some_whom_it_finds_or_says_what_is_wrong(door: Door) -> None:
    settle(door.pool)
    ada = door.visitor(door.who.ada)
    assert "2 customers" in typed(ada, "tag:vip")
    assert "Customer 1" in typed(ada, "tag:vip")
    assert "do you mean “tag:”" in typed(ada, "tg:vip")
    assert "is archived" in typed(ada, "attr-old:x")
    assert "attr-tier: has no “Lead”" in typed(ada, "attr-tier:Lead")
    assert "There is no organisation “Fishers”" in typed(ada, "organisation:Fishers")
    assert "Keep the segment" not in door.visitor(door.who.otto).get("/segments?q=tag:vip").text
    hostile = ada.get("/segments", params={"q": 'name:"<script>alert(1)</script>"'}).text
    assert ("0 customers" in hostile, "<script>alert(1)" in hostile) == (True, False)


def test_the_box_suggests_fields_attributes_and_their_values(door: Door) -> None:
    settle(door.pool)
    ada = door.visitor(door.who.ada)

    def suggested(q: str) -> str:
        return ada.get("/segments/suggest", params={"q": q, "at": len(q)}).text

    assert "attr-tier:" in suggested("tier")
    assert "attr-old" not in suggested("attr-")
    assert "Gold" in suggested("attr-tier:")
    assert 'data-text="vip"' in suggested("tag:")
    assert "high" in suggested("risk:")
    assert "Ada" in suggested("owner:a")


def test_a_segment_is_kept_counted_used_in_cases_removed_and_brought_back(door: Door) -> None:
    settle(door.pool)
    lea = door.visitor(door.who.lea)
    address = undo_of(kept(lea, shared="yes")).removesuffix("/delete")
    assert "not counted" in lea.get("/segments").text
    assert count_all(door) == 1
    assert count_all(door) == 0
    assert ">2</span>" in door.visitor(door.who.mia).get("/segments").text
    assert "2 customers" in lea.get(f"{address}/size").text
    shown = lea.get(address).text
    assert "Customer 1" in shown
    assert "Their open cases" in shown
    cases = lea.get("/inbox", params={"q": 'status:open segment:"VIP"'}).text
    assert "Customer 1" in cases
    assert "Customer 3" not in cases
    back = undo_of(lea.post(f"{address}/delete"))
    assert "has no “VIP”" in lea.get("/inbox", params={"q": "segment:VIP"}).text
    assert kept(lea, shared="yes").status_code == 200
    assert "choose another name" in lea.post(back).text
    assert lea.post(address, data={"name": "x", "q": "tag:vip"}).status_code == 404


def test_only_who_may_share_changes_what_is_shared_and_nobody_a_colleagues_own(door: Door) -> None:
    settle(door.pool)
    ada, bo, lea = (door.visitor(one) for one in (door.who.ada, door.who.bo, door.who.lea))
    assert kept(ada, shared="yes").status_code == 403
    own = undo_of(kept(ada)).removesuffix("/delete")
    assert bo.get(own).status_code == 404
    assert bo.post(own, data={"name": "x", "q": "tag:vip"}).status_code == 404
    shared = undo_of(kept(lea, shared="yes")).removesuffix("/delete")
    assert ada.get(shared).status_code == 200
    assert ada.post(f"{shared}/delete").status_code == 403
    assert ada.get(f"{shared}/members.csv").status_code == 403
    assert door.visitor(door.who.otto).post("/segments", data={"name": "x", "q": "tag:vip"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "q", "says"),
    [
        ("", "tag:vip", "Give the segment a name"),
        ("x" * 90, "tag:vip", "too long"),
        ("x", "", "it asks nothing yet"),
        ("x", "tag:", "A value is missing"),
        ("x", "owner:zzz", "there are:"),
        ("x", "owner:me", "name the owner in place of “me”"),
    ],
)
def test_a_segment_that_makes_no_sense_is_refused_in_words(shared_door: Door, name: str, q: str, says: str) -> None:
    answer = shared_door.visitor(shared_door.who.lea).post("/segments", data={"name": name, "q": q, "shared": "yes"})
    assert (answer.status_code, says in answer.text) == (422, True)


def test_cases_are_asked_by_an_attribute_of_their_customer(door: Door) -> None:
    settle(door.pool)
    with door.pool.transaction() as conn:
        execute(conn, """insert into attributes (key, name, kind, created_at) values ('visits', 'Visits', 'number', now())""")
        execute(conn, """update customers set attributes = '{"tier": "Gold", "visits": 12}' where name = 'Customer 1'""")
    program, ada = door.program(door.who.ada), door.visitor(door.who.ada)

    def found(q: str) -> int | str:
        answer = program.get("/api/v1/cases", params={"q": q}).json()
        return len(answer["cases"]) if "cases" in answer else answer["message"]

    every = found("status:open")
    assert isinstance(every, int)
    assert [found(f"status:open {q}") for q in ("attr-tier:gold", "attr-visits:>=12", "attr-visits:1..11")] == [1, 1, 0]
    assert [found(f"status:open {q}") for q in ("-attr-tier:gold", "attr-tier:none,Gold", "attr-tier:gold OR mood:negative")] == [
        every - 1,
        every,
        found("status:open attr-tier:gold OR status:open mood:negative"),
    ]
    assert "attr-tier: has no “Lead”" in str(found("attr-tier:Lead"))
    assert "“attr-plan:” is not a field" in str(found("attr-plan:gold"))
    assert "attr-tier: has no “Lead”" in ada.get("/inbox", params={"q": "attr-tier:Lead"}).text
    assert "attr-visits:" in ada.get("/inbox/suggest", params={"q": "visit", "at": "5"}, headers=HTMX).text


def test_an_archived_attribute_keeps_its_segments_and_a_lost_choice_is_told(door: Door) -> None:
    settle(door.pool)
    lea = door.visitor(door.who.lea)
    address = undo_of(kept(lea, q="attr-tier:gold")).removesuffix("/delete")
    with door.pool.transaction() as conn:
        execute(conn, "update attributes set archived_at = now() where key = 'tier'")
        execute(conn, """update customers set attributes = '{"tier": "Gold"}' where name = 'Customer 3'""")
    shown = lea.get(address).text
    assert "Customer 3" in shown
    assert "“Tier” is archived" in shown
    with door.pool.transaction() as conn:
        execute(conn, "update attributes set choices = '{Silver}' where key = 'tier'")
    count_all(door)
    assert "has no “Gold”" in lea.get(address).text
    assert "has no “Gold”" in lea.get("/segments").text


def test_members_leave_as_a_file_that_no_spreadsheet_runs_and_the_log_tells_it(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(conn, """update customers set name = '=HYPERLINK("x")', tags = '{"@sum","a,b"}' where name = 'Customer 3'""")
    lea = door.visitor(door.who.lea)
    address = undo_of(kept(lea, q='name:"customer","hyper"')).removesuffix("/delete")
    rows = list(csv.DictReader(StringIO(lea.get(f"{address}/members.csv").text)))
    assert len(rows) == 8
    assert {'\'=HYPERLINK("x")'} <= {row["name"] for row in rows}
    assert {"'@sum, a,b"} <= {row["tags"] for row in rows}
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select about from audit_log where kind = 'segment_exported'") == ["VIP"]


def test_a_program_keeps_finds_and_reads_segments_page_by_page(door: Door) -> None:
    settle(door.pool)
    program = door.program(door.who.lea)
    found = program.get("/api/v1/segments/find", params={"q": "tag:vip"}).json()
    assert found["size"] == {"n": 2, "sure": "exact"}
    made = program.post("/api/v1/segments", json={"name": "All", "query": "cases:>=1", "shared": True})
    assert made.status_code == 201
    address = f"/api/v1/segments/{made.json()['id']}"
    assert len(program.get(f"{address}/members").json()["members"]) == 9
    assert program.put(address, json={"name": "All", "query": "tag:vip"}).json()["query"] == "tag:vip"
    assert program.get("/api/v1/segments/find", params={"q": "tag"}).status_code == 200
    assert program.get("/api/v1/segments/find", params={"q": "tag:"}).status_code == 422
    assert program.delete(address).status_code == 204
    assert program.get("/api/v1/segments").json() == []


def test_who_sees_only_some_cases_finds_and_counts_only_their_customers(door: Door) -> None:
    settle(door.pool)
    lea = door.visitor(door.who.lea)
    kept(lea, q="cases:>=1", shared="yes")
    count_all(door)
    with door.pool.transaction() as conn:
        team = fetch_values(conn, "insert into teams (name, created_at) values ('Night', now()) returning id")[0]
        execute(conn, "insert into team_members values (%(team)s, %(bo)s)", {"team": team, "bo": door.who.bo})
        execute(conn, "insert into team_sources values (%(team)s, (select min(id) from sources))", {"team": team})
        other = fetch_values(conn, "insert into teams (name, created_at) values ('Day', now()) returning id")[0]
        execute(conn, "update cases set team_id = %(other)s where id <> %(id)s", {"other": other, "id": door.who.plain})
    bo = door.visitor(door.who.bo)
    assert "1 customer" in typed(bo, "cases:>=1")
    assert "not counted" in bo.get("/segments").text
    assert [one["n"] for one in door.program(door.who.bo).get("/api/v1/segments").json()] == [None]
    assert len(door.program(door.who.bo).get("/api/v1/segments/1/members").json()["members"]) == 1


def test_a_size_is_estimated_from_a_sample_where_there_are_many_and_says_so(pool: Pool) -> None:
    with pool.transaction() as conn:
        execute(
            conn,
            """
            insert into customers (name, created_at, tags)
            select 'C ' || n, now(), case when n %% 4 = 0 then '{often}'::text[] when n %% 3000 = 1 then '{rare}' else '{}' end
            from generate_series(1, 30000) n
            """,
            {},
        )
        execute(conn, "analyze customers")
    with pool.transaction() as conn:
        often, rare, none = (
            segment_members.found(conn, keeping.asked(conn, q, Asker(agent_id=0, now=NOON)))
            for q in ("tag:often", "tag:rare", "tag:nobodys")
        )
    assert often.size.sure is Sure.ABOUT
    assert 6_000 < often.size.n < 9_000
    assert len(often.ids) == segment_members.SHOWN
    assert rare.size == Size(n=10, sure=Sure.EXACT)
    assert none.size == Size(n=0, sure=Sure.EXACT)


def test_an_estimate_has_no_more_figures_than_it_deserves() -> None:
    assert estimated(hits=37, sampled=2_987, total=1_000_000) == Size(n=12_400, sure=Sure.ABOUT)
    assert estimated(hits=0, sampled=3_000, total=1_000_000) == Size(n=1_000, sure=Sure.FEWER)


def test_what_names_a_segment_follows_its_new_name_and_nothing_else_does(door: Door) -> None:
    program = door.program(door.who.ann)
    [one, other] = [
        program.post("/api/v1/segments", json={"name": name, "query": "tag:vip", "shared": True}).json() for name in ("Vip", "Vi")
    ]
    asked = 'segment:vip,Vi -(lang:ta OR segment:"VIP") "segment:Vip"'
    program.post("/api/v1/views", json={"name": "Theirs", "query": asked})
    rule = {"name": "Note", "trigger": "posted", "condition": asked, "deeds": [{"deed": "note", "text": "x"}]}
    rule_id = program.post("/api/v1/rules", json=rule).json()["id"]
    report_id = program.post("/api/v1/reports", json={"name": "Theirs", "q": asked, "parts": ["figures"]}).json()["id"]
    with door.pool.transaction() as conn:
        execute(conn, "update surge_rules set condition = %(asked)s", {"asked": "segment:vip"})
        rates = fetch_values(conn, "select count(*) from surge_rules")[0]

    changed = {"name": 'Best, "very"', "query": "tag:vip", "shared": True}
    assert program.put(f"/api/v1/segments/{one['id']}", json=changed).status_code == 200

    now = 'segment:"Best, \\"very\\"",Vi -(lang:ta OR segment:"Best, \\"very\\"") "segment:Vip"'
    assert [view["query"] for view in program.get("/api/v1/views").json()["saved"] if view["name"] == "Theirs"] == [now]
    assert program.get(f"/api/v1/rules/{rule_id}").json()["condition"] == now
    assert [found["condition"] for found in program.get("/api/v1/reports").json() if found["id"] == report_id] == [now]
    assert program.get(f"/api/v1/reports/{report_id}/tables").status_code == 200
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select condition from surge_rules") == ['segment:"Best, \\"very\\""'] * rates
    assert program.get(f"/api/v1/segments/{other['id']}/members").status_code == 200


def test_who_removes_a_segment_is_told_before_what_asks_for_it(door: Door) -> None:
    settle(door.pool)
    lea, ada = door.visitor(door.who.lea), door.visitor(door.who.ada)
    address = undo_of(kept(lea, shared="yes")).removesuffix("/delete")
    assert "Used by" not in lea.get(address).text
    asks = 'status:open (segment:vip OR segment:"Somebody else")'
    with door.pool.transaction() as conn:
        given = {"now": NOON, "lea": door.who.lea, "ada": door.who.ada, "q": asks}
        execute(
            conn,
            """
            insert into saved_views (agent_id, audience, name, query, sort, place, created_at) values
              (%(lea)s, 'all', 'Best first', %(q)s, 'urgency', 1, %(now)s), (%(ada)s, 'me', 'Secret', %(q)s, 'urgency', 1, %(now)s),
              (%(lea)s, 'all', 'Others', 'segment:vips text', 'urgency', 1, %(now)s)
            """,
            given,
        )
    page = lea.get(address).text
    assert "Used by Best first." in page
    assert "Remove it all the same?" in page
    assert "Used by" not in ada.get(address).text
    program = door.program(door.who.lea)
    assert program.get(f"/api/v1{address}/uses").json() == [{"place": "view", "name": "Best first"}], "what else it asks for is not told"
    assert door.program(door.who.ada).get(f"/api/v1{address}/uses").status_code == 403
