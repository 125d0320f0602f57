"""Who sees how far: cases of other teams and other sources are as if they were not there, on every page and endpoint."""

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from amends.api.auth import SCOPED_IDS
from amends.core.database import Connection, execute, fetch_values
from amends.inbox.actions import topic_labels, topics
from amends.inbox.actions.customer_facts import count_batch
from amends.inbox.rules.ids import AgentId, PostId
from amends.inbox.rules.rights import RIGHTS
from amends.inbox.rules.words import Role
from tests.api.test_guards import GUARDED, right_of
from tests.cast import NOON
from tests.door import Door, as_fragment
from tests.seed import a_second_source


@dataclass(frozen=True, kw_only=True, slots=True)
class Apart:
    """Ada is in North and Bo in South; the talk is South's, and its ids are named as addresses name them."""

    door: Door
    ids: dict[str, int]
    north: int
    south: int


@pytest.fixture
def apart(door: Door) -> Apart:
    with door.pool.transaction() as conn:

        def one(query: Any, **params: Any) -> int:
            return fetch_values(conn, query, params)[0]

        north = one("insert into teams (name, created_at) values ('North', now()) returning id")
        south = one("insert into teams (name, created_at) values ('South', now()) returning id")
        for team, agent in ((north, door.who.ada), (south, door.who.bo), (north, door.who.lea)):
            execute(conn, "insert into team_members values (%(team)s, %(agent)s)", {"team": team, "agent": agent})
        talked = door.who.talked
        execute(conn, "update cases set team_id = %(team)s where id = %(case)s", {"team": south, "case": talked})
        picture = one(
            """
            insert into reply_attachments (case_id, agent_id, content_type, size, content, created_at)
            values (%(case)s, %(agent)s, 'image/png', 1, 'x', %(now)s) returning id
            """,
            case=talked,
            agent=door.who.ada,
            now=NOON,
        )
        follow_up = one(
            """
            insert into follow_ups (case_id, episode_id, days, planned_at, due_at)
            select case_id, id, 7, %(now)s, %(now)s from episodes where case_id = %(case)s limit 1 returning id
            """,
            case=talked,
            now=NOON,
        )
        customer = one("select customer_id from cases where id = %(case)s", case=talked)
        absorbed = one("insert into customers (name, created_at, merged_into) values ('', now(), %(id)s) returning id", id=customer)
        match = one(
            """
            insert into match_suggestions (one_id, other_id, score, reasons, evidence, found_at)
            values (least(%(id)s, %(other)s), greatest(%(id)s, %(other)s), 0.5, '[]', '{}', now()) returning id
            """,
            id=customer,
            other=absorbed,
        )
        merge = one(
            """
            insert into merges (survivor_id, absorbed_id, choices, before, after, at)
            values (%(id)s, %(other)s, '{}', '{}', '{}', now()) returning id
            """,
            id=customer,
            other=absorbed,
        )
        ids = {
            "match_id": match,
            "merge_id": merge,
            "case_id": int(talked),
            "reply_id": one("select id from replies where case_id = %(case)s", case=talked),
            "follow_up_id": follow_up,
            "picture_id": picture,
            "post_id": one("select min(id) from posts where case_id = %(case)s", case=talked),
            "customer_id": customer,
            "author_id": one("select author_id from cases where id = %(case)s", case=talked),
        }
        ids |= _grouped(conn, ids["post_id"])
    return Apart(door=door, ids=ids, north=north, south=south)


