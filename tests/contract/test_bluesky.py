"""What is Bluesky's own: facets, embeds, times that lie, sessions, keys of answers, and the stream."""

import json
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.sync.server import ServerConnection, serve

from amends.collectors._bluesky_items import tid
from amends.collectors._bluesky_reply import key_of
from amends.collectors._bluesky_text import length, marked
from amends.collectors.bluesky import Bluesky, posts_from
from amends.core.errors import AccessDenied, CredentialsRefused, QueryRefused, ReplyRefused, Unreachable
from amends.core.ports import Account, Attachment, Cursor, Draft, Page
from amends.core.post import Media, Post, Visibility
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Answer, Replay, Request, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
US, CY = "did:plc:us", "did:plc:cy"
HANDLE = "northpier.example"
OURS = Account(handle=HANDLE, options={"user_id": US})
MENTIONS = Watch(kind=WatchKind.MENTIONS)


def uri(key: str = "", did: str = CY, at: datetime = NOW) -> str:
    return f"at://{did}/app.bsky.feed.post/{key or tid(at, 0)}"


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def view(text: str = "hello", *, at: datetime = NOW, indexed: datetime | None = None, **more: Any) -> dict[str, Any]:
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": iso(at), **more.pop("record", {})}
    author = {"did": CY, "handle": "cy.example", **more.pop("author", {})}
    return {"uri": uri(at=indexed or at), "cid": "bafyreicy", "author": author, "record": record, "indexedAt": iso(indexed or at), **more}


def only(body: object) -> Post:
    harvest = posts_from(json.dumps(body).encode(), OURS)
    assert harvest.troubles == ()
    (post,) = harvest.posts
    assert posts_from(post.raw, OURS).posts == (post,)
    return post


def facet(text: str, shown: str, **feature: str) -> dict[str, Any]:
    start = len(text[: text.index(shown)].encode())
    return {"index": {"byteStart": start, "byteEnd": start + len(shown.encode())}, "features": [feature]}


@pytest.mark.parametrize(
    ("text", "shown", "link", "read"),
    [
        (
            "\U0001f62d see ferries.example/late/b...",
            "ferries.example/late/b...",
            "https://www.ferries.example/late/boat",
            "\U0001f62d see {}",
        ),
        ("see ferries.example/la\u2026 now", "ferries.example/la\u2026", "https://ferries.example/late", "see {} now"),
        ("see https://ferries.example now", "https://ferries.example", "https://ferries.example", "see {} now"),
        ("win a prize here", "here", "https://evil.example/", "win a prize here ({})"),
        ("see bank.example", "bank.example", "https://evil.example/", "see bank.example ({})"),
        ("see it", "it", "javascript:alert(1)", "see it"),
    ],
)
def test_a_link_is_written_out_so_that_everybody_sees_where_it_leads(text: str, shown: str, link: str, read: str) -> None:
    assert only(view(text, record={"facets": [facet(text, shown, uri=link)]})).text == read.format(link)


@pytest.mark.parametrize(
    "index",
    [
        {"byteStart": 1, "byteEnd": 5},
        {"byteStart": 0, "byteEnd": 400},
        {"byteStart": -1, "byteEnd": 4},
        {"byteStart": 4, "byteEnd": 4},
        {"byteStart": "x"},
        None,
    ],
)
def test_a_facet_that_marks_no_letters_is_passed_over(index: object) -> None:
    odd = {"index": index, "features": [{"uri": "https://evil.example/"}]}
    assert only(view("\U0001f62d late", record={"facets": [odd]})).text == "\U0001f62d late"


def test_facets_over_each_other_keep_the_text_whole() -> None:
    text = "see ferries.example now"
    twice = [facet(text, "ferries.example", uri="https://ferries.example/a"), facet(text, "example now", uri="https://evil.example/")]
    assert only(view(text, record={"facets": twice})).text == "see https://ferries.example/a now"


