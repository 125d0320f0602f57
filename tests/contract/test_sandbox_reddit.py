"""The Reddit side of the sandbox, driven by the real praw."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import praw.exceptions
import prawcore.exceptions
import pytest

from tests.network_clients import praw_client
from tests.sandbox_server import Networks, sandbox_networks

SUB = "VeloriaAir"


@pytest.fixture
def networks(tmp_path: Path) -> Generator[Networks]:
    with sandbox_networks(tmp_path) as running:
        yield running


@pytest.fixture
def reddit(networks: Networks) -> Any:
    return praw_client(networks)


def submit(networks: Networks, title: str = "My bag is lost", text: str = "Nine days.", **more: Any) -> str:
    return networks.publish("reddit", text, title=title, subreddit=SUB, **more)["id"]


def comment(networks: Networks, parent: str, text: str = "Same here", **more: Any) -> str:
    return networks.publish("reddit", text, reply_to=parent, **more)["id"]


def names(things: Any) -> list[str]:
    return [thing.fullname for thing in things]


def test_password_and_refresh_token_act_for_the_brand(networks: Networks, reddit: Any) -> None:
    token = networks.source("veloria", "reddit")["credentials"]["refresh_token"]
    refreshed = praw_client(networks, username=None, password=None, refresh_token=token)
    assert reddit.user.me().name == refreshed.user.me().name == "VeloriaAir"


def test_an_app_alone_may_read_but_acts_for_nobody(networks: Networks) -> None:
    post = submit(networks)
    app = praw_client(networks, username=None, password=None)
    assert names(app.subreddit(SUB).new()) == [post]
    with pytest.raises(prawcore.exceptions.Forbidden):
        app.submission(post[3:]).reply("Hello")


def test_a_wrong_password_is_an_invalid_grant_and_a_wrong_secret_a_401(networks: Networks) -> None:
    with pytest.raises(prawcore.exceptions.OAuthException, match="invalid_grant"):
        praw_client(networks, password="not-it").user.me()
    with pytest.raises(prawcore.exceptions.ResponseException, match="401"):
        praw_client(networks, client_secret="not-it").user.me()


def test_a_listing_is_walked_by_after_while_posts_arrive(networks: Networks, reddit: Any) -> None:
    first = [submit(networks, f"Complaint {number}") for number in range(12)]
    sub = reddit.subreddit(SUB)
    seen = names(sub.new(limit=5))
    submit(networks, "Meanwhile")
    seen += names(sub.new(limit=5, params={"after": seen[-1]}))
    networks.delete("reddit", seen[-1])
    seen += names(sub.new(limit=5, params={"after": seen[-1]}))
    assert seen == first[::-1]


def test_nothing_is_listed_before_a_deleted_anchor(networks: Networks, reddit: Any) -> None:
    anchor, newer = submit(networks), submit(networks, "Newer")
    sub = reddit.subreddit(SUB)
    assert names(sub.new(params={"before": anchor})) == [newer]
    networks.delete("reddit", anchor)
    assert names(sub.new(params={"before": anchor})) == []


def test_comments_are_listed_apart_from_submissions(networks: Networks, reddit: Any) -> None:
    post = submit(networks)
    said = comment(networks, post, "Same <here> & there", author="dee")
    found = list(reddit.subreddit(SUB).comments(limit=100))
    assert names(found) == [said]
    assert (found[0].body, found[0].link_id, found[0].parent_id, found[0].author.name) == ("Same <here> & there", post, post, "dee")
    assert names(reddit.subreddit(SUB).new()) == [post]
    assert reddit.submission(post[3:]).num_comments == 1


def test_search_looks_at_submissions_anywhere(networks: Networks, reddit: Any) -> None:
    elsewhere = networks.publish("reddit", "Eleven hours with Veloria Air", title="Layover", subreddit="LayoverStories")["id"]
    comment(networks, elsewhere, "Veloria Air, of course")
    submit(networks, "A bag")
    assert names(reddit.subreddit("all").search('"Veloria Air"', sort="new")) == [elsewhere]
    assert names(reddit.subreddit(SUB).search("bag OR layover", sort="new")) != [elsewhere]


def test_a_call_by_name_lies_in_the_inbox(networks: Networks, reddit: Any) -> None:
    elsewhere = networks.publish("reddit", "", title="Layover", subreddit="LayoverStories")["id"]
    called = comment(networks, elsewhere, "u/VeloriaAir, read this")
    comment(networks, elsewhere, "u/Telvanta too")
    found = list(reddit.inbox.mentions())
    assert names(found) == [called]
    assert (found[0].subject, found[0].context.endswith("?context=3")) == ("username mention", True)


def test_our_reply_stands_in_the_thread_and_on_the_public_page(networks: Networks, reddit: Any) -> None:
    post = submit(networks, "<script>alert(1)</script>")
    said = comment(networks, post)
    reply = reddit.comment(said[3:]).reply("We are sorry.")
    assert reply.parent_id == said
    thread = reddit.submission(post[3:])
    assert names(thread.comments.list()) == [said, reply.fullname]
    assert [sent["id"] for sent in networks.replies()] == [reply.fullname]
    page = httpx.get(f"{networks.reddit}{reply.permalink}")
    assert page.status_code == 200
    assert "We are sorry." in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize(
    ("why", "word"), [("locked", "THREAD_LOCKED"), ("gone", "DELETED_COMMENT"), ("long", "TOO_LONG"), ("fault", "RATELIMIT")]
)
def test_reddit_refuses_a_comment_with_a_word(networks: Networks, reddit: Any, why: str, word: str) -> None:
    post = submit(networks)
    if why == "locked":
        networks.lock(post)
    if why == "gone":
        networks.delete("reddit", post)
    if why == "fault":
        networks.fault("reddit", "ratelimit", path="/api/comment")
    with pytest.raises(praw.exceptions.RedditAPIException) as refused:
        reddit.submission(post[3:]).reply("x" * 10_001 if why == "long" else "Hello")
    assert refused.value.items[0].error_type == word
    assert networks.replies() == []


def test_deleted_removed_and_edited_things_look_as_on_reddit(networks: Networks, reddit: Any) -> None:
    post = submit(networks)
    gone, removed, edited = (comment(networks, post, f"comment {number}", author="cy") for number in range(3))
    networks.delete("reddit", gone)
    networks.delete("reddit", removed, by="moderator")
    networks.edit("reddit", edited, "better said")
    things = {thing.fullname: vars(thing) for thing in reddit.info(fullnames=[gone, removed, edited, post])}
    assert (things[gone]["body"], things[gone]["author"]) == ("[deleted]", None)
    assert things[removed]["body"] == "[removed]"
    assert (things[edited]["body"], things[edited]["edited"] > 0, things[post]["edited"]) == ("better said", True, False)
    assert names(reddit.subreddit(SUB).comments()) == [edited]


def test_a_crosspost_carries_its_parent(networks: Networks, reddit: Any) -> None:
    post = submit(networks)
    share = networks.publish("reddit", "", title="Look at this", subreddit="LayoverStories", share=post)["id"]
    found = next(iter(reddit.info(fullnames=[share])))
    assert found.crosspost_parent == post
    assert found.crosspost_parent_list[0]["title"] == "My bag is lost"


def test_we_edit_and_delete_our_own_and_nobody_elses(networks: Networks, reddit: Any) -> None:
    post = submit(networks)
    reply = reddit.submission(post[3:]).reply("We are sory.")
    assert reply.edit("We are sorry.").body == "We are sorry."
    reply.delete()
    assert networks.replies() == []
    with pytest.raises(prawcore.exceptions.Forbidden):
        reddit.submission(post[3:]).delete()


def test_a_spent_window_is_a_429_with_its_end(networks: Networks, reddit: Any) -> None:
    reddit.user.me()
    networks.limit("reddit", 1, 600)
    header = {"authorization": f"bearer {reddit._core._authorizer.access_token}"}
    answers = [httpx.get(f"{networks.reddit}/api/v1/me", headers=header) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[0].headers["x-ratelimit-remaining"] == "0.0"
    assert int(answers[1].headers["retry-after"]) > 0


def test_texts_come_escaped_unless_raw_json_is_asked_for(networks: Networks, reddit: Any) -> None:
    submit(networks, "a < b")
    reddit.user.me()
    header = {"authorization": f"bearer {reddit._core._authorizer.access_token}"}
    listing = httpx.get(f"{networks.reddit}/r/{SUB}/new", headers=header).json()
    assert listing["data"]["children"][0]["data"]["title"] == "a &lt; b"


def test_an_unknown_subreddit_is_not_found(reddit: Any) -> None:
    with pytest.raises(prawcore.exceptions.NotFound):
        list(reddit.subreddit("nowhere_at_all").new())
