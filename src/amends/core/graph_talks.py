"""Read, answer and find private messages over the Graph API: of a page on Facebook, of an account on Instagram.

Place in the path: collector -> here -> `Graph` -> Graph API. Who wrote to us may be answered for a day; for seven where a person answers
and Meta has given our app the Human Agent feature. Under a comment one message may be sent, within seven days.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from amends.core import graph_messages, reading
from amends.core.clock import CLOCKS_APART
from amends.core.errors import NetworkError, ReplyRefused, Unreachable
from amends.core.graph import Graph, WindowClosed, same_words
from amends.core.graph_hooks import Change
from amends.core.graph_messages import FIELDS, MARK, is_message, person_of
from amends.core.graph_walk import CommentWalk
from amends.core.harvest import Fields
from amends.core.network import NOT_SHOWN
from amends.core.ports import Draft, Harvest, Published
from amends.core.post import Post
from amends.core.rest import Params

TALKS, SENDING = "me/conversations", "me/messages"
MOST_TALKS, MOST_MESSAGES, MOST_LOOKED_AT, MOST_NAMED = 25, 50, 20, 20
WITHIN_A_DAY: Fields = {"messaging_type": "RESPONSE"}
BY_A_PERSON: Fields = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
TOO_LATE = (
    "Their last message is more than a day old, and Meta lets nobody answer it any more (seven days, where Meta has given the app the "
    "Human Agent feature). Answer in public, or wait until they write again."
)
NO_PICTURES = "Meta takes no picture with the words of a private message: send the words alone."
Reads = Callable[[object], Harvest]


@dataclass(frozen=True, kw_only=True, slots=True)
class Talks:
    """The conversations of one page or account.

    `platform` is as Meta calls it, `names` what a profile there tells of somebody's name, `reads` makes posts of a body. `profiles` are
    those that were asked for.
    """

    graph: Graph
    platform: str
    reads: Reads
    names: str = "name"
    profiles: dict[str, Fields] = field(default_factory=dict)

    def page(self, walk: CommentWalk, size: int) -> tuple[Fields, str, list[tuple[str, str]]]:
        """Return the next page of a walk, where its list goes on, and which conversations have more.

        A page is conversations with their newest messages, or further messages of one.
        """
        if walk.waiting:
            (talk, place), *others = walk.waiting
            body = self.graph.page(f"{talk}/messages", {"fields": FIELDS, "limit": min(MOST_MESSAGES, size), "after": place})
            talks: Fields = {"data": [{"messages": body}]}
            return talks, walk.place, [*walk.more_comments(talk, body, "created_time"), *others]
        asked: Params = {"limit": min(MOST_TALKS, size), "after": walk.place or None, **self._asked(min(MOST_MESSAGES, size))}
        body = self.graph.page(TALKS, asked)
        return body, walk.place_after(body, walk.bottom, "updated_time"), walk.all_waiting(body, "messages", "created_time")

    def of(self, person: str, limit: int = MOST_MESSAGES) -> tuple[Post, ...]:
        """Return the newest messages between a person and us, oldest first."""
        found = self.reads(self.graph.page(TALKS, {"user_id": person, **self._asked(limit)})).posts
        return tuple(sorted(found, key=lambda post: (post.published_at, post.external_id)))

    def send(self, draft: Draft, comment_id: str, *, now: datetime) -> Published:
        """Send an answer to a message, or to the author of a comment alone."""
        if draft.attachments:
            raise ReplyRefused(NO_PICTURES)
        said: Fields = {"message": {"text": draft.text}}
        if is_message(draft.parent_id):
            body = self._answered({"recipient": {"id": person_of(draft.root_id)}, **said})
        else:
            body = self._under(comment_id, said)
        own_id = reading.name(body.get("message_id"))
        if not own_id:
            raise Unreachable(NOT_SHOWN % {"title": "Meta"})
        return Published(external_id=MARK + own_id, permalink="", published_at=now)

    def find(self, draft: Draft, comment_id: str) -> Published | None:
        """Look for the answer among the newest messages since the first try."""
        person = person_of(draft.root_id) if is_message(draft.parent_id) else self._author_of(comment_id)
        for post in self.of(person, MOST_LOOKED_AT) if person else ():
            if post.is_own and post.published_at >= draft.since - CLOCKS_APART and same_words(post.text, draft.text):
                return Published(external_id=post.external_id, permalink="", published_at=post.published_at)
        return None

    def told(self, change: Change) -> Fields | None:
        """Return what a webhook says of a message; of its author it tells no name, so that is asked for. Without it they are somebody."""
        fields = graph_messages.told(change)
        person = reading.name(reading.mapping((fields or {}).get("from")).get("id"))
        if not fields or not person.isdecimal() or person == change.of:
            return fields
        return graph_messages.named(fields, self._profile(person))

    def _profile(self, person: str) -> Fields:
        """Return what a profile tells, asked for once; nothing of whoever comes after so many: Meta calls again where we take long."""
        if person not in self.profiles and len(self.profiles) < MOST_NAMED:
            self.profiles[person] = {}
            with suppress(NetworkError):
                self.profiles[person] = self.graph.get(person, {"fields": self.names})
        return self.profiles.get(person, {})

    def _answered(self, asked: Fields) -> Fields:
        """Send within the day that Meta gives everybody, or else within the seven that it gives people."""
        try:
            return self.graph.publish(SENDING, {**asked, **WITHIN_A_DAY})
        except WindowClosed:
            try:
                return self.graph.publish(SENDING, {**asked, **BY_A_PERSON})
            except (WindowClosed, ReplyRefused) as refusal:
                raise ReplyRefused(TOO_LATE) from refusal

    def _under(self, comment_id: str, said: Fields) -> Fields:
        try:
            return self.graph.publish(SENDING, {"recipient": {"comment_id": comment_id}, **said})
        except WindowClosed as refusal:
            raise ReplyRefused(str(refusal)) from refusal

    def _author_of(self, comment_id: str) -> str:
        told = self.graph.the(comment_id, {"fields": "from{id}"})
        return reading.name(reading.mapping(told.get("from")).get("id"))

    def _asked(self, messages: int) -> Params:
        return {"platform": self.platform, "fields": f"id,updated_time,messages.limit({messages}){{{FIELDS}}}"}
