"""A feed's hub is asked to call us, its promise is renewed before it ends, and without it the feed is fetched as before."""

import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import LiteralString
from urllib.parse import parse_qsl, urlsplit

import pytest
from typing_extensions import override

from amends.collectors import build
from amends.core.database import Pool, execute, fetch_values
from amends.core.errors import HookRefused, NotFound, SourceUnfit
from amends.core.ports import Account, Collector
from amends.core.pushing import Heard, Hook, Hub
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.accounts import open_called
from amends.inbox.actions.hear import called_source, record_heard
from amends.inbox.actions.sources import add_source, drop_watch, pause
from amends.inbox.rules.ids import SourceId, WatchId
from amends.inbox.rules.leases import again_at, renew_at
from amends.worker.names import Task
from tests.cast import NOON, SECRET_KEY, ada
from tests.replay_server import Answer, Replay, Request, replay_server
from tests.workplace import Workplace

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
FEED = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Ferries</title><link rel="self" href="https://blogs.example/f.xml"/>
<link rel="hub" href="{hub}"/><entry><id>{number}</id><title>My booking is lost!</title>
<updated>2026-02-20T11:30:00Z</updated></entry></feed>"""


class Feeds(Workplace):
    """A workplace whose network is the feed's own blog."""

    @override
    def _build(self, network: str, account: Account) -> Collector:
        return build(network, account, lambda: self.now)


@pytest.fixture(scope="module")
def blog() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def speaking(blog: Replay, *, status: int = 202) -> list[Request]:
    """Let the blog be feed and hub in one; return what the hub is asked."""
    asked: list[Request] = []

    def answer(request: Request) -> Answer:
        if request.method == "POST":
            asked.append(request)
            return Answer(status=status)
        return Answer(body=FEED.format(hub=f"{blog.url}/hub", number=1).encode())

    blog.answer = answer
    return asked


@pytest.fixture
def work(pool: Pool, blog: Replay) -> Feeds:
    made = Feeds(pool=pool)
    with pool.transaction() as conn:
        add_source(
            conn,
            brand="North Pier",
            network="rss",
            handle="Ferry blogs",
            credentials={},
            options={"base_url": blog.url},
            watches=[Watch(kind=WatchKind.FEED, query="https://blogs.example/f.xml"), Watch(kind=WatchKind.CALLS)],
            secret_key=SECRET_KEY,
            now=made.now,
        )
    return made


def values(work: Workplace, query: str) -> list[object]:
    with work.pool.transaction() as conn:
        return fetch_values(conn, query)  # pyright: ignore[reportArgumentType] - a literal at every call


def call(work: Workplace, hook: Hook) -> str:
    """Call the source as a hub does, and return the answer."""
    with work.pool.transaction() as conn:
        called = called_source(conn, source_id=SourceId(int(str(values(work, "select id from sources")[0]))))
        collector = build("rss", open_called(called, secret_key=SECRET_KEY), lambda: work.now)
        heard: Heard = collector.hear(hook)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]
        record_heard(conn, called, heard, now=work.now)
    return heard.answer


def test_a_hub_is_asked_confirms_calls_and_is_asked_again_before_its_promise_ends(work: Feeds, blog: Replay) -> None:
    asked = speaking(blog)
    work.perform(Task.COLLECT_DUE, Task.SUBSCRIBE, Task.SUBSCRIBE)
    [request] = asked
    said = dict(parse_qsl(request.body.decode()))
    assert (said["hub.mode"], said["hub.topic"]) == ("subscribe", "https://blogs.example/f.xml")
    place = urlsplit(said["hub.callback"])
    assert place.netloc == "desk.example"
    query = dict(parse_qsl(place.query))

    wanted = {**query, "hub.mode": "subscribe", "hub.topic": query["topic"], "hub.challenge": "c1", "hub.lease_seconds": "864000"}
    assert call(work, Hook(method="GET", headers={}, query=wanted)) == "c1"
    assert values(work, "select calls_until from feed_hubs") == [work.now + 10 * DAY]
    work.now += 7 * DAY
    work.perform(Task.SUBSCRIBE)
    assert len(asked) == 1
    work.now += DAY + HOUR
    work.perform(Task.SUBSCRIBE)
    assert len(asked) == 2
    assert values(work, "select calls_until > asked_at from feed_hubs") == [True]

    with pytest.raises(HookRefused):
        call(work, Hook(method="POST", headers={}, query=query, body=FEED.format(hub="", number=2).encode()))


def confirming(request: Request, **changed: str) -> Hook:
    """Return how the hub that was asked says yes."""
    query = dict(parse_qsl(urlsplit(dict(parse_qsl(request.body.decode()))["hub.callback"]).query)) | changed
    said = {"hub.mode": "subscribe", "hub.topic": query["topic"], "hub.challenge": "c1", "hub.lease_seconds": "864000"}
    return Hook(method="GET", headers={}, query=query | said)