def _grouped(conn: Connection, post_id: int) -> dict[str, int]:
    """Make a suggested incident, an incident and an alarm of a post, and return their ids as addresses name them."""
    post = {"post": post_id}
    [cluster] = fetch_values(
        conn,
        """
        with made as (
          insert into clusters (brand_id, encoder, vector, weight, posts, voices, first_at, last_at, made_at, suggested_at)
          select c.brand_id, 'test', '', 1, 1, 1, now(), now(), now(), now()
          from posts p join cases c on c.id = p.case_id where p.id = %(post)s returning id
        )
        insert into cluster_posts (post_id, cluster_id, published_at) select %(post)s, id, now() from made returning cluster_id
        """,
        post,
    )
    [alert] = fetch_values(
        conn,
        """
        insert into alerts (case_id, post_id, rule, severity, reason, raised_at)
        select case_id, id, 'loud', 'high', '', now() from posts where id = %(post)s returning id
        """,
        post,
    )
    [incident] = fetch_values(
        conn,
        """
        with made as (
          insert into incidents (brand_id, name, severity, status, started_at, agent_id, created_at)
          select c.brand_id, 'Theirs', 'high', 'investigating', now(), (select min(id) from agents), now()
          from posts p join cases c on c.id = p.case_id where p.id = %(post)s returning id
        )
        insert into incident_cases (incident_id, case_id, how, joined_at)
        select made.id, p.case_id, 'hand', now() from made, posts p where p.id = %(post)s returning incident_id
        """,
        post,
    )
    return {"cluster_id": cluster, "alert_id": alert, "incident_id": incident}


def state(door: Door) -> str:
    """Return everything that a request could change, as text."""
    with door.pool.transaction() as conn:
        return json.dumps(
            [
                fetch_values(conn, f"select to_jsonb(t)::text from {table} t order by 1")  # pyright: ignore[reportArgumentType]  # noqa: S608
                for table in (
                    "cases",
                    "events",
                    "notes",
                    "replies",
                    "follow_ups",
                    "reply_attachments",
                    "post_topics",
                    "corrections",
                    "merges",
                    "match_suggestions",
                    "customers",
                    "clusters",
                    "cluster_posts",
                    "alerts",
                    "incidents",
                    "incident_cases",
                    "drafts",
                    "promises",
                    "customer_notes",
                    "customer_files",
                    "segments",
                    "saved_views",
                    "macros",
                )
            ]
        )


def test_ids_of_another_team_are_not_there_on_any_route_and_nothing_changes(apart: Apart) -> None:
    door = apart.door
    person, program = door.visitor(door.who.ada), door.program(door.who.ada)
    person.headers["HX-Request"] = "true"
    before, tried = state(door), 0
    plain = int(door.who.plain)
    with door.pool.transaction() as conn:
        own = {"case_id": plain, "customer_id": fetch_values(conn, "select customer_id from cases where id = %(id)s", {"id": plain})[0]}
    for method, route in GUARDED:
        named = [name for name in SCOPED_IDS if f"{{{name}}}" in route.path or f"{{{name}:int}}" in route.path]
        if not named or Role.AGENT not in RIGHTS[right_of(route)]:
            continue
        for foreign in named:
            path = route.path
            for name in named:
                path = path.replace(f"{{{name}:int}}", f"{{{name}}}")
                path = path.replace(f"{{{name}}}", str(apart.ids[name] if name == foreign else own.get(name, apart.ids[name])))
            path = re.sub(r"\{\w+(:int)?\}", "1", path)
            answer = (program if path.startswith("/api/") else person).request(method, path)
            assert (answer.status_code, answer.json()["error"]) == (404, "not_found"), (method, path, answer.text)
            assert answer.json()["message"] == SCOPED_IDS[foreign][1] % {"id": apart.ids[foreign]}, (method, path)
            tried += 1
    assert tried > 40
    assert state(door) == before


BELONGINGS = (
    "insert into drafts (case_id, box, text, agent_id, saved_at, dropped_at) values (%(case)s, 'note', 'theirs', %(bo)s, now(), now())",
    "insert into promises (case_id, text, due_at, agent_id, created_at, made_at) values (%(case)s, 'theirs', now(), %(bo)s, now(), now())",
    "insert into customer_notes (customer_id, kind, text, at, created_at) values (%(customer)s, 'note', 'theirs', now(), now())",
    """
    insert into customer_files (customer_id, name, media_type, size, body, created_at)
    values (%(customer)s, 'theirs', 'text/plain', 6, 'theirs', now())
    """,
    "insert into segments (agent_id, name, query, created_at) values (%(bo)s, 'theirs', 'name:theirs', now())",
    """
    insert into saved_views (agent_id, audience, name, query, sort, place, created_at)
    values (%(bo)s, 'me', 'theirs', 'theirs', 'newest', 1, now())
    """,
    "insert into macros (name, text, agent_id, changed_at) values ('theirs', 'theirs', %(bo)s, now())",
    "insert into bulk_runs (deed, facts, agent_id, created_at) values ('note', '{}', %(bo)s, now())",
)
"""What another team's case, its customer and Bo have, each the first of its kind."""


