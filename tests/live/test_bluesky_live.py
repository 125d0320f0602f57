"""Amends against Bluesky's own server software: from the mention to the answer that the customer sees, and to the deleted complaint."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from typing_extensions import override

from amends.collectors import build
from amends.core.clock import utc_now
from amends.core.database import Pool, fetch_values
from amends.core.errors import ReplyRefused, Unreachable
from amends.core.ports import Account, Attachment, Collector, Cursor, Draft
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.reply import queue_reply
from amends.inbox.actions.sources import add_source
from amends.inbox.rules.ids import CaseId
from amends.worker.names import Task
from tests.cast import POLICY, SECRET_KEY, ada
from tests.live.bluesky_network import Bluesky, bluesky_network, mention
from tests.workplace import Workplace

US, CY, NADIA = "northpiercare", "cywaits", "nadia"
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6454000000000"
    "49454e44ae426082"
)
pytestmark = [pytest.mark.live, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def bluesky() -> Generator[Bluesky]:
    """The servers, which run as another account: not in pytest's own folder, which each run that starts closes anew."""
    with TemporaryDirectory(prefix="amends-bluesky-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with bluesky_network(Path(folder)) as running:
            yield running


@dataclass(kw_only=True)
class Live(Workplace):
    """A workplace whose network is the real one."""

    @override
    def _build(self, network: str, account: Account) -> Collector:
        return build(network, account)


def collector(bluesky: Bluesky, **told: Any) -> Collector:
    options = {"base_url": bluesky.pds, "web_url": "https://bsky.app", "pds_url": bluesky.pds, "user_id": bluesky.did(US)}
    return build("bluesky", Account(handle=f"{US}.test", credentials={"app_password": "password"}, options=options, **told))


def complain(bluesky: Bluesky, text: str, name: str = CY) -> str:
    words = f"@{US}.test {text}"
    return bluesky.say(name, words, **mention(words, f"{US}.test", bluesky.did(US)))


def values(work: Workplace, query: str) -> list[Any]:
    with work.pool.transaction() as conn:
        return fetch_values(conn, query)  # pyright: ignore[reportArgumentType] - a literal at every call


def test_a_mention_becomes_a_case_is_answered_in_public_and_blanked_when_it_is_deleted(bluesky: Bluesky, pool: Pool) -> None:
    work = Live(pool=pool, now=utc_now())
    with pool.transaction() as conn:
        add_source(
            conn,
            brand="North Pier",
            network="bluesky",
            handle=f"{US}.test",
            credentials={"app_password": "password"},
            options={"base_url": bluesky.pds, "web_url": "https://bsky.app", "pds_url": bluesky.pds, "user_id": bluesky.did(US)},
            watches=[Watch(kind=WatchKind.MENTIONS)],
            secret_key=SECRET_KEY,
            now=work.now,
        )
        ada(conn)
    uri = complain(bluesky, "my bag is lost and nobody answers! \N{POUTING FACE}")
    work.perform(Task.COLLECT_DUE, Task.TRIAGE)
    [case_id] = values(work, "select id from cases")

    with pool.transaction() as conn:
        queue_reply(conn, case_id=CaseId(case_id), agent_id=ada(conn), text="We are on it, Cy.", now=work.now, policy=POLICY)
    work.perform(Task.SEND_REPLIES)
    bluesky.settle()
    told = bluesky.ask(CY, "app.bsky.notification.listNotifications", limit=10)["notifications"]
    assert [(note["reason"], note["record"]["text"]) for note in told] == [("reply", "We are on it, Cy.")]
    work.now += timedelta(minutes=5)
    work.perform(Task.PROVE_REPLIES)
    assert values(work, "select count(*) from events where kind = 'reply_proven'") == [1]

    bluesky.delete(CY, uri)
    work.now += timedelta(days=1)
    work.perform(Task.LOOK_AGAIN)
    assert values(work, "select text from posts where not is_own") == [""]
    assert values(work, "select deleted_at is not null from posts where not is_own") == [True]


def test_mentions_of_one_moment_are_all_read_however_small_the_page(bluesky: Bluesky) -> None:
    wanted = {complain(bluesky, f"and again, number {number}", NADIA) for number in range(6)}
    reading, cursor, found, more = collector(bluesky), None, set[str](), True
    while more:
        page = reading.fetch(Watch(kind=WatchKind.MENTIONS), cursor, budget=2)
        cursor, more = page.cursor, page.more
        found |= {post.external_id for post in page.posts}
    assert wanted <= found
    assert reading.fetch(Watch(kind=WatchKind.MENTIONS), cursor, budget=100).posts == ()


@pytest.mark.parametrize(("kind", "query"), [(WatchKind.SEARCH, "harbour"), (WatchKind.HASHTAG, "lateboats"), (WatchKind.OWN_POSTS, "")])
def test_every_watch_is_read(bluesky: Bluesky, kind: WatchKind, query: str) -> None:
    words = "The harbour is full of #lateboats"
    start = words.index("#")
    tag = {"$type": "app.bsky.richtext.facet#tag", "tag": "lateboats"}
    facets = [{"index": {"byteStart": start, "byteEnd": len(words)}, "features": [tag]}]
    uri = bluesky.say(US, words, facets=facets)
    cursor: Cursor | None = None
    page = collector(bluesky).fetch(Watch(kind=kind, query=query), cursor, budget=100)
    assert uri in {post.external_id for post in page.posts if post.is_own}


def test_an_answer_goes_out_once_with_its_mention_its_link_and_its_picture(bluesky: Bluesky) -> None:
    uri, ours = complain(bluesky, "where is the boat?"), collector(bluesky)
    text = f"\N{SHIP} Sorry @{CY}.test! See https://help.example/late?a=1&b=2."
    draft = Draft(
        parent_id=uri,
        root_id=uri,
        text=text,
        key="once",
        since=utc_now(),
        attachments=(Attachment(content=DOT, content_type="image/png", alt="a dot"),),
    )
    assert ours.find_reply(draft) is None
    published = ours.reply(draft)
    with pytest.raises(Unreachable):
        ours.reply(draft)
    found = ours.find_reply(draft)
    assert found is not None
    assert found.external_id == published.external_id
    bluesky.settle()
    (answer,) = [post for post in ours.thread(uri) if post.is_own]
    assert (answer.text, answer.mentions, answer.parent_id) == (text, (f"{CY}.test",), uri)
    assert [media.alt for media in answer.media] == ["a dot"]


def test_what_cannot_be_answered_says_why(bluesky: Bluesky) -> None:
    uri, ours = complain(bluesky, "do not answer"), collector(bluesky)
    gate = {"$type": "app.bsky.feed.threadgate", "post": uri, "allow": [], "createdAt": utc_now().isoformat().replace("+00:00", "Z")}
    said = {"repo": bluesky.did(CY), "collection": "app.bsky.feed.threadgate", "rkey": uri.rpartition("/")[2], "record": gate}
    bluesky.call(CY, "com.atproto.repo.createRecord", said)
    bluesky.settle()
    draft = Draft(parent_id=uri, root_id=uri, text="May we?", key="gated", since=utc_now())
    with pytest.raises(ReplyRefused, match="only some people"):
        ours.reply(draft)
    assert not ours.refresh([uri])[0].can_reply
    bluesky.delete(CY, uri)
    with pytest.raises(ReplyRefused, match="deleted"):
        ours.reply(draft)
    assert [post.deleted for post in ours.refresh([uri])] == [True]
    assert ours.thread(uri) == ()


def test_an_answer_that_is_too_long_is_refused_in_the_network_s_words(bluesky: Bluesky) -> None:
    uri, ours = complain(bluesky, "a long answer, please"), collector(bluesky)
    family = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
    longest = family * 100 + "\N{LATIN SMALL LETTER E}\N{COMBINING ACUTE ACCENT}" * 100 + "a" * 100
    assert ours.reply_length(longest) == 300
    assert ours.reply(Draft(parent_id=uri, root_id=uri, text=longest, key="longest", since=utc_now())).external_id
    with pytest.raises(ReplyRefused, match="maximum 300, got 301"):
        ours.reply(Draft(parent_id=uri, root_id=uri, text="a" * 301, key="long", since=utc_now()))


def test_a_session_is_remembered_renewed_and_got_anew(bluesky: Bluesky) -> None:
    kept: list[str] = []
    assert collector(bluesky, remember=kept.append).check().user_id == bluesky.did(US)
    assert collector(bluesky, memory=kept[0], remember=kept.append).check().handle == f"{US}.test"
    assert len(kept) == 1
    handle, did, access, refresh, home = kept[0].split(":::")
    run_out = f"{handle}:::{did}:::run.out.token:::{refresh}:::{home}"
    assert collector(bluesky, memory=run_out, remember=kept.append).check().user_id == did
    useless = f"{handle}:::{did}:::run.out.token:::{access}:::{home}"
    assert collector(bluesky, memory=useless, remember=kept.append).check().user_id == did
    assert len(kept) == 3
