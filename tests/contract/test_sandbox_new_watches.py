"""The collectors' later abilities against the sandbox: quotes, our own posts, the inbox, the stream, batches, both kinds of Reddit app."""

import threading
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from amends.collectors import build
from amends.core.errors import CredentialsRefused, RateLimited, Unreachable
from amends.core.ports import Account, Draft
from amends.core.watching import Watch, WatchKind
from tests.sandbox_server import Networks, sandbox_networks

BAG = Watch(kind=WatchKind.SEARCH, query="bag -is:retweet")


@pytest.fixture
def networks(tmp_path: Path) -> Generator[Networks]:
    with sandbox_networks(tmp_path) as running:
        yield running


def collector(networks: Networks, network: str, *without: str) -> Any:
    told = networks.source("veloria", network)
    credentials = {name: said for name, said in told["credentials"].items() if name not in without}
    return build(network, Account(handle=told["handle"], credentials=credentials, options=told["options"]))


def found(networks: Networks, network: str, kind: WatchKind) -> set[str]:
    page = collector(networks, network).fetch(Watch(kind=kind), None, budget=100)
    assert page.troubles == ()
    return {post.external_id for post in page.posts}


def test_quotes_and_our_own_posts_on_x(networks: Networks) -> None:
    ours = networks.publish("x", "good morning", author="veloria")["id"]
    quote = networks.publish("x", "good? really?", author="cy", quote=ours)["id"]
    other = networks.publish("x", "bag", author="dee")["id"]
    networks.publish("x", "hm", author="cy", quote=other)
    assert found(networks, "x", WatchKind.QUOTES) == {quote}
    assert found(networks, "x", WatchKind.OWN_POSTS) == {ours}


def test_the_inbox_and_our_own_posts_on_reddit(networks: Networks) -> None:
    ours = networks.publish("reddit", "We fly again.", title="News", subreddit="VeloriaAir", author="veloria")["id"]
    theirs = networks.publish("reddit", "Nine days.", title="My bag", subreddit="VeloriaAir", author="cyan")["id"]
    answer = networks.publish("reddit", "Do you?", reply_to=ours, author="cyan")["id"]
    networks.publish("reddit", "Same here.", reply_to=theirs, author="dee")
    assert found(networks, "reddit", WatchKind.INBOX) == {answer}
    assert found(networks, "reddit", WatchKind.OWN_POSTS) == {ours}


def test_the_stream_brings_what_is_published_while_we_listen(networks: Networks) -> None:
    x, heard, done = collector(networks, "x"), list[str](), threading.Event()

    def listen() -> None:
        for page in x.listen(BAG, None, stopping=done.is_set):
            heard.extend(post.external_id for post in page.posts)
            if len(heard) == 2:
                done.set()

    listening = threading.Thread(target=listen, daemon=True)
    listening.start()
    while not networks.sandbox or not networks.sandbox.listening:
        done.wait(0.02)
    wanted = [networks.publish("x", text, author="cy")["id"] for text in ("my bag", "nothing", "your bag")]
    listening.join(timeout=20)
    assert heard == [wanted[0], wanted[2]]
    answer = networks.control.get("/x/2/tweets/search/stream/rules", headers={"authorization": "Bearer sandbox-veloria-bearer-token"})
    assert "data" not in answer.json()


def test_a_second_stream_of_the_same_app_is_refused(networks: Networks) -> None:
    stopped = threading.Event()

    def listen() -> None:
        with suppress(Unreachable):
            list(collector(networks, "x").listen(BAG, None, stopping=stopped.is_set))

    threading.Thread(target=listen, daemon=True).start()
    while not networks.sandbox or not networks.sandbox.listening:
        threading.Event().wait(0.02)
    with pytest.raises(RateLimited, match="maximum allowed connection"):
        next(iter(collector(networks, "x").listen(BAG, None, stopping=lambda: False)))
    stopped.set()


def test_a_batch_finds_the_deleted_posts(networks: Networks) -> None:
    kept, gone = (networks.publish("x", text)["id"] for text in ("stay", "go"))
    networks.delete("x", gone)
    assert [(post.external_id, post.deleted) for post in collector(networks, "x").recheck([kept, gone])] == [(gone, True)]
    with pytest.raises(CredentialsRefused):
        collector(networks, "x", "bearer_token").recheck([kept])


@pytest.mark.parametrize("without", [("refresh_token",), ("username", "password")])
def test_script_and_web_apps_may_answer_on_reddit(networks: Networks, without: tuple[str, ...]) -> None:
    post = networks.publish("reddit", "Nine days.", title="My bag", subreddit="VeloriaAir", author="cyan")["id"]
    reddit = collector(networks, "reddit", *without)
    standing = reddit.check()
    assert (standing.can_reply, standing.rights, standing.warnings) == (True, ("*",), ())
    draft = Draft(parent_id=post, root_id=post, text="Found it.", key="k", since=reddit.thread(post)[0].published_at)
    assert reddit.reply(draft).external_id in {one.external_id for one in reddit.thread(post)}


def test_an_app_alone_reads_and_does_not_answer(networks: Networks) -> None:
    reddit = collector(networks, "reddit", "username", "password", "refresh_token")
    assert reddit.fetch(Watch(kind=WatchKind.SUBREDDIT_POSTS, query="VeloriaAir"), None, budget=5).troubles == ()
