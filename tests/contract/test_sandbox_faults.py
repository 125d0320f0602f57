"""Error modes of the sandbox, as a client meets them."""

import itertools
import json
import threading
import time
from collections.abc import Generator
from typing import Any

import httpx
import pytest

from amends.collectors import build
from amends.core.ports import Account
from amends.sandbox.faults import Fault, Mode
from tests.network_clients import tweepy_client
from tests.sandbox_server import Networks, sandbox_networks

KEY = {"authorization": "Bearer sandbox-veloria-bearer-token"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[Networks]:
    with sandbox_networks(tmp_path_factory.mktemp("faults")) as networks:
        for number in range(5):
            networks.publish("x", f"@VeloriaAir {number}")
            networks.publish("reddit", "text", title=f"Post {number}", subreddit="VeloriaAir")
        yield networks


@pytest.fixture
def networks(running: Networks) -> Generator[Networks]:
    yield running
    running.heal()


def fetch(networks: Networks, **more: Any) -> httpx.Response:
    path = f"/2/users/{networks.source('veloria', 'x')['user_id']}/mentions"
    return httpx.get(f"{networks.x}{path}", params={"expansions": "author_id"}, headers=KEY, **more)


def listing(networks: Networks) -> httpx.Response:
    source = networks.source("veloria", "reddit")["credentials"]
    form = {"grant_type": "password", "username": source["username"], "password": source["password"]}
    token = httpx.post(f"{networks.reddit}/api/v1/access_token", data=form, auth=(source["client_id"], source["client_secret"]))
    header = {"authorization": f"bearer {token.json()['access_token']}"}
    return httpx.get(f"{networks.reddit}/r/VeloriaAir/new", headers=header)


@pytest.mark.parametrize("mode", ["401", "402", "403", "429", "500", "503"])
def test_a_status_is_answered_as_json_on_both_sides(networks: Networks, mode: str) -> None:
    networks.fault("x", mode)
    networks.fault("reddit", mode, path="/new")
    for answer in (fetch(networks), listing(networks)):
        assert answer.status_code == int(mode)
        assert answer.json()


def test_a_rate_limit_comes_with_its_end_or_without(networks: Networks) -> None:
    networks.fault("x", "429", reset=90, count=1)
    assert int(fetch(networks).headers["x-rate-limit-reset"]) > time.time() + 60
    networks.fault("x", "429-bare")
    networks.fault("reddit", "429-bare", path="/new")
    assert "x-rate-limit-reset" not in fetch(networks).headers
    assert "retry-after" not in listing(networks).headers


def test_html_comes_with_200(networks: Networks) -> None:
    networks.fault("x", "html")
    answer = fetch(networks)
    assert (answer.status_code, answer.text[:9]) == (200, "<!doctype")


def test_half_a_json_is_half_of_the_true_answer(networks: Networks) -> None:
    whole = fetch(networks)
    networks.fault("x", "half")
    half = fetch(networks)
    assert half.status_code == 200
    assert whole.content.startswith(half.content)
    assert len(half.content) == len(whole.content) // 2


def test_a_hanging_network_answers_in_the_end_and_a_slow_one_answers_well(networks: Networks) -> None:
    networks.fault("x", "hang", wait=0.5, count=1)
    with pytest.raises(httpx.TimeoutException):
        fetch(networks, timeout=0.1)
    networks.fault("x", "hang", wait=0.1, count=1)
    assert fetch(networks).status_code == 504
    networks.fault("x", "slow", wait=0.1, count=1)
    began = time.monotonic()
    assert fetch(networks).json()["data"]
    assert time.monotonic() - began >= 0.1


def test_a_reply_is_published_though_its_answer_is_lost(networks: Networks) -> None:
    root = networks.publish("x", "@VeloriaAir help", author="lost_one")
    networks.fault("x", "lost", method="POST", wait=0.05)
    client = tweepy_client(networks)
    with pytest.raises(Exception, match="504"):
        client.create_tweet(text="We heard you.", in_reply_to_tweet_id=root["id"])
    assert [reply["parent_id"] for reply in networks.replies()] == [root["id"]]


def test_a_page_may_repeat_itself_or_lose_its_order(networks: Networks) -> None:
    def ids(answer: httpx.Response) -> list[str]:
        return [post["id"] for post in answer.json()["data"]]

    right = ids(fetch(networks))
    networks.fault("x", "duplicates", count=1)
    assert ids(fetch(networks)) == right + right[:3]
    networks.fault("x", "shuffled", count=1)
    shuffled = ids(fetch(networks))
    assert shuffled != right
    assert sorted(shuffled) == sorted(right)


def test_a_partial_answer_names_what_it_lacks(networks: Networks) -> None:
    networks.fault("x", "partial", count=1)
    answer = fetch(networks).json()
    assert answer["errors"][0]["parameter"] == "author_id"
    assert len(answer["data"]) >= 5
    networks.fault("reddit", "partial", path="/new")
    assert listing(networks).json()["data"]["children"][-1]["kind"] == "more"


def told(networks: Networks, mode: str, enough: int = 4) -> list[str]:
    """Return the first data that a spoiled stream tells while somebody posts, fewer where it ends before."""
    networks.fault("mastodon", mode, path="streaming/hashtag", count=1)
    header = {"authorization": f"Bearer {networks.source('veloria', 'mastodon')['credentials']['access_token']}"}
    over = threading.Event()

    def post() -> None:
        while not over.wait(0.02):
            networks.publish("mastodon", "late #veloria")

    posting = threading.Thread(target=post)
    posting.start()
    try:
        with httpx.stream("GET", f"{networks.mastodon}/api/v1/streaming/hashtag?tag=veloria", headers=header, timeout=60) as answer:
            lines = (line.removeprefix("data: ") for line in answer.iter_lines() if line.startswith("data: "))
            return list(itertools.islice(lines, enough))
    finally:
        over.set()
        posting.join()


def ids_in(lines: list[str]) -> list[str]:
    """Return the ids of the statuses, an empty word for one that is torn."""
    found: list[str] = []
    for line in lines:
        try:
            found.append(json.loads(line)["id"])
        except ValueError:
            found.append("")
    return found


def test_an_answer_that_does_not_end_is_spoiled_event_by_event(networks: Networks) -> None:
    one, again, two, too = ids_in(told(networks, "duplicates"))
    assert (one, two) == (again, too)
    assert one < two
    assert [bool(found) for found in ids_in(told(networks, "partial"))] == [False, True, False, True]
    later, sooner = ids_in(told(networks, "shuffled", enough=2))
    assert later > sooner


def test_half_of_an_answer_that_does_not_end_ends_in_the_middle_of_an_event(networks: Networks) -> None:
    assert ids_in(told(networks, "half")) == [""]


def test_a_stream_whose_beginning_is_lost_says_nothing(networks: Networks) -> None:
    networks.fault("mastodon", "lost", path="streaming/hashtag", wait=0.05)
    header = {"authorization": f"Bearer {networks.source('veloria', 'mastodon')['credentials']['access_token']}"}
    assert httpx.get(f"{networks.mastodon}/api/v1/streaming/hashtag?tag=veloria", headers=header).status_code == 504


def test_threads_are_spoiled_as_lists_are(networks: Networks) -> None:
    for network, under in (("mastodon", "@VeloriaAir"), ("bluesky", "@veloria"), ("reddit", "text")):
        root = networks.publish(network, f"{under} the boat is late", title="Late", subreddit="VeloriaAir")["id"]
        for number in range(3):
            networks.publish(network, f"me too {number}", reply_to=root)
        collector = build(network, account(networks, network))
        whole = {post.external_id for post in collector.thread(root)}
        assert len(whole) == 4
        for mode in ("duplicates", "shuffled", "partial"):
            networks.fault(network, mode, count=2)
            assert {post.external_id for post in collector.thread(root)} == whole
            networks.heal()


def account(networks: Networks, network: str) -> Account:
    source = networks.source("veloria", network)
    return Account(handle=source["handle"], credentials=source["credentials"], options=source["options"])


def test_a_fault_is_on_until_its_moment() -> None:
    fault = Fault(id=1, network="x", mode=Mode.BROKEN, path="/tweets", until=10)
    request = {"path": "/x/2/tweets", "method": "GET"}
    assert fault.touches(request, 9.9)
    assert not fault.touches(request, 10)
    assert not fault.touches({"path": "/reddit/tweets", "method": "GET"}, 9.9)


def test_a_fault_ends_after_its_count_its_time_or_when_cleared(networks: Networks) -> None:
    networks.fault("x", "503", count=2)
    assert [fetch(networks).status_code for _ in range(3)] == [503, 503, 200]
    networks.fault("x", "503", seconds=0.01)
    time.sleep(0.02)
    assert fetch(networks).status_code == 200
    networks.fault("x", "503", path="/mentions")
    assert httpx.get(f"{networks.x}/2/users/me", headers=KEY).status_code == 200
    networks.heal()
    assert fetch(networks).status_code == 200