def test_we_are_called_by_our_handle_whatever_the_text_says() -> None:
    text = "@old-name.example and @nadia.example"
    facets = [facet(text, "@old-name.example", did=US), facet(text, "@nadia.example", did="did:plc:nadia")]
    assert only(view(text, record={"facets": facets})).mentions == (HANDLE, "nadia.example")


def test_a_half_sign_and_a_nul_move_no_facet() -> None:
    text = "\x00\ud83d see late/b..."
    whole = text.replace("\ud83d", "\ufffd")
    facets = [facet(whole, "late/b...", uri="https://late/boat")]
    assert only(view(text, record={"facets": facets})).text == "\ufffd see https://late/boat"


def test_pictures_come_from_the_view_or_from_the_record_itself() -> None:
    blob = {"$type": "blob", "ref": {"$link": "bafkreiqueue"}, "mimeType": "image/jpeg", "size": 9}
    embed = {"$type": "app.bsky.embed.images", "images": [{"alt": "a queue", "image": blob}]}
    shown = {"$type": "app.bsky.embed.images#view", "images": [{"alt": "a queue", "fullsize": "https://pics.example/queue"}]}
    assert only(view(record={"embed": embed})).media == (
        Media(kind="image", url="https://cdn.bsky.app/img/feed_fullsize/plain/did:plc:cy/bafkreiqueue@jpeg", alt="a queue"),
    )
    assert only(view(record={"embed": embed}, embed=shown)).media == (Media(kind="image", url="https://pics.example/queue", alt="a queue"),)


def test_a_clip_a_card_and_a_quote_with_pictures_are_read() -> None:
    clip = {"$type": "app.bsky.embed.video#view", "playlist": "https://video.example/a.m3u8", "alt": "waves"}
    assert only(view(embed=clip)).media == (Media(kind="video", url="https://video.example/a.m3u8", alt="waves"),)
    card = {"$type": "app.bsky.embed.external", "external": {"uri": "https://news.example/pier", "title": "Pier"}}
    assert only(view("look", record={"embed": card})).text == "look\n\nhttps://news.example/pier"
    quote = {"$type": "app.bsky.embed.record", "record": {"uri": uri(did=US), "cid": "c"}}
    both = {"$type": "app.bsky.embed.recordWithMedia", "record": quote, "media": card}
    assert only(view(record={"embed": quote})).quoted_id == only(view(record={"embed": both})).quoted_id == uri(did=US)
    feed = {"$type": "app.bsky.embed.record", "record": {"uri": f"at://{US}/app.bsky.feed.generator/x", "cid": "c"}}
    assert only(view(record={"embed": feed})).quoted_id is None


@pytest.mark.parametrize(
    ("claimed", "indexed", "read"),
    [
        (NOW, NOW + timedelta(seconds=2), NOW),
        (NOW + timedelta(days=400), NOW, NOW),
        (NOW - timedelta(hours=1), NOW, NOW - timedelta(hours=1)),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW, NOW),
        (datetime(2019, 5, 1, tzinfo=UTC), NOW, NOW),
    ],
)
def test_a_time_that_cannot_be_is_not_believed(claimed: datetime, indexed: datetime, read: datetime) -> None:
    assert only(view(at=claimed, indexed=indexed)).published_at == read


def test_without_any_time_the_key_tells_it() -> None:
    assert only({"uri": uri(), "cid": "c", "value": {"text": "hello"}}).published_at == NOW


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"viewer": {"replyDisabled": True}}, "only some people"),
        ({"author": {"viewer": {"blockedBy": True}}}, "blocks our account"),
        ({"author": {"viewer": {"blocking": "at://did:plc:us/app.bsky.graph.block/x"}}}, "blocks the author"),
    ],
)
def test_a_post_that_may_not_be_answered_says_why(more: dict[str, Any], says: str) -> None:
    post = only(view(**more))
    assert not post.can_reply
    assert says in post.why_no_reply


def test_labels_take_a_post_down_or_keep_it_among_members() -> None:
    assert only(view(labels=[{"val": "!takedown"}])).text == ""
    assert only(view(labels=[{"val": "!takedown"}])).deleted
    assert not only(view(labels=[{"val": "!hide", "neg": True}, {"val": "spam"}])).deleted
    assert only(view(author={"labels": [{"val": "!no-unauthenticated"}]})).visibility is Visibility.UNLISTED