def test_what_another_case_and_another_person_have_is_not_reached_through_ones_own(apart: Apart) -> None:
    door, own = apart.door, f"/inbox/{apart.door.who.plain}"
    with door.pool.transaction() as conn:
        for one in BELONGINGS:
            execute(conn, one, {"case": apart.ids["case_id"], "customer": apart.ids["customer_id"], "bo": door.who.bo})
        customer = fetch_values(conn, "select customer_id from cases where id = %(id)s", {"id": door.who.plain})[0]
    theirs, ada, before = f"/customers/{customer}", door.visitor(door.who.ada), state(door)
    ada.headers["HX-Request"] = "true"
    doors = [
        f"{own}/drafts/1/restore",
        f"{own}/promises/1/end",
        f"{own}/promises/1/back",
        f"{theirs}/notes/1/remove",
        f"{theirs}/notes/1/pin",
    ]
    doors += [f"{theirs}/files/1/remove", "/segments/1", "/segments/1/delete", "/views/1", "/views/1/delete", "/settings/macros/1/delete"]
    doors += ["/bulk/1/undo", "/bulk/1/stop"]
    answers = {at: ada.post(at, data={"state": "kept", "q": "lost", "name": "mine", "pinned": "yes"}) for at in doors}
    answers |= {at: ada.get(at) for at in (f"{theirs}/files/1", "/segments/1", "/bulk/1")}
    assert {at: answer.status_code for at, answer in answers.items() if answer.status_code != 404} == {}
    assert state(door) == before


def test_no_case_of_another_team_joins_an_incident_by_program(apart: Apart) -> None:
    program, own = apart.door.program(apart.door.who.ada), int(apart.door.who.plain)
    made = program.post("/api/v1/incidents", json={"name": "Tower", "brand_id": 1, "case_ids": [own], "reason": "tower"}).json()
    joining = program.post(f"/api/v1/incidents/{made['incident_id']}/cases", json={"case_ids": [own, apart.ids["case_id"]]})
    assert (joining.status_code, joining.json()["message"]) == (404, f"There is no case {apart.ids['case_id']}.")


def test_an_incident_of_another_team_is_named_in_no_list_and_taken_by_no_form(apart: Apart) -> None:
    door, foreign, own = apart.door, apart.ids["incident_id"], int(apart.door.who.plain)
    ada, bo, program = door.visitor(door.who.ada), door.visitor(door.who.bo), door.program(door.who.ada)
    before = state(door)
    for shows in (f"/inbox/{own}/snooze", "/bulk"):
        assert ("Theirs" in ada.get(shows).text, "Theirs" in bo.get(shows).text) == (False, True), shows
    with as_fragment(ada):
        tried = [
            ada.post(f"/inbox/{own}/snooze", data={"reason": "incident", "incident": str(foreign)}),
            ada.post("/bulk", data={"deed": "incident", "incident": str(foreign), "ids": str(own)}),
            program.post(f"/api/v1/cases/{own}/snooze", json={"reason": "incident", "incident": foreign}),
            program.post("/api/v1/bulk", json={"deed": "incident", "facts": {"incident": str(foreign)}, "case_ids": [own]}),
        ]
    said = [(answer.status_code, answer.json()["message"]) for answer in tried]
    assert said == [(404, f"There is no incident {foreign}.")] * len(tried)
    assert state(door) == before


def test_bo_of_that_team_and_those_who_see_every_team_get_in(apart: Apart) -> None:
    door = apart.door
    at = f"/inbox/{door.who.talked}"
    assert [door.visitor(who).get(at).status_code for who in (door.who.bo, door.who.mia, door.who.ann, door.who.otto)] == [200] * 4
    assert door.visitor(door.who.lea).get(at).status_code == 404
    assert door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").status_code == 200


