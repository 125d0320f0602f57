"""The Mastodon side of the sandbox, driven by the real Mastodon.py."""

import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mastodon import errors

from amends.collectors import build
from amends.core.ports import Account, Attachment, Draft, Page
from amends.core.post import Visibility
from amends.core.watching import Watch, WatchKind
from amends.sandbox.scenario import load
from tests.network_clients import mastodon_client
from tests.sandbox_server import Networks, sandbox_networks


@pytest.fixture
def networks(tmp_path: Path) -> Generator[Networks]:
    with sandbox_networks(tmp_path) as running:
        yield running


@pytest.fixture
def client(networks: Networks) -> Any:
    return mastodon_client(networks)


def account(networks: Networks, brand: str = "veloria") -> Account:
    told = networks.source(brand, "mastodon")
    return Account(handle=told["handle"], credentials=told["credentials"], options=told["options"])


def test_a_token_names_our_account_and_any_other_is_refused(networks: Networks, client: Any) -> None:
    me = client.account_verify_credentials()
    assert (me.id, me.username, me.display_name) == (networks.source("veloria", "mastodon")["user_id"], "VeloriaAir", "Veloria Air")
    with pytest.raises(errors.MastodonUnauthorizedError):
        mastodon_client(networks, access_token="not-it").notifications()


def test_a_mention_becomes_a_notification_with_its_status_as_html(networks: Networks, client: Any) -> None:
    told = networks.publish("mastodon", "@VeloriaAir lost & found\nhttps://bags.example/a/long/way/to/say/it?x=1&y=2 #late", author="cy")
    (found,) = client.notifications(types=["mention"])
    assert (found.type, found.status.id, found.account.acct) == ("mention", told["id"], "cy")
    assert 'class="u-url mention">@<span>VeloriaAir</span>' in found.status.content
    assert "lost &amp; found<br />" in found.status.content
    assert '<span class="ellipsis">bags.example/a/long/way/to/say</span>' in found.status.content
    assert [tag.name for tag in found.status.tags] == ["late"]
    assert client.notifications(types=["follow"]) == []


def test_our_own_posts_and_those_of_others_about_others_notify_nobody(networks: Networks, client: Any) -> None:
    networks.publish("mastodon", "@VeloriaAir to myself", author="veloria")
    networks.publish("mastodon", "@Telvanta hello", author="cy")
    assert client.notifications() == []


def test_pages_go_on_by_the_link_header(networks: Networks, client: Any) -> None:
    ids = [networks.publish("mastodon", f"number {number} #VeloriaAir")["id"] for number in range(5)][::-1]
    first = client.timeline_hashtag("veloriaair", limit=2)
    second = client.fetch_next(first)
    third = client.fetch_next(second)
    assert [status.id for status in (*first, *second, *third)] == ids
    assert client.fetch_next(third) is None
    assert [status.id for status in client.timeline_hashtag("VeloriaAir", since_id=ids[2])] == ids[:2]


def test_a_thread_is_told_from_any_of_its_statuses(networks: Networks, client: Any) -> None:
    root = networks.publish("mastodon", "@VeloriaAir one")["id"]
    answer = client.status_post("two", in_reply_to_id=root)
    last = networks.publish("mastodon", "three", reply_to=answer.id)["id"]
    context = client.status_context(answer.id)
    assert ([one.id for one in context.ancestors], [one.id for one in context.descendants]) == ([root], [last])
    assert networks.replies()[0]["parent_id"] == root


def test_a_key_publishes_once(networks: Networks, client: Any) -> None:
    ids = {client.status_post("once", idempotency_key=key).id for key in ("a", "a", "b")}
    assert len(ids) == 2
    assert {status.id for status in client.account_statuses(client.me().id)} == ids


@pytest.mark.parametrize(("text", "words"), [("", "blank"), ("x" * 501, "limit of 500")])
def test_what_is_no_status_is_refused_with_words(client: Any, text: str, words: str) -> None:
    with pytest.raises(errors.MastodonAPIError, match=words):
        client.status_post(text)


def test_a_long_link_counts_as_short(client: Any) -> None:
    assert client.status_post("x" * 470 + " https://far.example/" + "y" * 200).id


def test_search_finds_words_and_tags_but_no_boosts(networks: Networks, client: Any) -> None:
    told = networks.publish("mastodon", "the ferry was late #ferry")
    networks.publish("mastodon", "", share=told["id"])
    for query in ("ferry", "#ferry", '"was late"'):
        assert [one.id for one in client.search_v2(query, result_type="statuses").statuses] == [told["id"]]
    assert client.search_v2("(", result_type="statuses").statuses == []


def test_a_boost_carries_what_it_shares_and_a_quote_what_it_quotes(networks: Networks, client: Any) -> None:
    told = networks.publish("mastodon", "look")["id"]
    boost, quote = networks.publish("mastodon", "", share=told)["id"], networks.publish("mastodon", "see", quote=told)["id"]
    assert client.status(boost).reblog.id == told
    assert client.status(quote).quote.quoted_status.id == told


def test_an_edit_keeps_the_id_and_a_deletion_is_missing(networks: Networks, client: Any) -> None:
    told = networks.publish("mastodon", "before")["id"]
    networks.edit("mastodon", told, "after")
    status = client.status(told)
    assert (status.content, status.edited_at is not None) == ("<p>after</p>", True)
    networks.delete("mastodon", told)
    with pytest.raises(errors.MastodonNotFoundError):
        client.status(told)
    assert client.statuses([told]) == []