def test_a_share_in_a_feed_has_an_address_of_its_own() -> None:
    reason = {"$type": "app.bsky.feed.defs#reasonRepost", "by": {"did": US, "handle": HANDLE}, "indexedAt": iso(NOW)}
    share = f"at://{US}/app.bsky.feed.repost/x"
    post = only({"feed": [{"post": view(), "reason": {**reason, "uri": share}}]})
    assert (post.external_id, post.shared_id, post.is_own, post.text) == (share, uri(), True, "")


def test_a_thread_as_a_flat_list_is_read_too() -> None:
    flat = [{"uri": uri(), "depth": 0, "value": {"$type": "app.bsky.unspecced.defs#threadItemPost", "post": view("flat")}}]
    flat.append({"uri": uri("gone"), "depth": 1, "value": {"$type": "app.bsky.unspecced.defs#threadItemNotFound"}})
    assert only({"thread": flat}).text == "flat"


def test_likes_and_followers_are_no_posts_and_no_trouble() -> None:
    likes = [{"uri": f"at://{CY}/app.bsky.feed.like/x", "reason": "like", "record": {}}, {"uri": "x", "reason": "follow"}]
    harvest = posts_from({"notifications": likes}, OURS)
    assert (harvest.posts, harvest.troubles) == ((), ())


def test_an_answer_s_length_is_its_graphemes_or_a_tenth_of_its_bytes() -> None:
    family = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
    assert [length(text) for text in ("", "abc", "e\u0301", "\U0001f1f1\U0001f1f0", "a" * 300)] == [0, 3, 1, 1, 300]
    assert length(family) == 2
    assert length("a" * 290 + family) == 291


def test_the_mentions_links_and_tags_of_an_answer_are_marked_by_bytes() -> None:
    text = "\U0001f6a2 @cy.example, see https://help.example/?a=1&b=2. #late not me@cy.example nor @nobody.example"
    facets = marked(text, lambda handle: {"cy.example": CY}.get(handle, ""))
    shown = [text.encode()[found["index"]["byteStart"] : found["index"]["byteEnd"]].decode() for found in facets]  # pyright: ignore[reportIndexIssue, reportCallIssue, reportArgumentType]
    assert shown == ["@cy.example", "https://help.example/?a=1&b=2", "#late"]


def a_draft(**more: Any) -> Draft:
    given: dict[str, Any] = {"parent_id": uri(), "root_id": uri(), "text": "Sorry @cy.example", "key": "k", "since": NOW, **more}
    return Draft(**given)


def test_a_draft_has_one_key_on_every_try_and_no_other_has_it() -> None:
    assert key_of(a_draft()) == key_of(a_draft(text="Sorry!"))
    assert len({key_of(a_draft(key=str(number))) for number in range(500)}) == 500


