"""The player: the scenario at its pace, customers' reactions, floods, and what survives a kill."""

import os
import signal
import time
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from amends.sandbox.main import create_sandbox
from amends.sandbox.scenario import load
from amends.sandbox.script import Scenario
from tests.network_clients import praw_client, tweepy_client
from tests.sandbox_server import Networks, sandbox_networks, sandbox_process

SCENARIO = """
brand air name="Air Co" x=AirCo reddit=AirCo subreddit=AirCo
    search on x: AirCo OR from:AirCo
    search on reddit: AirCo

person cy x=cy reddit=cyan lang=ta temper=thanks
person dee x=dee temper=again
person eve x=eve temper=silent

reaction ta thanks
    நன்றி

reaction en again
    still broken

reaction en thanks
    now it works

day 1

08:00 x cy id=late [ta negative delay]
    @AirCo booking 44127 is late

08:10 x dee id=bag
    @AirCo where is my bag

08:20 x eve reply=late
    me too

08:30 x cy edit=late
    @AirCo booking 44127 is very late

08:40 x eve share=bag

08:50 reddit cy in=AirCo id=r
    A thread
    about AirCo

09:00 reddit eve_r reply=r
    mine too

09:10 reddit eve_r remove=r

09:20 x air
    good morning
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    folder = tmp_path / "scenario"
    folder.mkdir()
    (folder / "one.txt").write_text(SCENARIO, encoding="utf-8")
    return load(folder)


@pytest.fixture
def networks(tmp_path: Path, scenario: Scenario) -> Generator[Networks]:
    with sandbox_networks(tmp_path / "data", scenario) as running:
        yield running


def test_entries_are_published_when_their_minute_comes(networks: Networks) -> None:
    assert networks.step(11) == 2
    assert [post["author"] for post in networks.published()] == ["cy", "dee"]
    networks.step(70)
    posts = networks.published()
    assert [(post["author"], post["share"], post["own"]) for post in posts[2:]] == [
        ("eve", False, False),
        ("eve", True, False),
        ("cyan", False, False),
        ("eve_r", False, False),
        ("AirCo", False, True),
    ]
    assert posts[0]["edited_at"]
    assert posts[4]["deleted_at"]
    assert posts[0]["language"] == "ta"


def test_the_scenario_begins_anew_with_fresh_people_and_other_numbers(networks: Networks) -> None:
    networks.step(24 * 60 + 90)
    posts = [post for post in networks.published() if post["network"] == "x"]
    first, again = (post for post in posts if post["author"].startswith("cy"))
    assert (first["author"], again["author"]) == ("cy", "cy2")
    assert "44127" in first["text"]
    assert "44127" not in again["text"]


def test_customers_thank_stay_silent_or_complain_again_until_it_works(networks: Networks) -> None:
    networks.step(21)
    client = tweepy_client(networks, "air")
    ids = {post["author"]: post["id"] for post in networks.published()}
    for author in ("cy", "dee", "eve"):
        client.create_tweet(text="We are looking into it", in_reply_to_tweet_id=ids[author])
    networks.step(60)
    reactions = {post["author"]: post for post in networks.published() if post["origin"] == "reaction"}
    assert {author: post["text"] for author, post in reactions.items()} == {"cy": "@AirCo நன்றி", "dee": "@AirCo still broken"}
    assert {post["mood"] for post in reactions.values()} == {"positive", "negative"}
    client.create_tweet(text="Please try once more", in_reply_to_tweet_id=reactions["dee"]["id"])
    networks.step(60)
    last = networks.published()[-1]
    assert (last["author"], last["text"]) == ("dee", "@AirCo now it works")
    client.create_tweet(text="Good to hear", in_reply_to_tweet_id=last["id"])
    networks.step(60)
    assert networks.state()["reactions_due"] == 0
    assert networks.published()[-1]["text"] == "@dee Good to hear"


def test_a_redditor_thanks_under_our_comment(networks: Networks) -> None:
    networks.step(55)
    thread = next(post for post in networks.published() if post["network"] == "reddit")
    answer = praw_client(networks, "air").submission(thread["id"][3:]).reply("Sorry")
    networks.step(60)
    said = next(post for post in networks.published() if post["origin"] == "reaction")
    assert (said["author"], said["text"]) == ("cyan", "நன்றி")
    assert answer.fullname in {reply["id"] for reply in networks.replies()}


def test_a_second_reply_of_the_same_words_counts_as_doubled(networks: Networks) -> None:
    networks.step(55)
    thread = next(post for post in networks.published() if post["network"] == "reddit")
    submission = praw_client(networks, "air").submission(thread["id"][3:])
    submission.reply("Sorry")
    submission.reply("Sorry")
    assert [reply["doubled"] for reply in networks.replies()] == [False, True]


def standing(networks: Networks) -> dict[str, Any]:
    """Return the state once time stands still; a last step may be under way when it is stopped."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        before = networks.state()
        time.sleep(0.15)
        if networks.state()["minute"] == before["minute"]:
            return before
    raise AssertionError("time goes on")


