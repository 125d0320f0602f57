"""The X side of the sandbox, driven by the real tweepy."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest
import tweepy

from tests.network_clients import tweepy_client
from tests.sandbox_server import Networks, sandbox_networks


@pytest.fixture
def networks(tmp_path: Path) -> Generator[Networks]:
    with sandbox_networks(tmp_path) as running:
        yield running


@pytest.fixture
def x(networks: Networks) -> Any:
    return tweepy_client(networks)


def our_id(networks: Networks) -> str:
    return networks.source("veloria", "x")["user_id"]


def test_both_ways_of_signing_in_name_our_account(networks: Networks, x: Any) -> None:
    for as_user in (True, False):
        assert x.get_me(user_auth=as_user)["data"] == {"id": our_id(networks), "name": "Veloria Air", "username": "VeloriaAir"}


@pytest.mark.parametrize("wrong", ["bearer_token", "consumer_secret", "access_token"])
def test_a_wrong_credential_is_refused(networks: Networks, wrong: str) -> None:
    client = tweepy_client(networks, **{wrong: "not-it"})
    with pytest.raises(tweepy.Unauthorized):
        client.get_me(user_auth=wrong != "bearer_token")


def test_a_post_comes_bare_unless_more_is_asked_for(networks: Networks, x: Any) -> None:
    post = networks.publish("x", "@VeloriaAir a < b & c https://example.org/a?b=1", author="cy", followers=77)
    bare = x.get_users_mentions(our_id(networks))["data"][0]
    assert set(bare) == {"id", "text", "edit_history_tweet_ids"}
    assert "a &lt; b &amp; c https://t.co/" in bare["text"]
    full = x.get_users_mentions(
        our_id(networks), expansions=["author_id"], tweet_fields=["created_at", "entities"], user_fields=["public_metrics"]
    )
    assert full["data"][0]["entities"]["urls"][0]["expanded_url"] == "https://example.org/a?b=1"
    assert full["data"][0]["id"] == post["id"]
    assert full["includes"]["users"][0]["public_metrics"]["followers_count"] == 77


def test_the_newer_spelling_is_answered_in_kind(networks: Networks) -> None:
    post = networks.publish("x", "@VeloriaAir hello")
    networks.edit("x", post["id"], "@VeloriaAir hello again")
    answer = httpx.get(
        f"{networks.x}/2/tweets",
        params={"ids": post["id"], "post.fields": "created_at"},
        headers={"authorization": "Bearer sandbox-veloria-bearer-token"},
    ).json()
    assert len(answer["data"][0]["edit_history_post_ids"]) == 2
    assert "created_at" in answer["data"][0]


def test_walking_back_shows_each_post_once_while_new_ones_arrive(networks: Networks, x: Any) -> None:
    first = [networks.publish("x", f"@VeloriaAir complaint {number}")["id"] for number in range(23)]
    seen: list[str] = []
    token = None
    while True:
        page = x.get_users_mentions(our_id(networks), max_results=5, pagination_token=token)
        seen += [post["id"] for post in page["data"]]
        networks.publish("x", "@VeloriaAir one more meanwhile")
        token = page["meta"].get("next_token")
        if token is None:
            break
    assert seen == first[::-1]


def test_since_id_gives_what_is_newer(networks: Networks, x: Any) -> None:
    posts = [networks.publish("x", f"@VeloriaAir {number}")["id"] for number in range(4)]
    page = x.get_users_mentions(our_id(networks), since_id=posts[1])
    assert [post["id"] for post in page["data"]] == [posts[3], posts[2]]
    assert page["meta"] == {"newest_id": posts[3], "oldest_id": posts[2], "result_count": 2}
    assert x.get_users_mentions(our_id(networks), since_id=posts[3]) == {"meta": {"result_count": 0}}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Any, dict[str, str]]]:
    """A client on a network with one post of each kind, and their ids by name."""
    with sandbox_networks(tmp_path_factory.mktemp("crowd")) as net:
        bag = net.publish("x", "@VeloriaAir you lost my lost bag", author="cy")["id"]
        others = {
            "quoting": net.publish("x", "what a bag", quote=bag, author="dee"),
            "refund": net.publish("x", "VeloriaAir, my refund? #stranded", author="dee"),
            "reply": net.publish("x", "same here", reply_to=bag, author="eve"),
            "share": net.publish("x", "RT @cy: @VeloriaAir you...", share=bag, author="eve", language="es"),
            "own": net.publish("x", "good morning", author="veloria"),
            "sinhala": net.publish("x", "වෙලෝරියා පරක්කුයි", author="nimal", language="si"),
        }
        yield tweepy_client(net), {"bag": bag} | {name: post["id"] for name, post in others.items()}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("bag", {"bag", "quoting"}),
        ('"lost bag"', {"bag"}),
        ("bag -lost", {"quoting"}),
        ("lost OR refund", {"bag", "refund"}),
        ("(bag OR refund) -from:cy", {"quoting", "refund"}),
        ("@VeloriaAir is:reply", {"reply"}),
        ("VELORIAAIR -is:retweet -is:reply lang:en", {"bag", "refund"}),
        ("is:retweet VeloriaAir", {"share"}),
        ("is:quote", {"quoting"}),
        ("to:cy", {"reply"}),
        ("from:VeloriaAir", {"own"}),
        ("#stranded", {"refund"}),
        ("වෙලෝරියා", {"sinhala"}),
        ("lang:si", {"sinhala"}),
    ],
)
def test_search_understands(crowd: tuple[Any, dict[str, str]], query: str, found: set[str]) -> None:
    client, ids = crowd
    assert {post["id"] for post in client.search_recent_tweets(query).get("data", [])} == {ids[name] for name in found}


def test_the_mentions_leave_out_shares(crowd: tuple[Any, dict[str, str]]) -> None:
    client, ids = crowd
    page = client.get_users_mentions(client.get_me()["data"]["id"])
    assert [post["id"] for post in page["data"]] == [ids["reply"], ids["bag"]]


def test_a_conversation_is_found_by_its_id(networks: Networks, x: Any) -> None:
    root = networks.publish("x", "@VeloriaAir where is it", author="cy")
    reply = networks.publish("x", "I wonder too", reply_to=root["id"], author="dee")
    networks.publish("x", "@VeloriaAir something else")
    answer = x.search_recent_tweets(f"conversation_id:{root['id']}", tweet_fields=["referenced_tweets", "conversation_id"])
    assert [post["id"] for post in answer["data"]] == [reply["id"], root["id"]]
    assert answer["data"][0]["referenced_tweets"] == [{"type": "replied_to", "id": root["id"]}]
    assert answer["data"][0]["text"] == "@cy @VeloriaAir I wonder too"


@pytest.mark.parametrize("query", ["", "(open", "a OR", "since:2020", "x" * 513])
def test_a_query_that_x_cannot_read_is_a_bad_request(x: Any, query: str) -> None:
    with pytest.raises(tweepy.BadRequest):
        x.search_recent_tweets(query)


@pytest.mark.parametrize("wrong", [{"max_results": 4}, {"max_results": 101}, {"pagination_token": "nonsense"}, {"since_id": "abc"}])
def test_a_page_that_x_does_not_give_is_a_bad_request(networks: Networks, x: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(tweepy.BadRequest):
        x.get_users_mentions(our_id(networks), **wrong)


def test_search_refuses_a_mark_from_before_its_week(x: Any) -> None:
    with pytest.raises(tweepy.BadRequest, match="since_id"):
        x.search_recent_tweets("anything", since_id="1456012973835788293")


def test_an_edit_has_a_new_id_and_keeps_the_first_in_its_history(networks: Networks, x: Any) -> None:
    post = networks.publish("x", "@VeloriaAir my bag is gome")
    edited = networks.edit("x", post["id"], "@VeloriaAir my bag is gone")
    newest = x.get_users_mentions(our_id(networks), since_id=post["id"])["data"][0]
    assert newest["id"] == edited["head"] != post["id"]
    assert newest["edit_history_tweet_ids"] == [post["id"], edited["head"]]
    older = x.get_tweets([post["id"]], expansions=["edit_history_tweet_ids"])
    assert older["data"][0]["text"] == "@VeloriaAir my bag is gome"
    assert {wording["text"] for wording in older["includes"]["tweets"]} == {"@VeloriaAir my bag is gome", "@VeloriaAir my bag is gone"}


def test_a_deleted_post_leaves_an_error_beside_the_rest(networks: Networks, x: Any) -> None:
    kept, gone = networks.publish("x", "@VeloriaAir stay")["id"], networks.publish("x", "@VeloriaAir go")["id"]
    networks.delete("x", gone)
    answer = x.get_tweets([kept, gone])
    assert [post["id"] for post in answer["data"]] == [kept]
    assert answer["errors"][0]["resource_id"] == gone
    assert [post["id"] for post in x.get_users_mentions(our_id(networks))["data"]] == [kept]


def test_a_long_post_is_cut_and_comes_whole_as_a_note(networks: Networks, x: Any) -> None:
    text = "@VeloriaAir " + "so long " * 60
    networks.publish("x", text.strip())
    post = x.get_users_mentions(our_id(networks), tweet_fields=["note_tweet"])["data"][0]
    assert post["text"].endswith("…")
    assert post["note_tweet"]["text"] == text.strip()


def test_our_reply_stands_in_the_conversation_and_on_the_public_page(networks: Networks, x: Any) -> None:
    root = networks.publish("x", "@VeloriaAir <b>help</b>", author="cy")
    sent = x.create_tweet(text="We are looking for it.", in_reply_to_tweet_id=root["id"])["data"]
    assert sent["text"] == "@cy We are looking for it."
    assert [reply["id"] for reply in networks.replies()] == [sent["id"]]
    page = httpx.get(f"{networks.x}/VeloriaAir/status/{sent['id']}").text
    assert "&lt;b&gt;help&lt;/b&gt;" in page
    assert "We are looking for it." in page
    assert "the company" in page


def test_x_lets_us_answer_only_those_who_called_us(networks: Networks, x: Any) -> None:
    stranger = networks.publish("x", "VeloriaAir lost my bag", author="cy")
    with pytest.raises(tweepy.Forbidden, match="mentioned or otherwise engaged"):
        x.create_tweet(text="Hello", in_reply_to_tweet_id=stranger["id"])
    own = networks.publish("x", "good morning", author="veloria")
    quoting = networks.publish("x", "oh really", author="dee", quote=own["id"])
    assert x.create_tweet(text="Yes", in_reply_to_tweet_id=quoting["id"])["data"]["id"]


def test_x_refuses_what_it_has_already_and_what_is_too_long_or_gone(networks: Networks, x: Any) -> None:
    root = networks.publish("x", "@VeloriaAir help", author="cy")
    x.create_tweet(text="We are on it", in_reply_to_tweet_id=root["id"])
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        x.create_tweet(text="We are on it", in_reply_to_tweet_id=root["id"])
    with pytest.raises(tweepy.Forbidden, match="too long"):
        x.create_tweet(text="ሰ" * 141, in_reply_to_tweet_id=root["id"])
    networks.delete("x", root["id"])
    with pytest.raises(tweepy.Forbidden, match="deleted or not visible"):
        x.create_tweet(text="Still there?", in_reply_to_tweet_id=root["id"])
    assert len(networks.replies()) == 1


def test_we_delete_our_own_and_nobody_elses(networks: Networks, x: Any) -> None:
    sent = x.create_tweet(text="Good morning")["data"]["id"]
    assert x.delete_tweet(sent)["data"]["deleted"] is True
    assert "data" not in x.get_tweets([sent])
    with pytest.raises(tweepy.Forbidden):
        x.delete_tweet(networks.publish("x", "not yours")["id"])


def test_a_spent_window_says_when_the_next_one_begins(networks: Networks, x: Any) -> None:
    networks.limit("x", 2, 900)
    for _ in range(2):
        x.get_users_mentions(our_id(networks))
    with pytest.raises(tweepy.TooManyRequests) as refused:
        x.get_users_mentions(our_id(networks))
    assert refused.value.response.headers["x-rate-limit-remaining"] == "0"
    assert refused.value.reset_time
    assert x.get_me()["data"]["username"] == "VeloriaAir", "other endpoints have windows of their own"