def pushing(request: Request) -> Hook:
    """Return how the hub that was asked brings a post, signed with what it was told."""
    said, body = dict(parse_qsl(request.body.decode())), FEED.format(hub="", number=2).encode()
    signature = {"x-hub-signature": "sha256=" + hmac.digest(said["hub.secret"].encode(), body, "sha256").hex()}
    return Hook(method="POST", headers=signature, query=dict(parse_qsl(urlsplit(said["hub.callback"]).query)), body=body)


def test_a_hub_of_before_and_that_of_a_feed_watched_no_more_bring_nothing(work: Feeds, blog: Replay) -> None:
    asked = speaking(blog)
    work.perform(Task.COLLECT_DUE, Task.SUBSCRIBE)
    call(work, confirming(asked[0]))
    call(work, pushing(asked[0]))
    assert values(work, "select count(*) from posts") == [2]
    for change in ("update feed_hubs set hub = 'https://new.example/hub'", "delete from watches where kind = 'feed'"):
        with work.pool.transaction() as conn:
            execute(conn, change)
        for hook in (confirming(asked[0]), pushing(asked[0])):
            with pytest.raises(HookRefused, match="any more"):
                call(work, hook)


DROP_FEED = "select id from watches where kind = 'feed'"
DROP_CALLS = "select id from watches where kind = 'calls'"
PAUSE = "select id from sources"


def leaving(request: Request) -> Hook:
    """Return how the hub that was told to call no more asks whether we mean it."""
    query = dict(parse_qsl(urlsplit(dict(parse_qsl(request.body.decode()))["hub.callback"]).query))
    return Hook(method="GET", headers={}, query=query | {"hub.mode": "unsubscribe", "hub.topic": query["topic"], "hub.challenge": "c2"})


def end(work: Workplace, how: LiteralString) -> None:
    """Drop the watch that a query finds, or pause the source."""
    with work.pool.transaction() as conn:
        if how == PAUSE:
            pause(conn, source_id=SourceId(fetch_values(conn, how)[0]), agent_id=None, now=work.now)
        else:
            drop_watch(conn, watch_id=WatchId(fetch_values(conn, how)[0]), agent_id=None, now=work.now)


@pytest.mark.parametrize("reason", [DROP_FEED, DROP_CALLS, PAUSE])
def test_a_hub_that_shall_call_no_more_is_told_until_it_asks_whether_we_mean_it(work: Feeds, blog: Replay, reason: LiteralString) -> None:
    asked = speaking(blog)
    work.perform(Task.COLLECT_DUE, Task.SUBSCRIBE)
    call(work, confirming(asked[0]))
    with pytest.raises(HookRefused, match="Nobody told"):
        call(work, leaving(asked[0]))
    end(work, reason)
    work.now += DAY + HOUR
    work.perform(Task.SUBSCRIBE)
    work.now += 11 * MINUTE
    work.perform(Task.SUBSCRIBE)
    told = [dict(parse_qsl(one.body.decode())) for one in asked]
    assert [one["hub.mode"] for one in told] == ["subscribe", "unsubscribe", "unsubscribe"]
    assert told[1]["hub.callback"] == told[0]["hub.callback"]
    with pytest.raises((HookRefused, NotFound)):
        call(work, pushing(asked[0]))
    assert call(work, leaving(asked[1])) == "c2"
    work.now += HOUR
    work.perform(Task.SUBSCRIBE)
    assert (len(asked), values(work, "select count(*) from hub_farewells")) == (3, [0])


def test_the_hub_that_a_feed_no_longer_names_is_told_and_one_that_is_asked_again_is_not(work: Feeds, blog: Replay) -> None:
    asked = speaking(blog)
    work.perform(Task.COLLECT_DUE, Task.SUBSCRIBE)
    call(work, confirming(asked[0]))

    def name(hub: str) -> None:
        with work.pool.transaction() as conn:
            execute(conn, "update watches set cursor = cursor || jsonb_build_object('hub', %(hub)s::text)", {"hub": f"{blog.url}/{hub}"})
        work.perform(Task.SUBSCRIBE)

    name("other")
    told = [dict(parse_qsl(one.body.decode()))["hub.mode"] for one in asked]
    assert (sorted(told), values(work, "select hub like '%/hub' from hub_farewells")) == (["subscribe", "subscribe", "unsubscribe"], [True])
    work.now += HOUR
    name("hub")
    work.perform(Task.SUBSCRIBE)
    assert values(work, "select count(*) from hub_farewells") == [0]