def test_the_pace_moves_time_and_pausing_stops_it(tmp_path: Path, scenario: Scenario) -> None:
    with sandbox_networks(tmp_path / "data", scenario, pace=100) as networks:
        until = time.monotonic() + 60
        while not networks.published() and time.monotonic() < until:
            time.sleep(0.02)
        networks.control.post("/control/pause")
        before = standing(networks)
        assert before["paused"]
        networks.control.post("/control/resume")
        until = time.monotonic() + 60
        while networks.state()["minute"] == before["minute"]:
            assert time.monotonic() < until
            time.sleep(0.02)


def test_posts_carry_the_present_moment_not_the_scenarios(tmp_path: Path, scenario: Scenario) -> None:
    now = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    sandbox = create_sandbox(tmp_path, scenario, lambda: now, pace=0, seed=1)
    sandbox.player.step(60)
    assert {post.published_at for post in sandbox.store.posts("1")} == {now.timestamp()}
    sandbox.store.close()


def test_a_restart_goes_on_where_it_was(tmp_path: Path, scenario: Scenario) -> None:
    for _ in range(3):
        sandbox = create_sandbox(tmp_path, scenario, lambda: datetime(2026, 5, 4, tzinfo=UTC), pace=0, seed=1)
        sandbox.player.step(15)
        sandbox.store.close()
    sandbox = create_sandbox(tmp_path, scenario, lambda: datetime(2026, 5, 4, tzinfo=UTC), pace=0, seed=1)
    assert [post.text for post in sandbox.store.posts("p.origin = 'scenario'")] == [
        "@AirCo booking 44127 is very late",
        "@AirCo where is my bag",
        "@cy @AirCo me too",
    ]
    sandbox.store.close()


def test_the_same_seed_makes_the_same_choices(tmp_path: Path) -> None:
    texts: list[list[str]] = []
    for run in ("one", "two"):
        sandbox = create_sandbox(tmp_path / run, load(), lambda: datetime(2026, 5, 4, tzinfo=UTC), pace=0, seed=7)
        sandbox.player.step(6 * 24 * 60)
        texts.append([post.text for post in sandbox.store.posts("1 order by p.seq")])
        sandbox.store.close()
    assert texts[0] == texts[1]
    assert len(texts[0]) > 400


def test_a_flood_is_all_there_and_the_watches_find_it(tmp_path: Path) -> None:
    with sandbox_networks(tmp_path) as networks:
        networks.flood("x", "telvanta", 150)
        networks.flood("reddit", "telvanta", 50)
        posts = networks.published()
        assert [sum(post["network"] == name for post in posts) for name in ("x", "reddit")] == [150, 50]
        assert {brand for post in posts for brand in post["brands"]} >= {"telvanta"}
        assert len({post["author"] for post in posts}) > 20


@pytest.mark.faults
def test_a_killed_sandbox_comes_back_with_every_post_it_had_shown(tmp_path: Path) -> None:
    with sandbox_process(tmp_path) as networks:
        networks.flood("x", "telvanta", 5000, 2000, wait=False)
        while len(shown := [post["id"] for post in networks.published()]) < 300:
            time.sleep(0.02)
        os.kill(networks.pid, signal.SIGKILL)
    with sandbox_process(tmp_path) as networks:
        kept = [post["id"] for post in networks.published()]
        assert kept[: len(shown)] == shown
        later = networks.publish("x", "@Telvanta and now?")["id"]
        assert int(later) > max(map(int, kept))
