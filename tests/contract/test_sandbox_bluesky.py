"""The Bluesky side of the sandbox, driven by the real atproto, whose strict models read every answer."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.needs import Later
from tests.sandbox_server import Networks, sandbox_networks

if TYPE_CHECKING:
    from atproto import Client
    from atproto_client.models.app.bsky.notification.list_notifications import Notification

atproto = Later("atproto")
errors = Later("atproto_client.exceptions")

OURS = "veloria-air.example"


@pytest.fixture
def networks(tmp_path: Path) -> Generator[Networks]:
    with sandbox_networks(tmp_path) as running:
        yield running


@pytest.fixture
def sky(networks: Networks) -> "Client":
    client = atproto.Client(base_url=f"{networks.url}/bluesky")
    client.login(OURS, networks.source("veloria", "bluesky")["credentials"]["app_password"])
    return client


def told(sky: "Client", **asked: object) -> "list[Notification]":
    return sky.app.bsky.notification.list_notifications(asked).notifications  # pyright: ignore[reportArgumentType]


def test_an_app_password_opens_our_account_and_another_does_not(networks: Networks, sky: "Client") -> None:
    me = sky.com.atproto.server.get_session()
    assert (me.did, me.handle) == (networks.source("veloria", "bluesky")["user_id"], OURS)
    with pytest.raises(errors.UnauthorizedError):
        atproto.Client(base_url=f"{networks.url}/bluesky").login(OURS, "not-it")


def test_without_a_session_or_with_a_broken_one_nothing_is_told(networks: Networks) -> None:
    address = f"{networks.url}/bluesky/xrpc/app.bsky.notification.listNotifications"
    assert httpx.get(address).json() == {"error": "AuthMissing", "message": "Authentication Required"}
    broken = httpx.get(address, headers={"authorization": "Bearer a.b.c"})
    assert (broken.status_code, broken.json()["error"]) == (400, "InvalidToken")


def test_a_session_runs_out_and_is_renewed(tmp_path: Path) -> None:
    now = [datetime(2026, 3, 1, tzinfo=UTC)]
    with sandbox_networks(tmp_path, clock=lambda: now[0]) as networks:
        password = networks.source("veloria", "bluesky")["credentials"]["app_password"]
        session = networks.control.post(
            "/bluesky/xrpc/com.atproto.server.createSession", json={"identifier": OURS, "password": password}
        ).json()
        now[0] += timedelta(hours=3)
        address = "/bluesky/xrpc/com.atproto.server.getSession"
        old = networks.control.get(address, headers={"authorization": f"Bearer {session['accessJwt']}"})
        assert (old.status_code, old.json()["error"]) == (400, "ExpiredToken")
        renewed = networks.control.post(
            "/bluesky/xrpc/com.atproto.server.refreshSession", headers={"authorization": f"Bearer {session['refreshJwt']}"}
        ).json()
        assert networks.control.get(address, headers={"authorization": f"Bearer {renewed['accessJwt']}"}).status_code == 200


def test_mentions_answers_and_quotes_of_ours_are_told_and_nothing_else(networks: Networks, sky: "Client") -> None:
    mine = sky.send_post("Boat 7 sails at noon").uri
    mention = networks.publish("bluesky", f"@{OURS} hello", author="cy")["id"]
    answer = networks.publish("bluesky", "really?", author="cy", reply_to=mine)["id"]
    quote = networks.publish("bluesky", "look", author="nadia", quote=mine)["id"]
    networks.publish("bluesky", "Veloria without a mention", author="cy")
    assert [(note.reason, note.uri) for note in told(sky)] == [("quote", quote), ("reply", answer), ("mention", mention)]
    assert [note.uri for note in told(sky, reasons=["reply"])] == [answer]


def test_the_place_of_a_list_of_notifications_is_a_bare_time(networks: Networks, sky: "Client") -> None:
    for number in range(5):
        networks.publish("bluesky", f"@{OURS} {number}")
    page = sky.app.bsky.notification.list_notifications({"limit": 2})
    assert page.cursor == page.notifications[-1].indexed_at
    older = sky.app.bsky.notification.list_notifications({"limit": 2, "cursor": page.cursor}).notifications
    assert page.cursor is not None
    assert all(note.indexed_at < page.cursor for note in older)


def test_links_are_shortened_in_the_text_and_whole_in_its_facets(networks: Networks, sky: "Client") -> None:
    link = "https://www.ferries.example/late/boats/number-seven?day=20"
    networks.publish("bluesky", f"\N{SHIP} @{OURS} see {link} #late", author="cy")
    record: Any = sky.app.bsky.feed.search_posts({"q": "late", "sort": "latest"}).posts[0].record
    assert record.text.endswith("... #late")
    features = [facet.features[0] for facet in record.facets]
    assert [getattr(features[0], "did", ""), getattr(features[1], "uri", ""), getattr(features[2], "tag", "")] == [
        networks.source("veloria", "bluesky")["user_id"],
        link,
        "late",
    ]


def test_search_goes_through_everything_page_by_page(networks: Networks, sky: "Client") -> None:
    wanted = [networks.publish("bluesky", f"harbour number {number}")["id"] for number in range(7)]
    networks.publish("bluesky", "something else")
    found, cursor = list[str](), None
    while True:
        page = sky.app.bsky.feed.search_posts({"q": "harbour", "limit": 3, "cursor": cursor})
        found += [post.uri for post in page.posts]
        cursor = page.cursor
        if cursor is None:
            break
    assert found == wanted[::-1]
    with pytest.raises(errors.BadRequestError):
        sky.app.bsky.feed.search_posts({"q": "harbour", "cursor": "nowhere"})


def test_a_thread_shows_who_answered_whom_and_what_is_gone(networks: Networks, sky: "Client") -> None:
    root = networks.publish("bluesky", f"@{OURS} late again", author="cy")["id"]
    gone = networks.publish("bluesky", "me too", author="nadia", reply_to=root)["id"]
    networks.publish("bluesky", "who?", author="cy", reply_to=gone)
    networks.delete("bluesky", gone)
    from atproto_client.models.app.bsky.feed.defs import NotFoundPost, ThreadViewPost  # noqa: PLC0415 - as late as the others

    thread = sky.get_post_thread(root).thread
    assert isinstance(thread, ThreadViewPost)
    assert thread.replies is not None
    assert [type(answer) for answer in thread.replies] == [NotFoundPost]
    assert [post.uri for post in sky.get_posts([root, gone]).posts] == [root]
    with pytest.raises(errors.BadRequestError, match="NotFound"):
        sky.get_post_thread(gone)


def test_a_key_is_used_once_and_an_answer_needs_its_parent(networks: Networks, sky: "Client") -> None:
    root = networks.publish("bluesky", f"@{OURS} late again", author="cy")["id"]
    did = networks.source("veloria", "bluesky")["user_id"]
    cid = sky.get_posts([root]).posts[0].cid
    reference = {"uri": root, "cid": cid}
    record = {"$type": "app.bsky.feed.post", "text": "Sorry!", "createdAt": "2026-03-01T00:00:00Z"}
    record |= {"reply": {"root": reference, "parent": reference}}
    said = {"repo": did, "collection": "app.bsky.feed.post", "rkey": "3n36antozhslg", "record": record}
    made = sky.com.atproto.repo.create_record(said)  # pyright: ignore[reportArgumentType]
    assert made.uri == f"at://{did}/app.bsky.feed.post/3n36antozhslg"
    with pytest.raises(errors.RequestErrorBase, match="InternalServerError"):
        sky.com.atproto.repo.create_record(said)  # pyright: ignore[reportArgumentType]
    lost = {"uri": root, "cid": "bafyreiother"}
    with pytest.raises(errors.BadRequestError, match="leads nowhere"):
        sky.com.atproto.repo.create_record(said | {"rkey": "", "record": record | {"reply": {"root": lost, "parent": lost}}})  # pyright: ignore[reportArgumentType]
    assert [(reply["id"], reply["doubled"]) for reply in networks.replies()] == [(made.uri, False)]


def test_three_hundred_graphemes_are_taken_and_no_more(sky: "Client") -> None:
    family = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
    assert sky.send_post(family * 100 + "a" * 200).uri
    with pytest.raises(errors.BadRequestError, match="grapheme too big"):
        sky.send_post("a" * 301)
    with pytest.raises(errors.BadRequestError, match="string too big"):
        sky.send_post(family * 200)


def test_a_picture_is_taken_and_shown_with_its_words(networks: Networks, sky: "Client") -> None:
    made = sky.send_image("See", b"not really a picture", "the new boat")
    embed: Any = sky.get_posts([made.uri]).posts[0].embed
    assert embed.images[0].alt == "the-new-boat"
    with pytest.raises(errors.BadRequestError, match="BlobTooLarge"):
        sky.upload_blob(b"x" * 1_000_001)
    sky.delete_post(made.uri)
    assert sky.get_posts([made.uri]).posts == []


def test_an_author_s_feed_has_what_they_shared(networks: Networks, sky: "Client") -> None:
    root = networks.publish("bluesky", f"@{OURS} hello", author="cy")["id"]
    networks.publish("bluesky", "", author="nadia", share=root)
    feed = sky.get_author_feed("nadia.sky.example").feed
    assert [(entry.post.uri, entry.reason is not None) for entry in feed] == [(root, True)]


def test_the_rate_limit_is_told_and_kept(networks: Networks, sky: "Client") -> None:
    networks.limit("bluesky", 2, 60)
    sky.com.atproto.server.get_session()
    sky.com.atproto.server.get_session()
    with pytest.raises(errors.RequestErrorBase, match="RateLimitExceeded"):
        sky.com.atproto.server.get_session()


def test_people_see_indexes_profiles_and_threads(networks: Networks) -> None:
    root = networks.publish("bluesky", f"@{OURS} hello <b>", author="cy")
    for path in ("/bluesky", "/bluesky/profile/cy.sky.example", root["permalink"]):
        page = networks.control.get(path)
        assert page.status_code == 200
        assert "hello &lt;b&gt;" in page.text
    assert networks.control.get("/bluesky/profile/nobody.example").status_code == 404
    assert networks.control.get("/bluesky/profile/cy.sky.example/post/none").status_code == 404


def test_nobody_can_edit(networks: Networks) -> None:
    post = networks.publish("bluesky", f"@{OURS} hello", author="cy")
    assert networks.control.patch(f"/control/posts/bluesky/{post['id']}", json={"text": "other"}).status_code == 404
