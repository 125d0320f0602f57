"""How far the walks through a repository have come: issues and comments by the time of their last change, the oldest change first.

Each page begins at the time where the one before ended, so what changes meanwhile moves to the end and nothing is passed over. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from amends.core import reading
from amends.core.ports import Cursor
from amends.core.post import Post

LISTINGS = ("issues", "comments")
PAGE_LIMIT = 100
REMEMBERED = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How far a watch has come: since when each listing is to be read, which one is at hand, and at which page of one same moment.

    `began` is when the first visit looked back to: what was written before that is no work, whatever happens to it now.
    """

    began: str
    since: tuple[str, str]
    at_hand: int = 0
    page: int = 1
    size: int = 0
    known: tuple[str, ...] = ()

    @classmethod
    def resume(cls, cursor: Cursor | None, first: str) -> "Way":
        """Return the way that `cursor` describes; without one, a way that begins at `first`."""
        told = reading.mapping(cursor)
        since = reading.mapping(told.get("since"))
        began = reading.text(told.get("began")) or first
        return cls(
            began=began,
            since=(reading.text(since.get("issues")) or began, reading.text(since.get("comments")) or began),
            at_hand=min(reading.whole(told.get("at_hand")) or 0, 1),
            page=reading.whole(told.get("page")) or 1,
            size=reading.whole(told.get("size")) or 0,
            known=tuple(filter(None, map(reading.text, reading.sequence(told.get("known"))))),
        )

    def cursor(self) -> Cursor:
        """Return the way as it is kept in the database."""
        return {
            "began": self.began,
            "since": {"issues": self.since[0], "comments": self.since[1]},
            "at_hand": self.at_hand,
            "page": self.page,
            "size": self.size,
            "known": [*self.known],
        }

    def sized(self, budget: int) -> "Way":
        """Return the way with the size of its next page; pages of one moment keep theirs, since their numbers count by it."""
        return self if self.page > 1 else replace(self, size=min(PAGE_LIMIT, max(1, budget)))

    def after(self, items: Sequence[object], posts: Iterable[Post]) -> "Way":
        """Return the way after a page of the listing at hand."""
        reached = max((reading.text(item.get("updated_at")) for item in reading.mappings([*items])), default="")
        known = tuple(islice(dict.fromkeys((*map(stamp, posts), *self.known)), REMEMBERED))
        mark = self.since[self.at_hand]
        since = tuple(max(reached, mark) if index == self.at_hand else told for index, told in enumerate(self.since))
        gone_on = replace(self, since=(since[0], since[1]), known=known, page=1)
        if len(items) < self.size:
            return replace(gone_on, at_hand=1 - self.at_hand)
        return gone_on if reached > mark else replace(gone_on, page=self.page + 1)


def stamp(post: Post) -> str:
    """Return what tells a version of a post from the others."""
    return f"{post.external_id}@{(post.edited_at or post.published_at).isoformat()}@{len(post.text)}"
