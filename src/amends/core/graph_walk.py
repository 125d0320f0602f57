"""Walk through what people wrote under what we published: a list of objects, each with its newest comments inside. Pure.

Objects come newest first, and so do the comments of each, but a new comment may stand under an old object. So one walk goes through all
objects down to a horizon, and through the further comments of those whose first page does not reach the mark. The mark then moves to where
the walk began, not to the newest comment: one that came in meanwhile under an object already passed is met by the next walk.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from amends.core import reading
from amends.core.graph import moment
from amends.core.harvest import Fields
from amends.core.ports import Cursor
from amends.core.post import Post

REMEMBERED = 500
OVERLAP = timedelta(minutes=10)
"""How much later than it was written Meta may show a comment, or our clock be wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CommentWalk:
    """How far a walk has come that began at `began`: down to the `mark`, now at `place` in the list (empty: at its top).

    `waiting` are objects with more comments (the object, the place in its comments); `known` are stamps of what was read at or above the
    mark.
    """

    mark: datetime
    began: datetime
    place: str = ""
    waiting: tuple[tuple[str, str], ...] = ()
    known: tuple[str, ...] = ()

    @classmethod
    def resume(cls, cursor: Cursor | None, *, first: datetime, now: datetime) -> "CommentWalk":
        """Return the walk that `cursor` describes; without one, a walk back to `first`."""
        told = reading.mapping(cursor)
        pairs = [reading.sequence(pair) for pair in reading.sequence(told.get("waiting"))]
        return cls(
            mark=moment(told.get("mark")) or first,
            began=moment(told.get("began")) or now,
            place=reading.text(told.get("place")),
            waiting=tuple((reading.text(pair[0]), reading.text(pair[1])) for pair in pairs if len(pair) == 2),  # noqa: PLR2004
            known=tuple(filter(None, map(reading.text, reading.sequence(told.get("known"))))),
        )

    def cursor(self) -> Cursor:
        """Return the walk as it is kept in the database."""
        waiting: Cursor = {"waiting": [[*pair] for pair in self.waiting]}
        began: Cursor = {"began": self.began.isoformat()} if self.under_way else {}
        return {"mark": self.mark.isoformat(), "place": self.place, "known": [*self.known], **waiting, **began}

    @property
    def under_way(self) -> bool:
        """Whether something is left to be read."""
        return bool(self.place or self.waiting)

    @property
    def bottom(self) -> datetime:
        """Down to where comments are asked for."""
        return self.mark - OVERLAP

    def new(self, posts: Iterable[Post]) -> tuple[Post, ...]:
        """Return the posts that no earlier walk has read."""
        return tuple(post for post in posts if post.published_at >= self.bottom and stamp(post) not in self.known)

    def after(self, posts: Sequence[Post], place: str, waiting: Iterable[tuple[str, str]]) -> "CommentWalk":
        """Return the walk after a page with these posts; `place` is where the list goes on, empty at its end."""
        read = (stamp(post) for post in posts if post.published_at >= self.bottom)
        known = tuple(dict.fromkeys((*read, *self.known)))[:REMEMBERED]
        moved = replace(self, place=place, waiting=tuple(waiting), known=known)
        return moved if moved.under_way else replace(moved, mark=max(self.mark, self.began if known else self.mark))

    def split(self) -> "tuple[CommentWalk, CommentWalk] | None":
        """Part a walk under way: a new one down to where this one began, and this one, which goes on."""
        return (CommentWalk(mark=self.began, began=self.began, known=self.known), self) if self.under_way else None

    def place_after(self, body: Fields, horizon: datetime, written: str) -> str:
        """Return where the list of objects goes on: nowhere below the horizon. `written` names the field with an object's time.

        Meta takes what we may not see out of a page, which may leave nothing of it: the list goes on all the same.
        """
        times = [at for one in reading.mappings(body.get("data")) if (at := moment(one.get(written)))]
        return "" if times and min(times) < horizon else following(body)

    def more_comments(self, external_id: str, comments: Fields, written: str) -> tuple[tuple[str, str], ...]:
        """Return the object with the place where its comments go on, nothing where these reach down to the mark."""
        times = [at for one in reading.mappings(comments.get("data")) if (at := moment(one.get(written)))]
        place = following(comments)
        return () if not place or (times and min(times) < self.bottom) else ((external_id, place),)

    def all_waiting(self, body: Fields, inside: str, written: str) -> list[tuple[str, str]]:
        """Return those that wait, and the objects of a page with more of what came `inside` them."""
        found = [
            pair
            for one in reading.mappings(body.get("data"))
            for pair in self.more_comments(reading.name(one.get("id")), reading.mapping(one.get(inside)), written)
        ]
        return [*self.waiting, *found]


def following(body: Fields) -> str:
    """Return the place of the next page of a list, nothing where this is the last one."""
    paging = reading.mapping(body.get("paging"))
    return reading.text(reading.mapping(paging.get("cursors")).get("after")) if reading.link(paging.get("next")) else ""


def stamp(post: Post) -> str:
    """Return a post's id with the time of its last edit."""
    return f"{post.external_id}@{post.edited_at.isoformat()}" if post.edited_at else post.external_id
