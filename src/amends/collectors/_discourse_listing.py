"""What a Discourse forum lists: its newest posts by number, and what a search or our notifications point at.

Place in the path: `Discourse.fetch` -> here -> `core.rest.Rest`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from amends.collectors._discourse_posts import TITLE, external_id_of
from amends.core import reading
from amends.core.errors import Unreachable
from amends.core.harvest import Fields, parsed
from amends.core.network import UNEXPECTED
from amends.core.post import Post
from amends.core.rest import Rest
from amends.core.walk import Walk

WINDOW = 50
"""Older forums show only what lies within so many numbers, which may be nothing."""

NOTIFIED_LIMIT = 60
NAMED_US = frozenset({1, 2, 3, 15})
"""The kinds of notification that we were mentioned, answered, quoted, or mentioned as a group."""

EVERYTHING = frozenset({"", "all", "*"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Hits:
    """What a page points at: our ids of posts, their times as marks, where the page lies and where the next one does (empty: none)."""

    names: Sequence[str]
    marks: Sequence[str]
    place: str
    following: str


def is_topic(body: object) -> bool:
    """Tell whether a body is a topic with its posts."""
    return isinstance(reading.mapping(reading.mapping(body).get("post_stream")).get("posts"), list)


def newest_marks(body: Fields) -> list[str]:
    """Return the numbers of the posts on a page of the newest, as words that sort as they do."""
    numbers = [reading.whole(item.get("id")) for item in reading.mappings(body.get("latest_posts"))]
    return [f"{number:012}" for number in numbers if number]


def before(walk: Walk, marks: Sequence[str], *, ends: bool) -> str:
    """Return from where a walk through the newest posts goes on, empty where it is over."""
    if ends or (marks and min(marks) <= walk.mark):
        return ""
    if marks:
        oldest = min(marks)
        return oldest if not walk.place or oldest < walk.place else _lower(walk, 1)
    return _lower(walk, WINDOW) if walk.place and walk.mark else ""


def _lower(walk: Walk, step: int) -> str:
    lower = f"{max(0, int(walk.place) - step):012}"
    return lower if lower > walk.mark and int(lower) else ""


def in_category(posts: Sequence[Post], query: str) -> list[Post]:
    """Return the posts of one category, named by its number or by its word in addresses; all where none is named."""
    if query.casefold() in EVERYTHING:
        return list(posts)
    return [post for post in posts if query.casefold() in _categories(post)]


def _categories(post: Post) -> set[str]:
    told = reading.mapping(parsed(post.raw))
    return {reading.name(told.get("category_id")), reading.text(told.get("category_slug")).casefold()}


def searched(rest: Rest, words: str, walk: Walk) -> Hits:
    """Return a page of what a search finds, the newest first."""
    page = reading.whole(walk.place) or 1
    mark = reading.moment(walk.mark)
    after = f" after:{(mark - timedelta(days=1)).date()}" if mark else ""
    body = reading.mapping(rest.get("search.json", {"q": f"{words} order:latest{after}", "page": page}))
    around = reading.mapping(body.get("grouped_search_result"))
    if not isinstance(body.get("posts"), list) and not around:
        raise Unreachable(UNEXPECTED % {"title": TITLE})
    is_full = around.get("more_full_page_results") is True
    return _hits(reading.mappings(body.get("posts")), walk, place=str(page), following=str(page + 1) if is_full else "")


def notified(rest: Rest, username: str, walk: Walk, budget: int) -> Hits:
    """Return a page of the posts that our notifications tell of, the newest first."""
    offset = reading.whole(walk.place) or 0
    limit = min(NOTIFIED_LIMIT, max(1, budget))
    body = reading.mapping(rest.get("notifications.json", {"username": username, "limit": limit, "offset": offset}))
    if not isinstance(body.get("notifications"), list):
        raise Unreachable(UNEXPECTED % {"title": TITLE})
    told = reading.mappings(body.get("notifications"))
    is_full = offset + len(told) < (reading.whole(body.get("total_rows_notifications")) or 0) and bool(told)
    naming = [one for one in told if reading.whole(one.get("notification_type")) in NAMED_US]
    return _hits(naming, walk, place=str(offset), following=str(offset + len(told)) if is_full else "")


def _hits(items: Iterable[Fields], walk: Walk, *, place: str, following: str) -> Hits:
    """Return what the items point at; the walk is over where they come down to its mark."""
    pointing = [
        (name, at.isoformat()) for item in items if (name := external_id_of(item)) and (at := reading.moment(item.get("created_at")))
    ]
    names, marks = [name for name, _ in pointing], [mark for _, mark in pointing]
    is_over = bool(marks) and min(marks) <= walk.mark
    return Hits(names=names, marks=marks, place=place, following="" if is_over else following)