def test_our_own_status_may_be_deleted_and_no_other(networks: Networks, client: Any) -> None:
    theirs, ours = networks.publish("mastodon", "theirs")["id"], client.status_post("ours").id
    client.status_delete(ours)
    for gone in (ours, theirs):
        with pytest.raises(errors.MastodonNotFoundError):
            client.status_delete(gone)


def test_a_limit_ends_with_its_window(networks: Networks, client: Any) -> None:
    networks.limit("mastodon", 2, 60)
    client.notifications()
    client.notifications()
    with pytest.raises(errors.MastodonRatelimitError):
        client.notifications()


def test_a_message_to_one_person_is_seen_by_nobody_else(networks: Networks) -> None:
    told = networks.publish("mastodon", "@VeloriaAir where is my bag? #VeloriaAir", author="cy")
    collector = build("mastodon", account(networks))
    (post,) = collector.fetch(Watch(kind=WatchKind.MENTIONS), None, budget=9).posts
    draft = Draft(parent_id=told["id"], root_id=told["id"], text="Your number? #VeloriaAir", key="k", since=post.published_at, private=True)
    sent = collector.reply(draft)
    assert [one.visibility for one in collector.thread(told["id"])] == [Visibility.PUBLIC, Visibility.DIRECT]
    assert [one.id for one in mastodon_client(networks, "telvanta").timeline_hashtag("VeloriaAir")] == [told["id"]]
    with pytest.raises(errors.MastodonNotFoundError):
        mastodon_client(networks, "telvanta").status(sent.external_id)
    for page in (post.permalink, f"{networks.mastodon}/@VeloriaAir", networks.mastodon):
        assert "Your number?" not in httpx.get(page).text


def test_an_answer_with_a_picture_shows_it(networks: Networks) -> None:
    told = networks.publish("mastodon", "@VeloriaAir which desk?", author="cy")
    collector = build("mastodon", account(networks))
    picture = Attachment(content=b"\x89PNG", content_type="image/png", alt="The map of the hall")
    (post,) = collector.fetch(Watch(kind=WatchKind.MENTIONS), None, budget=9).posts
    draft = Draft(parent_id=told["id"], root_id=told["id"], text="Here", key="k", since=post.published_at, attachments=(picture,))
    sent = collector.reply(draft)
    (answer,) = collector.refresh([sent.external_id])
    assert [(medium.kind, medium.alt) for medium in answer.media] == [("image", "the map of the hall")]
    assert "the-map-of-the-hall" in httpx.get(sent.permalink).text


def test_the_public_sees_indexes_profiles_and_threads(networks: Networks) -> None:
    told = networks.publish("mastodon", "@VeloriaAir <b>late</b>", author="cy")
    for page in (networks.url, networks.mastodon, f"{networks.mastodon}/@cy", told["permalink"]):
        assert httpx.get(page).status_code == 200
    assert "&lt;b&gt;late" in httpx.get(told["permalink"]).text
    assert httpx.get(f"{networks.mastodon}/@nobody").status_code == 404
    assert httpx.get(f"{networks.mastodon}/@cy/7").status_code == 404


@pytest.mark.parametrize("kind", [WatchKind.MENTIONS, pytest.param(WatchKind.HASHTAG, marks=pytest.mark.soak)])
def test_a_stream_tells_at_once_what_is_new_changed_and_gone(networks: Networks, kind: WatchKind) -> None:
    stopping, heard, listening = threading.Event(), list[Page](), threading.Event()

    def listen() -> None:
        stream = build("mastodon", account(networks)).listen(Watch(kind=kind, query="VeloriaAir"), None, stopping=stopping.is_set)  # pyright: ignore[reportAttributeAccessIssue]
        for page in stream:
            heard.append(page)
            listening.set()

    thread = threading.Thread(target=listen)
    thread.start()
    ids = list[str]()
    for _ in range(50):
        ids.append(networks.publish("mastodon", "@VeloriaAir hello #VeloriaAir", author="cy")["id"])
        if listening.wait(0.2):
            break
    networks.edit("mastodon", ids[-1], "@VeloriaAir changed #VeloriaAir")
    wait_for(lambda: any("changed" in post.text for page in heard for post in page.posts))
    networks.delete("mastodon", ids[-1])
    wait_for(lambda: any(post.deleted for page in heard for post in page.posts))
    stopping.set()
    thread.join(timeout=30)
    posts = [post for page in heard for post in page.posts]
    assert {post.external_id for post in posts} <= set(ids)
    assert [post.external_id for post in posts if post.deleted] == ids[-1:]


def wait_for(is_so: Any) -> None:
    for _ in range(600):
        if is_so():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it never came")


def test_a_scenario_breaks_the_network_at_its_step_and_it_passes(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(
        "brand air name=Air x=AirCo reddit=AirCo subreddit=AirCo\n\n"
        "08:00 mastodon cy [en negative]\n    @AirCo late\n\n"
        "08:05 mastodon fault 503 path=/notifications\n\n"
        "08:10 mastodon cy [en negative]\n    @AirCo later\n"
    )
    with sandbox_networks(tmp_path / "data", load(tmp_path)) as networks:
        client = mastodon_client(networks, "air")
        networks.step(3)
        assert len(client.notifications()) == 1
        networks.step(30)
        with pytest.raises(errors.MastodonServiceUnavailableError):
            client.notifications()
        assert len(client.notifications()) == 2