class Server:
    """Bluesky in a few lines: what it says to each method, and what it was told."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.says: dict[str, Callable[[Request], Answer]] = {}
        self.kept: list[str] = []
        session = {"did": US, "handle": HANDLE, "accessJwt": "access", "refreshJwt": "refresh"}
        self.say("com.atproto.server.createSession", session)
        self.say("com.atproto.server.refreshSession", {**session, "accessJwt": "newer"})
        self.say("app.bsky.notification.listNotifications", {"notifications": []})
        self.say("app.bsky.feed.getPostThread", {"thread": {"post": view()}})
        self.say("com.atproto.repo.createRecord", {"uri": uri(did=US), "cid": "c"})
        self.replay.requests.clear()
        self.replay.answer = self.hear

    def say(self, method: str, body: object, status: int = 200) -> None:
        self.says[method] = lambda _: Answer(status=status, body=json.dumps(body).encode())

    def hear(self, request: Request) -> Answer:
        return self.says[request.path.rpartition("/")[2]](request)

    @property
    def asked(self) -> list[str]:
        return [request.path.rpartition(".")[2] for request in self.replay.requests]

    def bluesky(self, *, memory: str = "", **options: str) -> Bluesky:
        where = {"base_url": f"{self.replay.url}/bluesky", "user_id": US, **options}
        credentials = {"app_password": "p"}
        ours = Account(handle=HANDLE, credentials=credentials, options=where, memory=memory, remember=self.kept.append)
        return Bluesky(ours, lambda: NOW)


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    with replay_server() as running:
        yield running


@pytest.fixture
def server(replay: Replay) -> Server:
    return Server(replay)


def refuse_until(token: str, body: Mapping[str, Any], error: str) -> Callable[[Request], Answer]:
    def answer(request: Request) -> Answer:
        if request.headers.get("authorization") == f"Bearer {token}":
            return Answer(body=json.dumps(body).encode())
        return Answer(status=400, body=json.dumps({"error": error, "message": "Token has expired"}).encode())

    return answer


def test_a_session_is_got_once_and_remembered(server: Server) -> None:
    ours = server.bluesky()
    for _ in range(3):
        ours.fetch(MENTIONS, None, budget=10)
    assert server.asked == ["createSession", *["listNotifications"] * 3]
    server.replay.requests.clear()
    server.bluesky(memory=server.kept[-1]).fetch(MENTIONS, None, budget=10)
    assert server.asked == ["listNotifications"]


@pytest.mark.parametrize("error", ["ExpiredToken", "InvalidToken"])
def test_a_session_that_has_run_out_is_renewed_within_the_call(server: Server, error: str) -> None:
    server.says["app.bsky.notification.listNotifications"] = refuse_until("newer", {"notifications": []}, error)
    server.bluesky().fetch(MENTIONS, None, budget=10)
    assert server.asked == ["createSession", "listNotifications", "refreshSession", "listNotifications"]
    assert "newer" in server.kept[-1]


def test_a_session_that_cannot_be_renewed_is_got_anew_with_the_password(server: Server) -> None:
    server.says["app.bsky.notification.listNotifications"] = refuse_until("access", {"notifications": []}, "ExpiredToken")
    server.say("com.atproto.server.refreshSession", {"error": "ExpiredToken", "message": "Token has been revoked"}, 400)
    server.bluesky(memory=f"{HANDLE}:::{US}:::old:::old:::https://bsky.social").fetch(MENTIONS, None, budget=10)
    assert server.asked == ["listNotifications", "refreshSession", "createSession", "listNotifications"]


def test_a_memory_that_is_none_is_passed_over(server: Server) -> None:
    server.bluesky(memory="something else").fetch(MENTIONS, None, budget=10)
    assert server.asked == ["createSession", "listNotifications"]


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"error": "AuthenticationRequired", "message": "Invalid identifier or password"}, 401, CredentialsRefused),
        ({"error": "AuthFactorTokenRequired", "message": "A sign in code has been sent"}, 401, CredentialsRefused),
        ({"error": "AccountTakedown", "message": "Account has been taken down"}, 401, AccessDenied),
        ({"did": US, "handle": HANDLE, "accessJwt": "a", "refreshJwt": "r", "active": False, "status": "suspended"}, 200, AccessDenied),
        ({"did": US, "handle": HANDLE}, 200, Unreachable),
        ({"error": "InvalidRequest", "message": "Input must have the property"}, 400, CredentialsRefused),
    ],
)
def test_a_login_that_fails_says_so(server: Server, body: object, status: int, kind: type[Exception]) -> None:
    server.say("com.atproto.server.createSession", body, status)
    with pytest.raises(kind):
        server.bluesky().fetch(MENTIONS, None, budget=10)
    assert server.kept == []


@pytest.mark.parametrize(
    ("node", "says"),
    [
        ({"notFound": True, "uri": uri()}, "deleted"),
        ({"blocked": True, "uri": uri()}, "blocks our account"),
        ({"post": view(viewer={"replyDisabled": True})}, "only some people"),
    ],
)
def test_an_answer_that_nobody_could_see_is_not_sent(server: Server, node: object, says: str) -> None:
    server.say("app.bsky.feed.getPostThread", {"thread": node})
    with pytest.raises(ReplyRefused, match=says):
        server.bluesky().reply(a_draft())
    assert "createRecord" not in server.asked


def test_an_answer_carries_root_language_facets_and_pictures(server: Server) -> None:
    root = {"uri": uri("3aaaaaaaaaaaa"), "cid": "rootcid"}
    post = view(record={"langs": ["si", "en"], "reply": {"root": root, "parent": root}})
    server.say("app.bsky.feed.getPostThread", {"thread": {"post": post}})
    server.say("com.atproto.repo.uploadBlob", {"blob": {"$type": "blob", "ref": {"$link": "bafkrei"}}})
    picture = Attachment(content=b"png", content_type="image/png", alt="a boat")
    server.bluesky().reply(a_draft(attachments=(picture,)))
    sent = json.loads(server.replay.requests[-1].body)
    assert (sent["repo"], sent["rkey"]) == (US, key_of(a_draft()))
    assert sent["record"]["reply"] == {"root": root, "parent": {"uri": uri(), "cid": "bafyreicy"}}
    assert sent["record"]["langs"] == ["si"]
    assert sent["record"]["facets"][0]["features"][0]["did"] == CY
    assert sent["record"]["embed"]["images"][0]["alt"] == "a boat"
    upload = next(request for request in server.replay.requests if request.path.endswith("uploadBlob"))
    assert (upload.body, upload.headers["content-type"]) == (b"png", "image/png")


def test_a_search_ends_an_hour_below_its_mark(server: Server) -> None:
    server.say("app.bsky.feed.searchPosts", {"posts": []})
    ours = server.bluesky(first_days="1")
    ours.fetch(Watch(kind=WatchKind.HASHTAG, query="#late"), None, budget=10)
    asked = server.replay.requests[-1].asked
    assert (asked["q"], asked["sort"], asked["since"]) == ("#late", "latest", iso(NOW - timedelta(hours=25)))


def test_a_password_of_the_account_itself_is_a_warning(server: Server) -> None:
    token = "e30.eyJzY29wZSI6ImNvbS5hdHByb3RvLmFjY2VzcyJ9.c2ln"
    server.say("com.atproto.server.createSession", {"did": US, "handle": HANDLE, "accessJwt": token, "refreshJwt": "r"})
    server.say("com.atproto.server.getSession", {"did": US, "handle": HANDLE})
    standing = server.bluesky().check()
    assert "app password" in standing.warnings[0]
    assert "everything" in standing.rights[0]


def event(text: str, at: int, did: str = CY, **record: Any) -> dict[str, Any]:
    commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": tid(NOW, at % 1024), "cid": "c"}
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": iso(NOW), **record}
    return {"did": did, "time_us": int(NOW.timestamp() * 1e6) + at, "kind": "commit", "commit": {**commit, "record": record}}


def calling_us(at: int) -> dict[str, Any]:
    text = f"@{HANDLE} late"
    return event(text, at, facets=[facet(text, f"@{HANDLE}", did=US)])


@contextmanager
def jetstream(events: list[object]) -> Generator[tuple[str, list[str]]]:
    """Run a stream that says these events to whoever comes, and closes."""
    paths: list[str] = []

    def tell(line: ServerConnection) -> None:
        paths.append(line.request.path if line.request else "")
        for one in events:
            line.send(one if isinstance(one, str | bytes) else json.dumps(one))

    with serve(tell, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/subscribe", paths
        server.shutdown()
        thread.join()


def listened(server: Server, events: list[object], watch: Watch = MENTIONS, cursor: Cursor | None = None) -> tuple[list[Page], list[str]]:
    pages: list[Page] = []
    with jetstream(events) as (url, paths):
        try:
            for page in server.bluesky(jetstream_url=url).listen(watch, cursor, stopping=lambda: False):
                pages.append(page)  # noqa: PERF402 - the end is an error
        except Unreachable:
            pass
    return pages, paths


def test_the_stream_tells_what_concerns_us_as_the_network_shows_it(server: Server) -> None:
    told = calling_us(2)
    shown = {**view(told["commit"]["record"]["text"]), "uri": f"at://{CY}/app.bsky.feed.post/{told['commit']['rkey']}", "likeCount": 7}
    server.say("app.bsky.feed.getPosts", {"posts": [shown]})
    like = {"did": CY, "time_us": 5, "kind": "identity", "identity": {}}
    pages, paths = listened(server, [event("nothing of ours", 1), told, like, "not json", b"\xff", calling_us(3) | {"did": US}])
    (post,) = [post for page in pages for post in page.posts]
    assert (post.author.handle, post.metrics.likes) == ("cy.example", 7)
    assert pages[-1].cursor == {"time_us": int(NOW.timestamp() * 1e6) + 3}
    assert "wantedCollections=app.bsky.feed.post" in paths[0]
    assert "cursor" not in paths[0]


def test_a_post_that_is_shown_but_cannot_be_read_is_not_taken_for_deleted(server: Server) -> None:
    server.say("app.bsky.feed.getPosts", {"posts": [{"uri": uri(), "cid": "c", "record": None}]})
    assert server.bluesky().refresh([uri()]) == ()


def test_what_the_network_does_not_show_yet_comes_from_the_stream_itself(server: Server) -> None:
    server.say("app.bsky.feed.getPosts", {"error": "down"}, 502)
    reply = {"root": {"uri": uri(did=US), "cid": "c"}, "parent": {"uri": uri(), "cid": "c"}}
    quote = {"$type": "app.bsky.embed.record", "record": {"uri": uri(did=US), "cid": "c"}}
    pages, _ = listened(server, [event("an answer", 1, reply=reply), event("a quote", 2, embed=quote)])
    posts = [post for page in pages for post in page.posts]
    assert [(post.text, post.author.handle) for post in posts] == [("an answer", CY), ("a quote", CY)]
    assert all(posts_from(post.raw, OURS).posts[0].external_id == post.external_id for post in posts)


@pytest.mark.parametrize(
    ("watch", "found"),
    [
        (Watch(kind=WatchKind.SEARCH, query="North Pier"), ["The pier in the NORTH"]),
        (Watch(kind=WatchKind.SEARCH, query='"in the north" pier'), ["The pier in the NORTH"]),
        (Watch(kind=WatchKind.SEARCH, query='"north pier"'), []),
        (Watch(kind=WatchKind.SEARCH, query=""), []),
        (Watch(kind=WatchKind.HASHTAG, query="#LateBoats"), ["so #lateboats"]),
    ],
)
def test_the_stream_finds_words(server: Server, watch: Watch, found: list[str]) -> None:
    server.say("app.bsky.feed.getPosts", {"posts": []})
    pages, _ = listened(server, [event("The pier in the NORTH", 1), event("so #lateboats", 2), event("lateboats", 3)], watch)
    assert [post.text for page in pages for post in page.posts] == found


def test_a_stream_goes_on_a_little_before_where_it_was_cut(server: Server) -> None:
    _, paths = listened(server, [event("x", 1)], cursor={"time_us": 1_771_588_800_000_000})
    assert "cursor=1771588795000000" in paths[0]


def test_a_stream_ends_when_it_is_told_to_or_when_there_is_none(server: Server) -> None:
    with jetstream([event("x", 1)]) as (url, _):
        assert list(server.bluesky(jetstream_url=url).listen(MENTIONS, None, stopping=lambda: True)) == []
    for address in ("none", ""):
        with pytest.raises(QueryRefused, match="no stream"):
            list(server.bluesky(jetstream_url=address).listen(MENTIONS, None, stopping=lambda: False))
    with pytest.raises(Unreachable):
        list(server.bluesky(jetstream_url="ws://127.0.0.1:9/").listen(MENTIONS, None, stopping=lambda: False))
    with pytest.raises(QueryRefused):
        server.bluesky().listen(Watch(kind=WatchKind.OWN_POSTS), None, stopping=lambda: False)