def test_lists_counters_posts_follow_ups_and_the_customer_keep_to_the_scope(apart: Apart) -> None:
    door = apart.door
    ada, bo = door.program(door.who.ada), door.program(door.who.bo)

    def seen(client: Any, path: str, key: str, field: str = "id") -> set[int]:
        return {one[field] for one in client.get(path).json()[key]}

    assert int(door.who.talked) in seen(bo, "/api/v1/cases?view=all", "cases")
    assert int(door.who.talked) not in seen(ada, "/api/v1/cases?view=all", "cases")
    assert seen(ada, f"/api/v1/cases?view=all&q=%23{door.who.talked}", "cases") == set()
    assert apart.ids["post_id"] in seen(bo, "/api/v1/posts", "posts")
    assert apart.ids["post_id"] not in seen(ada, "/api/v1/posts", "posts")
    assert seen(ada, "/api/v1/posts?network=x&external_id=talk-1", "posts") == set()
    assert seen(bo, "/api/v1/follow_ups", "follow_ups") == seen(bo, "/api/v1/follow_ups/due", "follow_ups") == {apart.ids["follow_up_id"]}
    assert seen(ada, "/api/v1/follow_ups", "follow_ups") == seen(ada, "/api/v1/follow_ups/due", "follow_ups") == set()
    assert 'data-count="status:open">9<' in door.visitor(door.who.bo).get("/inbox").text
    assert 'data-count="status:open">8<' in door.visitor(door.who.ada).get("/inbox").text


def test_the_posts_of_another_team_that_teach_a_topic_are_not_read_over_rest(apart: Apart) -> None:
    door, post_id = apart.door, apart.ids["post_id"]
    with door.pool.transaction() as conn:
        topic_id = topics.create(conn, name="Bags", brand_id=None, agent_id=door.who.mia, now=door.now)
        topic_labels.give(conn, post_id=PostId(post_id), topic_id=topic_id, agent_id=door.who.mia, now=door.now)

    def read(agent_id: AgentId) -> list[int]:
        return [one["post_id"] for one in door.program(agent_id).get(f"/api/v1/topics/{topic_id}").json()["examples"]]

    assert read(door.who.ada) == []
    assert read(door.who.bo) == read(door.who.mia) == [post_id]


def test_a_team_sees_its_sources_and_a_customer_shows_only_cases_in_sight(apart: Apart) -> None:
    door = apart.door
    with door.pool.transaction() as conn:
        second = a_second_source(conn)
        execute(conn, "insert into team_sources values (%(team)s, %(source)s)", {"team": apart.north, "source": second})
    ada = door.program(door.who.ada)
    assert ada.get(f"/api/v1/cases/{door.who.plain}").status_code == 404
    with door.pool.transaction() as conn:
        move = "update cases set source_id = %(source)s, customer_id = %(customer)s where id = %(case)s"
        execute(conn, move, {"source": second, "customer": apart.ids["customer_id"], "case": door.who.plain})
    found = ada.get(f"/api/v1/customers/{apart.ids['customer_id']}").json()
    assert [one["id"] for one in found["cases"]] == [int(door.who.plain)]
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").text
    assert f"/inbox/{door.who.talked}" not in page


def test_a_handle_of_a_customer_out_of_sight_is_not_linked_or_taken_off(apart: Apart) -> None:
    door = apart.door
    ada = door.visitor(door.who.ada)
    before = state(door)
    for verb in ("link", "unlink"):
        assert ada.post(f"/inbox/{door.who.plain}/{verb}", data={"author_id": apart.ids["author_id"]}).status_code == 404
    assert state(door) == before


def test_an_auditor_looks_and_leaves_no_trace(door: Door) -> None:
    before = state(door)
    otto = door.visitor(door.who.otto)
    assert otto.get(f"/inbox/{door.who.plain}").status_code == 200
    assert otto.get("/inbox").status_code == 200
    assert state(door) == before


def test_who_gave_a_case_out_of_sight_takes_that_back_and_nobody_else_does(apart: Apart) -> None:
    door, case_id = apart.door, apart.door.who.plain
    ada, lea = door.visitor(door.who.ada), door.visitor(door.who.lea)
    with as_fragment(ada):
        toast = json.loads(ada.post(f"/inbox/{case_id}/assign", data={"to": f"team-{apart.south}"}).headers["hx-trigger"])["toast"]
        assert ada.get(f"/inbox/{case_id}").status_code == 404
        assert lea.post(toast["undo"], headers={"HX-Request": "true"}).status_code == 404
        other = re.sub(r"inbox/\d+", f"inbox/{door.who.talked}", toast["undo"])
        assert ada.post(other).status_code == 404
        assert ada.post(toast["undo"]).status_code == 200
        assert ada.get(f"/inbox/{case_id}").status_code == 200


