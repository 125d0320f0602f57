"""Pages of X's lists: newest first, between `since_id` and `until_id`, cut at `max_results`, continued by an opaque token."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import Request

from amends.sandbox import ids
from amends.sandbox.query import Predicate
from amends.sandbox.records import PublicPost
from amends.sandbox.state import Sandbox
from amends.sandbox.store import Store
from amends.sandbox.x_access import invalid

_TOKEN = re.compile(r"7140w([0-9a-z]{1,13})$")
_CONVERSATION = re.compile(r"(?<![-\w])conversation_id:(\d+)")
_CHUNK = 400
_DAY = 86_400
MOST = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """One page: its posts and what X says about it under `meta`."""

    posts: list[PublicPost]
    more: bool

    def meta(self) -> dict[str, Any]:
        """Return X's `meta` object."""
        if not self.posts:
            return {"result_count": 0}
        oldest = self.posts[-1].head
        found = {"newest_id": str(self.posts[0].head), "oldest_id": str(oldest), "result_count": len(self.posts)}
        return found | ({"next_token": f"7140w{ids.base36(oldest)}"} if self.more else {})


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A request for a page: post numbers strictly between `above` and `below`, at most `size` of them."""

    above: int
    below: int
    size: int

    def take(self, store: Store, matches: Predicate, *, author_id: str = "", query: str = "") -> Slice:
        """Return the newest matching posts; reads in chunks, so that a narrow query does not load the whole network."""
        found, below = list[PublicPost](), self.below
        root = "" if " OR " in query else next(iter(_CONVERSATION.findall(query)), "")
        while len(found) <= self.size:
            chunk = store.posts(
                """p.network = 'x' and p.head > :above and p.head < :below and (:author = '' or p.author_id = :author)
                   and (:root = '' or p.root_id = :root) order by p.head desc limit :chunk""",
                above=self.above,
                below=below,
                author=author_id,
                root=root,
                chunk=_CHUNK,
            )
            found += [post for post in chunk if not post.deleted and matches(post)]
            if len(chunk) < _CHUNK:
                break
            below = chunk[-1].head
        return Slice(posts=found[: self.size], more=len(found) > self.size)


def listing_of(request: Request, here: Sandbox, *, least: int, days: int = 0) -> Listing:
    """Read the page parameters of a request, refusing what X refuses; with `days` the past before that is closed."""
    size = _size(request, least)
    earliest = here.now() - days * _DAY if days else 0.0
    since, until = _id(request, "since_id"), _id(request, "until_id")
    if since and ids.snowflake_time(since) < earliest:
        words = f"'since_id' must be a tweet id created after [{datetime.fromtimestamp(earliest, UTC):%Y-%m-%dT%H:%MZ}]."
        raise invalid("since_id", str(since), f"{words} Please use a 'since_id' that is larger than {_floor(earliest)}")
    above = max(since, _floor(earliest), _floor(_moment(request, "start_time", earliest)))
    below = min(until or 2**63 - 1, _below_token(request), _floor(_moment(request, "end_time", here.now() + _DAY)))
    return Listing(above=above, below=below, size=size)


def _floor(at: float) -> int:
    return ids.snowflake(at, 0) - 1 if at else 0


def _size(request: Request, least: int) -> int:
    given = request.query_params.get("max_results", "10")
    if not given.isdigit() or not least <= int(given) <= MOST:
        raise invalid("max_results", given, f"The `max_results` query parameter value [{given}] is not between {least} and {MOST}")
    return int(given)


def _id(request: Request, name: str) -> int:
    given = request.query_params.get(name, "0")
    if not re.fullmatch(r"\d{1,19}", given):
        raise invalid(name, given, f"The `{name}` query parameter value [{given}] does not match ^[0-9]{{1,19}}$")
    return int(given)


def _below_token(request: Request) -> int:
    given = request.query_params.get("pagination_token") or request.query_params.get("next_token")
    if not given:
        return 2**63 - 1
    found = _TOKEN.match(given)
    if found is None:
        raise invalid("next_token", given, f"The `next_token` query parameter value [{given}] is not valid")
    return int(found.group(1), 36)


def _moment(request: Request, name: str, default: float) -> float:
    given = request.query_params.get(name)
    if not given:
        return default
    try:
        at = datetime.fromisoformat(given).timestamp()
    except ValueError as wrong:
        raise invalid(name, given, f"The `{name}` query parameter value [{given}] is not a valid RFC3339 timestamp") from wrong
    if at < default and name == "start_time":
        raise invalid(
            name,
            given,
            f"Invalid 'start_time':'{given}'. 'start_time' must be on or after {datetime.fromtimestamp(default, UTC):%Y-%m-%dT%H:%MZ}.",
        )
    return at
