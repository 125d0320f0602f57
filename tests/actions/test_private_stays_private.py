"""What somebody wrote to us in private, and what we answered there, is shown at no place that is made of what everybody can read."""

from amends.core.database import execute, fetch_values
from amends.core.post import Author, Visibility
from amends.inbox.actions import incidents
from amends.inbox.actions.alike import cases_like
from amends.inbox.actions.clusters import cluster_pending
from amends.inbox.actions.reply import queue_reply
from amends.inbox.rules.ids import BrandId, CaseId, ClusterId
from amends.inbox.rules.incidents import NewIncident
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.store import cluster_voices, incident_board
from tests.cast import DEE, POLICY, a_post, ada
from tests.desk import MINUTE, Desk

ANSWER = "Your door code is rosebud."


def message(desk: Desk, text: str, **facts: object) -> None:
    """Let a private message come in, now."""
    usual = {"root_id": "dm:1-2", "visibility": Visibility.DIRECT, "published_at": desk.now}
    desk.hear(a_post(text, **{**usual, **facts}))


def test_an_answer_to_a_private_message_is_no_pattern_for_others(desk: Desk) -> None:
    message(desk, "Where is my bag? It is lost!")
    first = CaseId(desk.case().id)
    queue_reply(desk.conn, case_id=first, agent_id=ada(desk.conn), text=ANSWER, now=desk.now, policy=POLICY, resolve=True)
    desk.send()
    desk.now += MINUTE
    desk.hear(a_post("Where is my bag? It is lost!", external_id="in-public", author=DEE, published_at=desk.now))
    execute(desk.conn, "update readings set embedding = (select embedding from readings where embedding is not null limit 1)")
    [second] = [case.id for case in desk.cases() if case.id != first]

    def words() -> list[str]:
        return [one.words for one in cases_like(desk.conn, EVERYTHING, case_id=CaseId(second), now=desk.now)]

    assert words() == []
    execute(desk.conn, "update posts set visibility = 'public'")
    assert words() == [ANSWER]


def test_the_loudest_posts_of_an_incident_are_those_that_everybody_can_read(desk: Desk) -> None:
    desk.hear(a_post("The app is down!", external_id="in-public", published_at=desk.now))
    message(desk, "The app is down, my password is rosebud.", author=DEE)
    [brand] = fetch_values(desk.conn, "select id from brands")
    new = NewIncident(name="Outage", brand_id=BrandId(brand))
    cases = [case.id for case in desk.cases()]
    incident = incidents.open(desk.conn, new, case_ids=cases, agent_id=desk.agent_id, now=desk.now)
    assert len(cases) == 2
    assert [one.text for one in incident_board.loudest(desk.conn, EVERYTHING, incident)] == ["The app is down!"]


def test_a_cluster_is_not_named_by_private_messages(desk: Desk) -> None:
    said = {f"c-{n}": Author(external_id=f"c-{n}", handle=f"p{n}", name=f"Person {n}") for n in range(4)}
    for name, author in said.items():
        message(desk, "The login is broken, the word is rosebud", author=author, root_id=f"dm:{name}")
    while cluster_pending(desk.conn, now=desk.now):
        pass
    [cluster] = set(fetch_values(desk.conn, "select cluster_id from cluster_posts"))
    assert cluster_voices.said_in(desk.conn, ClusterId(cluster), limit=9) == []