def test_the_list_of_customers_counts_and_feels_only_cases_in_sight(apart: Apart) -> None:
    door, customer = apart.door, apart.ids["customer_id"]
    with door.pool.transaction() as conn:
        given = {"customer": customer, "plain": door.who.plain, "talked": door.who.talked}
        execute(
            conn, "update cases set customer_id = %(customer)s, sentiment = 'neutral', opened_at = '2020-01-01' where id = %(plain)s", given
        )
        execute(conn, "update cases set sentiment = 'negative', status = 'open' where id = %(talked)s", given)

    def row(agent_id: Any) -> tuple[int, str]:
        found = door.program(agent_id).get("/api/v1/customers").json()["customers"]
        [one] = [one for one in found if one["id"] == customer]
        return one["open_cases"], one["mood"]

    assert row(door.who.ada) == (1, "neutral")
    assert row(door.who.bo) == (2, "negative")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mixed:
    """A customer with a solved case in everybody's sight and a bitter one of South's; a union and a segment that hold them."""

    door: Door
    customer: int
    union: int
    segment: int

    def figures(self, agent: AgentId) -> list[object]:
        """Return what somebody is told of open cases, cases and risk on every list."""
        asks = self.door.program(agent)
        members = asks.get(f"/api/v1/organisations/{self.union}/members").json()["members"]
        listed = asks.get(f"/api/v1/segments/{self.segment}/members").json()["members"]
        found = asks.get("/api/v1/segments/find", params={"q": 'name:"Both Sides"'}).json()["members"]
        cells = self.door.visitor(agent).get(f"/segments/{self.segment}/members.csv").text.splitlines()[1].split(",")
        people = [(one["open_cases"], one["cases"], one["risk"] != "none") for one in (*members, *listed, *found)]
        engagement = asks.get(f"/api/v1/organisations/{self.union}").json()["engagement"]
        return [engagement["open_cases"], *people, (int(cells[7]), int(cells[8]), cells[6] != "none")]


@pytest.fixture
def mixed(apart: Apart) -> Mixed:
    door, customer = apart.door, apart.ids["customer_id"]
    given = {"customer": customer, "plain": door.who.plain, "talked": door.who.talked}
    with door.pool.transaction() as conn:
        execute(
            conn,
            """
            update cases set customer_id = %(customer)s, status = 'resolved', waiting_since = null, reasons = '{}' where id = %(plain)s
            """,
            given,
        )
        execute(conn, "update cases set status = 'open', reasons = '{\"threatens to leave\"}' where id = %(talked)s", given)
        execute(conn, "update customers set name = 'Both Sides', merged_into = null where id = %(customer)s", given)
        while count_batch(conn, now=door.now):
            pass
    program = door.program(door.who.mia)
    union = program.post("/api/v1/organisations", json={"name": "Union", "kind": "association"}).json()["id"]
    program.post(f"/api/v1/organisations/{union}/members", json={"customer_id": customer})
    segment = program.post("/api/v1/segments", json={"name": "Both", "query": 'name:"Both Sides"', "shared": True}).json()["id"]
    return Mixed(door=door, customer=customer, union=union, segment=segment)


def test_the_figures_of_a_customer_and_of_their_organisation_tell_nothing_of_cases_out_of_sight(mixed: Mixed) -> None:
    door = mixed.door
    for address in (f"/customers/{mixed.customer}/signals", f"/inbox/{door.who.plain}"):
        assert "want to leave" in door.visitor(door.who.mia).get(address).text
        assert "want to leave" not in door.visitor(door.who.lea).get(address).text
    assert mixed.figures(door.who.mia) == [1, *[(1, 2, True)] * 4]
    assert mixed.figures(door.who.lea) == [0, *[(0, 1, False)] * 4]