def test_a_hub_whose_promise_is_over_is_not_told(work: Feeds, blog: Replay) -> None:
    asked = speaking(blog, status=500)
    work.perform(Task.COLLECT_DUE, Task.SUBSCRIBE)
    call(work, confirming(asked[0]))
    end(work, DROP_FEED)
    work.perform(Task.SUBSCRIBE)
    assert (len(asked), values(work, "select failures from hub_farewells")) == (2, [1])
    work.now += 11 * DAY
    work.perform(Task.SUBSCRIBE)
    assert (len(asked), values(work, "select count(*) from hub_farewells")) == (2, [0])


def test_a_feed_that_takes_the_name_of_another_cannot_speak_for_the_hub_of_that(work: Feeds, blog: Replay) -> None:
    asked = speaking(blog)
    work.perform(Task.COLLECT_DUE, Task.SUBSCRIBE)
    with work.pool.transaction() as conn:
        [watch_id] = fetch_values(conn, "select id from watches where kind = 'feed'")
        execute(
            conn,
            """
            insert into watches (source_id, kind, query, cursor, state_since, next_at)
            select source_id, 'feed', 'https://evil.example/f.xml', cursor || jsonb_build_object('hub', cursor->>'hub' || '/evil'), now(),
              'infinity' from watches where id = %(id)s
            """,
            {"id": watch_id},
        )
    work.perform(Task.SUBSCRIBE)
    theirs, evil = (dict(parse_qsl(one.body.decode())) for one in asked)
    assert theirs["hub.topic"] == evil["hub.topic"]
    assert theirs["hub.secret"] != evil["hub.secret"]
    call(work, confirming(asked[1]))
    assert values(work, "select hub like '%/evil' from feed_hubs where calls_until is not null") == [True]
    with pytest.raises(HookRefused, match="given to no hub"):
        call(work, confirming(asked[1], hub=f"{blog.url}/hub"))


def test_a_hub_that_refuses_is_asked_ever_more_rarely_and_says_why_while_the_feed_is_fetched(work: Feeds, blog: Replay) -> None:
    asked = speaking(blog, status=500)
    work.perform(Task.COLLECT_DUE, Task.SUBSCRIBE)
    work.perform(Task.SUBSCRIBE)
    assert (len(asked), values(work, "select failures from feed_hubs")) == (1, [1])
    assert values(work, "select note <> '' from feed_hubs") == [True]
    work.now += 11 * MINUTE
    work.perform(Task.SUBSCRIBE, Task.COLLECT_DUE)
    assert (len(asked), values(work, "select next_at from feed_hubs")) == (2, [work.now + 20 * MINUTE])
    assert values(work, "select state from watches where kind = 'feed'") == ["ok"]


@pytest.mark.parametrize("before", ["", "x" * 250])  # its words are cut, be it within the secret
def test_a_hub_that_says_again_what_it_was_asked_shows_no_secret_of_ours(work: Feeds, blog: Replay, before: str) -> None:
    speaking(blog)
    fed, asked = blog.answer, list[Request]()

    def answer(request: Request) -> Answer:
        if request.method != "POST":
            return fed(request)
        asked.append(request)
        return Answer(status=400, body=json.dumps({"error": f"No: {before} {request.asked['hub.secret']} {request.asked}"}).encode())

    blog.answer = answer
    work.perform(Task.COLLECT_DUE, Task.SUBSCRIBE)
    [note] = values(work, "select note from feed_hubs")
    told = asked[0].asked["hub.secret"]
    assert (str(note).startswith("No:"), "key=…" in str(note)) == (True, not before)
    assert all(told[at : at + 12] not in str(note) for at in range(len(told) - 11))


def test_without_an_address_for_the_public_or_while_paused_nobody_is_asked(work: Feeds, blog: Replay) -> None:
    asked = speaking(blog)
    work.perform(Task.COLLECT_DUE)
    work.public_url = None
    work.perform(Task.SUBSCRIBE)
    work.public_url = "http://desk.example"
    with work.pool.transaction() as conn:
        source_id = SourceId(int(str(fetch_values(conn, "select id from sources")[0])))
        pause(conn, source_id=source_id, agent_id=ada(conn), now=work.now)
    work.perform(Task.SUBSCRIBE)
    assert asked == []
    with pytest.raises(NotFound):
        call(work, Hook(method="GET", headers={}, query={}))


def test_a_hub_inside_our_network_is_not_asked() -> None:
    collector = build("rss", Account(handle="Ferry blogs", hook_key="k"))
    with pytest.raises(SourceUnfit):
        collector.subscribe(Hub(address="http://127.0.0.1:9/hub", topic="t"), "https://desk.example/hooks/1")  # pyright: ignore[reportAttributeAccessIssue]


def test_a_lease_is_renewed_while_a_fifth_of_it_is_left() -> None:
    assert renew_at(NOON + 10 * DAY, NOON) == NOON + 8 * DAY
    assert renew_at(NOON + MINUTE, NOON) == NOON + 5 * MINUTE
    assert [again_at(times, NOON) - NOON for times in (0, 1, 99)] == [10 * MINUTE, 20 * MINUTE, DAY]
