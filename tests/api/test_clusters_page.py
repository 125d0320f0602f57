"""Suggested incidents on the screens and over REST: seen within one's scope, confirmed, dismissed, split and named."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count

import pytest
from fastapi.testclient import TestClient

from amends.core.database import execute, fetch_values
from amends.core.post import Author
from amends.inbox.actions.clusters import cluster_pending
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.triage import triage_pending
from tests.cast import POLICY, a_post
from tests.databases import Server
from tests.door import Door, Furnished, as_fragment, door_of
from tests.fakes import FakeClassifier

NUMBERS = count(1)
WORDS = ("today", "now", "please", "why", "here")
PAGE = "/incidents/suggestions"


def a_cluster(door: Door, subject: str) -> int:
    """Let five people say the same, and return the suggested incident."""
    with door.pool.transaction() as conn:
        posts = [
            a_post(f"{subject} is <b>broken</b> again {word}", author=Author(external_id=f"k{n}", handle=f"k{n}", name=f"K {n}"))
            for word, n in zip(WORDS, NUMBERS, strict=False)
        ]
        execute(conn, "update clusters set ended_at = %(now)s", {"now": door.now})
        now = max(post.published_at for post in posts)
        ingest(conn, source_id=door.who.source_id, network="x", posts=posts, now=now)
        while triage_pending(conn, classifier=FakeClassifier(), policy=POLICY, clock=lambda: now, limit=200):
            pass
        while cluster_pending(conn, now=now):
            pass
        return fetch_values(conn, "select max(id) from clusters where suggested_at is not null and ended_at is null")[0]


@contextmanager
def entered(door: Door) -> Generator[TestClient]:
    with as_fragment(door.visitor(door.who.ada)) as client:
        yield client


@pytest.fixture(scope="module")
def apart(server: Server, furnished: Furnished) -> Generator[Door]:
    """The application on a desk that these tests share, and change."""
    with door_of(server, furnished) as opened:
        yield opened


@pytest.fixture(scope="module")
def cluster_id(apart: Door) -> int:
    return a_cluster(apart, "the tariff calculator")


def test_the_list_shows_what_is_said_and_escapes_it(apart: Door, cluster_id: int) -> None:
    with entered(apart) as client:
        listed = client.get(PAGE).text
        assert f'id="cluster-{cluster_id}"' in listed
        assert "calculator" in listed
        assert "fits no topic" in listed
        assert "<b>broken</b>" not in listed
        page = client.get(f"{PAGE}/{cluster_id}", headers={"HX-Request": ""}).text
        assert page.count("Does not belong here") == 5


def test_a_case_is_split_off_and_comes_back_and_both_can_be_told_apart(apart: Door, cluster_id: int) -> None:
    with entered(apart) as client:
        program = apart.program(apart.who.ada)
        [case_id, *_rest] = [one["case_id"] for one in program.get(f"/api/v1/clusters/{cluster_id}").json()["cases"]]
        answer = client.post(f"{PAGE}/{cluster_id}/cases/{case_id}/split")
        assert f"{PAGE}/{cluster_id}/cases/{case_id}/back" in answer.headers["HX-Trigger"]
        assert client.post(f"{PAGE}/{cluster_id}/cases/{case_id}/split").status_code == 409
        assert program.put(f"/api/v1/clusters/{cluster_id}/cases/{case_id}").json()["cluster"]["cases"] == 5


def test_it_is_dismissed_and_restored(apart: Door, cluster_id: int) -> None:
    with entered(apart) as client:
        listed = client.post(f"{PAGE}/{cluster_id}/dismiss").text
        assert 'id="clusters"' in listed
        assert f'id="cluster-{cluster_id}"' not in listed
        own = {"HX-Current-URL": f"http://desk.example{PAGE}/{cluster_id}"}
        assert 'id="cluster"' in client.post(f"{PAGE}/{cluster_id}/restore", headers=own).text
        client.post(f"{PAGE}/{cluster_id}/dismiss")
        program = apart.program(apart.who.ada)
        assert program.get("/api/v1/clusters").json()["clusters"] == []
        assert program.delete(f"/api/v1/clusters/{cluster_id}/dismiss").status_code == 204
        assert f'id="cluster-{cluster_id}"' in client.get(PAGE).text


def test_only_who_settles_triage_makes_a_topic_of_it(apart: Door, cluster_id: int) -> None:
    with entered(apart) as client:
        assert client.post(f"{PAGE}/{cluster_id}/topic", data={"name": "Calculator"}).status_code == 403
    with as_fragment(apart.visitor(apart.who.mia)) as client:
        assert "is learnt from its posts" in client.post(f"{PAGE}/{cluster_id}/topic", data={"name": "Calculator"}).headers["HX-Trigger"]
        assert client.post(f"{PAGE}/{cluster_id}/topic", data={"name": "Calculator"}).status_code == 409


def test_it_becomes_an_incident_once(apart: Door, cluster_id: int) -> None:
    with entered(apart) as client:
        assert "/incidents/" in client.post(f"{PAGE}/{cluster_id}/confirm", data={"name": "Calculator down"}).headers["HX-Redirect"]
        assert client.post(f"{PAGE}/{cluster_id}/confirm").status_code == 409
        back = client.post(f"{PAGE}/{cluster_id}/unconfirm")
        assert back.headers["HX-Redirect"] == f"{PAGE}/{cluster_id}"
        undo = json.loads(client.post(f"{PAGE}/{cluster_id}/confirm").headers["HX-Trigger"])["toast"]["undo"]
        assert undo == f"{PAGE}/{cluster_id}/unconfirm"
        assert f'id="cluster-{cluster_id}"' not in client.get(PAGE).text
    program = apart.program(apart.who.ada)
    other = a_cluster(apart, "the wheelchair ramp")
    [incident_id] = [program.get(f"/api/v1/clusters/{cluster_id}").json()["cluster"]["incident_id"]]
    assert program.post(f"/api/v1/clusters/{other}/confirm", json={"incident_id": incident_id}).json() == {"incident_id": incident_id}


def test_who_sees_none_of_its_cases_sees_no_cluster(apart: Door, cluster_id: int) -> None:
    with apart.pool.transaction() as conn:
        [elsewhere] = fetch_values(
            conn,
            """
            insert into sources (brand_id, network, handle, credentials, created_at)
            select brand_id, 'x', 'elsewhere', '', created_at from sources limit 1 returning id
            """,
        )
        [team] = fetch_values(
            conn,
            "insert into teams (name, created_at) values ('Elsewhere', %(now)s) returning id",
            {"now": apart.now},
        )
        execute(conn, "insert into team_sources (team_id, source_id) values (%(team)s, %(source)s)", {"team": team, "source": elsewhere})
        execute(conn, "insert into team_members (team_id, agent_id) values (%(team)s, %(id)s)", {"team": team, "id": apart.who.bo})
        execute(conn, "delete from team_members where agent_id = %(id)s and team_id <> %(team)s", {"team": team, "id": apart.who.bo})
    with as_fragment(apart.visitor(apart.who.bo)) as client:
        assert "cluster-" not in client.get(PAGE).text
        assert client.get(f"{PAGE}/{cluster_id}").status_code == 404
        assert client.post(f"{PAGE}/{cluster_id}/dismiss").status_code == 404
