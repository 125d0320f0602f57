"""The whole thread, read from the network when an agent asks."""

from pathlib import Path

from amends.core.database import fetch_values
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.sources import add_source
from amends.inbox.actions.triage import triage_pending
from tests.cast import NOON, POLICY, SECRET_KEY, a_post
from tests.door import Door, as_fragment
from tests.fakes import FakeClassifier
from tests.sandbox_server import Networks, sandbox_networks


def a_case_in(door: Door, networks: Networks) -> int:
    """Return a case about a comment on Reddit whose post and neighbours no watch has brought."""
    root = networks.publish("reddit", "What do you all fly with?", author="nosy_neighbour", subreddit="VeloriaAir")
    networks.publish("reddit", "Anything but the bus.", author="someone_else", reply_to=root["id"])
    answer = networks.publish("reddit", "Not Veloria: my refund is lost!", author="cy_p", reply_to=root["id"])
    told = networks.source("veloria", "reddit")
    with door.pool.transaction() as conn:
        source_id = add_source(
            conn,
            brand="Veloria Air",
            network="reddit",
            handle=told["handle"],
            credentials=told["credentials"],
            options=told["options"],
            watches=[Watch(kind=WatchKind.MENTIONS)],
            secret_key=SECRET_KEY,
            now=NOON,
        )
        place = {"network": "reddit", "external_id": answer["id"], "parent_id": root["id"], "root_id": root["id"]}
        complaint = a_post("Not Veloria: my refund is lost!", **place)
        ingest(conn, source_id=source_id, network="reddit", posts=[complaint], now=NOON)
        triage_pending(conn, classifier=FakeClassifier(), policy=POLICY, clock=lambda: NOON)
        return fetch_values(conn, "select id from cases where source_id = %(id)s", {"id": source_id})[0]


def test_what_everybody_said_comes_to_stand_beside_the_case(door: Door, tmp_path: Path) -> None:
    with sandbox_networks(tmp_path) as networks, as_fragment(door.visitor(door.who.ada)) as client:
        case_id = a_case_in(door, networks)
        answer = client.post(f"/inbox/{case_id}/thread")
    assert answer.status_code == 200
    assert "What do you all fly with?" in answer.text
    assert "Anything but the bus." in answer.text


def test_there_is_no_thread_of_a_case_that_is_not_there(door: Door) -> None:
    with as_fragment(door.visitor(door.who.ada)) as client:
        assert client.post("/inbox/987654/thread").status_code == 404
