"""How a Mastodon server talks, in a few words: statuses, notifications, answers; and our account there."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from amends.collectors.mastodon import Mastodon, build, posts_from
from amends.core.ports import Account, Draft
from amends.core.post import Post
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Answer, Replay

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
MENTIONS = Watch(kind=WatchKind.MENTIONS)
TAG = Watch(kind=WatchKind.HASHTAG, query="#NorthPier")
SEARCH = Watch(kind=WatchKind.SEARCH, query="north pier")
DRAFT = Draft(parent_id="11", root_id="11", text="Sorry!", key="key-1", since=NOW - timedelta(hours=1))
CUT_LINK = (
    '<p><a href="https://x.example/a/b"><span class="invisible">https://</span><span class="ellipsis">x.example</span>'
    '<span class="invisible">/a/b</span></a></p>'
)
MISSING = Answer(status=404, body=b'{"error": "Record not found"}')


def ours(server: Replay | None = None, **options: str) -> Account:
    base: dict[str, str] = {"base_url": server.url} if server else {}
    handle = options.pop("handle", "NorthPier@north.example")
    return Account(handle=handle, credentials={"access_token": "k"}, options={"user_id": "7001", **base, **options})


def collector(server: Replay, **options: str) -> Mastodon:
    return build(ours(server, **options), lambda: NOW)


def status(external_id: str = "11", content: str = "<p>words</p>", *, minutes: float = 60, **fields: Any) -> dict[str, Any]:
    told = {
        "id": external_id,
        "created_at": (NOW - timedelta(minutes=minutes)).isoformat(),
        "content": content,
        "visibility": "public",
        "url": f"https://harbour.example/@cy/{external_id}",
        "account": {"id": "7102", "username": "cy", "acct": "cy@harbour.example"},
    }
    return told | fields


def mention(number: int, about: Mapping[str, Any], kind: str = "mention") -> dict[str, Any]:
    return {"id": str(number), "type": kind, "created_at": about["created_at"], "status": about}


def read(fields: Mapping[str, Any], account: Account | None = None) -> Post:
    (post,) = posts_from(json.dumps(fields).encode(), account or ours()).posts
    return post


def answer(body: object, status_code: int = 200, link: str = "") -> Answer:
    headers = {"link": link} if link else {}
    return Answer(status=status_code, body=json.dumps(body).encode(), headers=headers)


def routed(server: Replay, **paths: Answer) -> None:
    """Answer by the last part of the path; what is not told is missing."""
    server.answer = lambda request: paths.get(request.path.rstrip("/").rpartition("/")[2], MISSING)
