"""The Mastodon side's streams: server-sent events of what is new, changed and deleted since the caller began to listen."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from amends.sandbox.mastodon import PUBLIC, Tells
from amends.sandbox.mastodon_access import Authorised
from amends.sandbox.mastodon_shape import Teller
from amends.sandbox.query import Predicate
from amends.sandbox.records import PublicPost
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.watches import mentions, tagged

router = APIRouter(prefix="/mastodon/api/v1/streaming")
GLANCE = 0.2
THUMP = 10.0


@router.get("/user/notification")
def of_notifications(here: Here, caller: Authorised, teller: Tells) -> StreamingResponse:
    """Stream the mentions of the caller's account."""
    handle = caller.account.handle
    listener = Listener(here=here, teller=teller, matches=lambda post: mentions(post, handle), is_notified=True)
    return StreamingResponse(listener.stream(), media_type="text/event-stream")


@router.get("/hashtag")
def of_hashtag(here: Here, _: Authorised, teller: Tells, tag: str) -> StreamingResponse:
    """Stream the public statuses with a hashtag."""
    listener = Listener(here=here, teller=teller, matches=lambda post: tagged(post, tag) and not post.shared_id, is_notified=False)
    return StreamingResponse(listener.stream(), media_type="text/event-stream")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listener:
    """Somebody who listens to what `matches`."""

    here: Sandbox
    teller: Teller
    matches: Predicate
    is_notified: bool

    async def stream(self) -> AsyncGenerator[str]:
        """Yield what happens from now on, and a beat where nothing does."""
        seq: int = await run_in_threadpool(self._newest)
        since, quiet = self.here.now(), 0.0
        yield ":)\n"
        while True:
            now = self.here.now()
            posts = await run_in_threadpool(self._happened, seq, since)
            for post in posts:
                yield self._told(post, is_new=post.seq > seq)
            seq, since = max([seq, *(post.seq for post in posts)]), now
            quiet = 0.0 if posts else quiet + GLANCE
            if quiet >= THUMP:
                quiet = 0.0
                yield ":thump\n"
            await asyncio.sleep(GLANCE)

    def _newest(self) -> int:
        return self.here.store.rows("select max(seq) as top from posts")[0]["top"] or 0

    def _happened(self, seq: int, since: float) -> list[PublicPost]:
        found = self.here.store.posts(
            f"""p.network = 'mastodon' and (p.seq > :seq or p.edited_at >= :since or p.deleted_at >= :since) and {PUBLIC}
                order by p.seq""",
            seq=seq,
            since=since,
        )
        return [post for post in found if self.matches(post)]

    def _told(self, post: PublicPost, *, is_new: bool) -> str:
        if post.deleted:
            return f"event: delete\ndata: {post.id}\n\n"
        if self.is_notified and is_new:
            return f"event: notification\ndata: {json.dumps(self.teller.notification(post))}\n\n"
        return f"event: {'update' if is_new else 'status.update'}\ndata: {json.dumps(self.teller.status(post))}\n\n"
