"""The networks as their listings behave over HTTP, in memory: newest first, paged, with deletions and edits between two pages.

Only what a walk depends on. X: `since_id`, `start_time`, tokens that page on from a post's id, edits as new ids, posts that appear a
little late. Reddit: `after` anchors that list nothing once they are deleted, a listing of at most a thousand things. Mastodon: `max_id`,
statuses numbered by their own time, so that a late one stands below younger ones, and notifications numbered as they arrive.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from tests.replay_server import Answer, Request

SNOWFLAKE_BEGINS = 1_288_834_974_657
LISTED = 1000


@dataclass(kw_only=True, slots=True)
class Thing:
    """One post. `ids` are those of its versions, `shown_at` is when listings begin to show it."""

    ids: list[str]
    published_at: datetime
    shown_at: datetime
    deleted: bool = False
    edited_at: datetime | None = None

    @property
    def name(self) -> str:
        """The id that it keeps."""
        return self.ids[0]


class Model(Protocol):
    """A network in memory, with a clock of its own."""

    now: datetime
    things: list[Thing]

    def publish(self, count: int, late: timedelta) -> None:
        """Publish posts now that listings show after `late`."""
        ...

    def edit(self, thing: Thing) -> None:
        """Change the words of a post."""
        ...

    def hear(self, request: Request) -> Answer:
        """Answer a client."""
        ...


@dataclass(kw_only=True, slots=True)
class XModel:
    """X: an edit makes a new id that moves the post to the top."""

    now: datetime
    things: list[Thing] = field(default_factory=list[Thing])
    sequence: int = 0

    def publish(self, count: int, late: timedelta) -> None:
        for _ in range(count):
            self.things.append(Thing(ids=[self._id()], published_at=self.now, shown_at=self.now + late))

    def edit(self, thing: Thing) -> None:
        thing.ids.append(self._id())
        thing.edited_at = self.now

    def _id(self) -> str:
        self.sequence += 1
        return str((int(self.now.timestamp() * 1000) - SNOWFLAKE_BEGINS << 22) + self.sequence)

    def hear(self, request: Request) -> Answer:
        asked = request.asked
        below = int(asked.get("pagination_token") or asked.get("next_token") or 2**63)
        since = int(asked.get("since_id", 0))
        start = datetime.fromisoformat(asked["start_time"]) if "start_time" in asked else datetime(2020, 1, 1, tzinfo=UTC)
        shown = [thing for thing in self.things if not thing.deleted and thing.shown_at <= self.now]
        found = [thing for thing in shown if since < int(thing.ids[-1]) < below and (thing.edited_at or thing.published_at) >= start]
        found.sort(key=lambda thing: int(thing.ids[-1]), reverse=True)
        page = found[: int(asked["max_results"])]
        meta: dict[str, Any] = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": page[0].ids[-1], "oldest_id": page[-1].ids[-1]}
        if len(found) > len(page):
            meta["next_token"] = page[-1].ids[-1]
        data = [{"id": thing.ids[-1], "text": "words", "edit_history_tweet_ids": thing.ids, "author_id": "5"} for thing in page]
        return Answer(body=json.dumps({"data": data, "meta": meta} if page else {"meta": meta}).encode())


@dataclass(kw_only=True, slots=True)
class RedditModel:
    """Reddit: whole seconds, fullnames, a deleted anchor that lists nothing or (as some listings do) begins at the top again."""

    now: datetime
    forgets_anchors: bool = False
    things: list[Thing] = field(default_factory=list[Thing])

    def publish(self, count: int, late: timedelta) -> None:
        for _ in range(count):
            self.things.append(Thing(ids=[f"t3_{len(self.things):x}"], published_at=self.now, shown_at=self.now + late))

    def edit(self, thing: Thing) -> None:
        thing.edited_at = self.now

    def hear(self, request: Request) -> Answer:
        shown = [thing for thing in reversed(self.things) if not thing.deleted and thing.shown_at <= self.now][:LISTED]
        names = [thing.name for thing in shown]
        anchor = request.asked.get("after")
        lost = anchor is not None and anchor not in names
        begin = names.index(anchor) + 1 if anchor is not None and not lost else 0
        page = [] if lost and not self.forgets_anchors else shown[begin : begin + int(request.asked["limit"])]
        after = page[-1].name if page and begin + len(page) < len(shown) else None
        children = [{"kind": "t3", "data": self._fields(thing)} for thing in page]
        return Answer(body=json.dumps({"kind": "Listing", "data": {"children": children, "after": after}}).encode())

    def _fields(self, thing: Thing) -> dict[str, Any]:
        edited = thing.edited_at.timestamp() if thing.edited_at else False
        created = float(int(thing.published_at.timestamp()))
        return {
            "name": thing.name,
            "title": "words",
            "selftext": "",
            "created_utc": created,
            "edited": edited,
            "author": "cy",
            "author_fullname": "t2_c",
        }


@dataclass(kw_only=True, slots=True)
class MastodonModel:
    """Mastodon: a status that arrives late stands where its own time puts it, its notification where it arrived."""

    now: datetime
    things: list[Thing] = field(default_factory=list[Thing])

    def publish(self, count: int, late: timedelta) -> None:
        for _ in range(count):
            number = (int(self.now.timestamp() * 1000) << 16) + len(self.things)
            self.things.append(Thing(ids=[str(number)], published_at=self.now, shown_at=self.now + late))

    def edit(self, thing: Thing) -> None:
        thing.edited_at = self.now

    def hear(self, request: Request) -> Answer:
        told = request.path.endswith("/notifications")
        shown = [thing for thing in self.things if not thing.deleted and thing.shown_at <= self.now]
        numbered = {(self._arrival(thing) if told else int(thing.name)): thing for thing in shown}
        below, limit = int(request.asked.get("max_id", 2**80)), int(request.asked["limit"])
        found = sorted((number for number in numbered if number < below), reverse=True)
        page = found[:limit]
        entries = [self._notification(number, numbered[number]) if told else self._status(numbered[number]) for number in page]
        link = f'<{request.path}?max_id={page[-1]}>; rel="next"' if len(found) > limit else '<x?min_id=1>; rel="prev"'
        return Answer(body=json.dumps(entries).encode(), headers={"link": link})

    def _arrival(self, thing: Thing) -> int:
        return (int(thing.shown_at.timestamp() * 1000) << 16) + self.things.index(thing)

    def _notification(self, number: int, thing: Thing) -> dict[str, Any]:
        return {"id": str(number), "type": "mention", "created_at": thing.shown_at.isoformat(), "status": self._status(thing)}

    def _status(self, thing: Thing) -> dict[str, Any]:
        return {
            "id": thing.name,
            "created_at": thing.published_at.isoformat(),
            "edited_at": thing.edited_at and thing.edited_at.isoformat(),
            "content": "<p>words</p>",
            "account": {"id": "5", "acct": "cy"},
        }
