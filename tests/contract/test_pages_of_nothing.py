"""A page without a single post that says that more follows: the walk goes on, and what lies below is read."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from amends.collectors import build
from amends.core.watching import Watch, WatchKind
from tests.contract.cases import NOW, Case
from tests.replay_server import Answer, Replay, replay_server

Told = tuple[Any, str]
"""A body, and what its `Link` header says."""


def _meta(items: list[Any], place: str) -> Told:
    return {"data": items, "meta": {"result_count": len(items), "next_token": place}}, ""


def _graph(items: list[Any], place: str) -> Told:
    return {"data": items, "paging": {"cursors": {"after": place}, "next": f"https://graph.facebook.com/?after={place}"}}, ""


def _discussions(items: list[Any], place: str) -> Told:
    page = {"nodes": items, "pageInfo": {"hasNextPage": True, "endCursor": place}}
    return {"data": {"repository": {"discussions": page}}}, ""


def _linked(items: list[Any], place: str) -> Told:
    liked = {"id": place, "type": "favourite", "created_at": "2026-02-20T11:00:00Z"}
    return [*items, liked], f'<https://social.example/api/v1/notifications?max_id={place}>; rel="next"'


FOLLOWED: dict[str, tuple[WatchKind, Callable[[list[Any], str], Told]]] = {
    "x mentions": (WatchKind.MENTIONS, _meta),
    "x messages": (WatchKind.INBOX, _meta),
    "reddit": (WatchKind.SUBREDDIT_POSTS, lambda items, place: ({"kind": "Listing", "data": {"children": items, "after": place}}, "")),
    "mastodon": (WatchKind.MENTIONS, _linked),
    "bluesky": (WatchKind.MENTIONS, lambda items, place: ({"notifications": items, "cursor": place}, "")),
    "youtube": (WatchKind.COMMENTS, lambda items, place: ({"items": items, "nextPageToken": place}, "")),
    "github discussions": (WatchKind.DISCUSSIONS, _discussions),
    "facebook": (WatchKind.COMMENTS, _graph),
    "facebook messages": (WatchKind.INBOX, _graph),
    "instagram": (WatchKind.COMMENTS, _graph),
    "google_play": (WatchKind.REVIEWS, lambda items, place: ({"reviews": items, "tokenPagination": {"nextPageToken": place}}, "")),
    "app_store": (
        WatchKind.REVIEWS,
        lambda items, place: ({"data": items, "links": {"next": f"https://apple.example/?cursor={place}"}}, ""),
    ),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_page_of_nothing_ends_no_walk_where_more_follows(server: Replay, name: str) -> None:
    case = Case(network=name.partition(" ")[0], server=server)
    kind, page = FOLLOWED[name]
    watch = Watch(kind=kind, query=case.watch.query)
    collector = build(case.network, case.account(first_days="5"), lambda: NOW)
    marks: list[object] = []
    cursor = None
    for place in ("900", "800"):
        body, link = page([], place)
        answer = Answer(body=json.dumps(body).encode(), headers={"link": link} if link else {})
        server.answer = lambda request, answer=answer: (request.path.endswith("graphql") and answer) or case.routed(request) or answer
        found = collector.fetch(watch, cursor, budget=100)
        assert (found.posts, found.more, found.troubles) == ((), True, ())
        cursor = found.cursor
        marks.append({name: cursor.get(name) for name in ("mark", "since", "since_id")})
    assert marks[0] == marks[1]
    assert "800" in str(cursor)
