"""The standing cast (Ada, Bo, Lin, Mia, Ori, Noor, Cy), and builders that make a believable thing from the few facts a test cares about."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from amends.core.database import Connection
from amends.core.ports import Sentiment
from amends.core.post import Author, Post
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.sources import add_source
from amends.inbox.rules.ids import AgentId, SourceId
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.words import Role
from amends.inbox.store import agents
from amends.triage.verdict import Verdict

SECRET_KEY = "a key for tests, and for nothing else"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
POLICY = Policy(follow_up_after=timedelta(days=7), proof_after=timedelta(minutes=1))

CY = Author(external_id="cy-1", handle="cy_travels", name="Cy Fernando", followers=120)
DEE = Author(external_id="dee-2", handle="dee", name="Dee Perera", followers=45_000)
US = Author(external_id="us-0", handle="lankaair", name="Lanka Air")

_NUMBERS = itertools.count(1000)


def a_post(text: str = "My bag is lost and nobody answers!", **facts: object) -> Post:
    """Return a post by Cy at noon on X that begins a thread of its own, save for what `facts` say."""
    external_id = str(facts.get("external_id", f"p{next(_NUMBERS)}"))
    post = Post(
        network="x",
        external_id=external_id,
        author=CY,
        text=text,
        published_at=NOON,
        permalink=f"https://x.example/cy_travels/status/{external_id}",
        root_id=external_id,
        raw=b'{"id": "%s"}' % external_id.encode(),
        language_hint="en",
    )
    return replace(post, **facts)  # pyright: ignore[reportArgumentType]


def an_answer_to(post: Post, text: str, **facts: object) -> Post:
    """Return what the same author wrote a minute later in the same thread, save for what `facts` say."""
    given: dict[str, object] = {
        "author": post.author,
        "root_id": post.root_id,
        "parent_id": post.external_id,
        "published_at": post.published_at + timedelta(minutes=1),
        "network": post.network,
    }
    return a_post(text, **(given | facts))


def a_verdict(**facts: object) -> Verdict:
    """Return the verdict of a plain complaint, save for what `facts` say."""
    verdict = Verdict(
        language="en",
        sentiment=Sentiment.NEGATIVE,
        negative=0.9,
        neutral=0.08,
        positive=0.02,
        complaint=0.9,
        confidence=0.9,
        urgency=40,
        reasons=(),
        needs_look=False,
        model="fake-1",
    )
    return replace(verdict, **facts)  # pyright: ignore[reportArgumentType]


def a_source(
    conn: Connection,
    *,
    network: str = "x",
    handle: str = "lankaair",
    brand: str = "lanka-air",
    options: Mapping[str, str] | None = None,
    watches: Sequence[Watch] = (Watch(kind=WatchKind.MENTIONS),),
    now: datetime = NOON,
) -> SourceId:
    """Return our account on a network, with one watch on its mentions."""
    return add_source(
        conn,
        brand=brand,
        network=network,
        handle=handle,
        credentials={"token": "t-1"},
        options={"user_id": US.external_id} if options is None else options,
        watches=watches,
        secret_key=SECRET_KEY,
        now=now,
    )


def colleague(conn: Connection, email: str, name: str, role: Role) -> AgentId:
    """Return the colleague with this address, made where absent."""
    known = agents.find_by_email(conn, email=email)
    return known.id if known else agents.insert(conn, email=email, name=name, role=role, password_hash="none, cannot sign in", now=NOON)


def ada(conn: Connection) -> AgentId:
    """Ada, an agent."""
    return colleague(conn, "ada@amends.example", "Ada", Role.AGENT)


def bo(conn: Connection) -> AgentId:
    """Bo, an agent of another team."""
    return colleague(conn, "bo@amends.example", "Bo", Role.AGENT)


def mia(conn: Connection) -> AgentId:
    """Mia, a manager."""
    return colleague(conn, "mia@amends.example", "Mia", Role.MANAGER)


def lin(conn: Connection) -> AgentId:
    """Lin, a team lead."""
    return colleague(conn, "lin@amends.example", "Lin", Role.LEAD)


def ori(conn: Connection) -> AgentId:
    """Ori, an auditor."""
    return colleague(conn, "ori@amends.example", "Ori", Role.AUDITOR)


def noor(conn: Connection) -> AgentId:
    """Noor, an administrator."""
    return colleague(conn, "noor@amends.example", "Noor", Role.ADMIN)
