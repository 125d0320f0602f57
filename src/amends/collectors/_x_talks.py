"""Read, send and find private messages on X: who writes to us, an answer to its author alone.

Place in the path: `X.fetch`, `X.reply`, `X.find_reply` -> here -> `Api` -> X. X shows the messages of the last thirty days, the
newest first, and has no mark to begin at, so a walk goes back until it meets what it knows. Only a user may do this, never the app alone.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from amends.collectors._x_answers import page_of, shown_or_not, unpublished
from amends.collectors._x_client import Api
from amends.collectors._x_echo import says
from amends.collectors._x_items import digits, posts_in
from amends.collectors._x_media import IN_PRIVATE, uploaded
from amends.collectors._x_messages import FIELDS, MARK, conversation_of, is_message
from amends.collectors._x_posts import posts_from
from amends.collectors._x_view import home, id_at, taken_at
from amends.collectors._x_walk import SETTLING
from amends.core import reading
from amends.core.clock import CLOCKS_APART
from amends.core.errors import QueryRefused, ReplyRefused
from amends.core.network_words import Said
from amends.core.ports import Account, Cursor, Draft, Page, Published
from amends.core.translating import N_
from amends.core.walk import REMEMBERED, Walk

LISTED = "get_direct_message_events"
PAGE_LIMIT = 100
FOUND_PAGES = 3
SHOWN = timedelta(days=30)
LONGEST_ID = 20
LENGTH = 10_000


def fetch(api: Api, account: Account, cursor: Cursor | None, *, budget: int, now: datetime, first: datetime) -> Page:
    """Return the next page of messages, ours among them."""
    walk = Walk.resume(cursor, _mark(id_at(max(first, now - SHOWN))))
    asked = {**FIELDS, "max_results": min(PAGE_LIMIT, max(1, budget)), "pagination_token": walk.place or None}
    try:
        body = page_of(api.call_as_user(LISTED, **asked))
    except QueryRefused as refusal:
        return _begin_again(walk, refusal)
    ids = [found for found in (digits(item.get("id")) for item in posts_in(body)) if found]
    harvest = posts_from({**body, "data": [item for item in posts_in(body) if not walk.knows(digits(item.get("id")))]}, account)
    token = "" if walk.reached([_mark(found) for found in ids]) else reading.text(reading.mapping(body.get("meta")).get("next_token"))
    # X numbers messages in several places at once: the mark stays behind the last seconds, and what was read of them is known by its id.
    onward = walk.after([min(_mark(found), _mark(id_at(now - SETTLING))) for found in ids], token, ids)
    return Page(posts=harvest.posts, cursor=onward.cursor(), more=bool(token), reads=len(ids), troubles=harvest.troubles)


def send(api: Api, account: Account, draft: Draft, *, now: datetime) -> Published:
    """Send an answer to the author of a post, or into the conversation that a message belongs to."""
    to = _to(api, draft)
    pictures = uploaded(api, draft.attachments, IN_PRIVATE)
    body = api.call_as_user("create_direct_message", text=draft.text, media_id=next(iter(pictures), None), **to)
    told = reading.mapping(body.get("data"))
    number, conversation = digits(told.get("dm_event_id")), reading.name(told.get("dm_conversation_id"))
    if not number:
        raise unpublished(body)
    return Published(
        external_id=MARK + number,
        permalink=f"{home(account)}/messages/{conversation}",
        published_at=taken_at(number) or now,
    )


def find(api: Api, account: Account, draft: Draft) -> Published | None:
    """Look for the answer among the newest messages of its conversation since the first try."""
    for body in _pages(api, _to(api, draft)):
        posts = posts_from(body, account).posts
        ours = (post for post in posts if post.is_own and post.published_at >= draft.since - CLOCKS_APART)
        same = next((post for post in ours if says(post.text, draft)), None)
        if same:
            return Published(external_id=same.external_id, permalink=same.permalink, published_at=same.published_at)
        if not posts or posts[-1].published_at < draft.since - CLOCKS_APART:
            return None
    return None


def _pages(api: Api, to: Mapping[str, str]) -> Iterator[Mapping[str, object]]:
    token: str | None = None
    for _ in range(FOUND_PAGES):
        body = page_of(api.call_as_user(LISTED, max_results=PAGE_LIMIT, pagination_token=token, **to, **FIELDS))
        yield body
        token = reading.text(reading.mapping(body.get("meta")).get("next_token")) or None
        if token is None:
            return


def _to(api: Api, draft: Draft) -> dict[str, str]:
    """Return whom X shall hand it to: the conversation, or the author of the post that is answered in private."""
    if is_message(draft.parent_id):
        return {"dm_conversation_id": conversation_of(draft.root_id)}
    told = shown_or_not(api.call("get_tweet", draft.parent_id, tweet_fields=["author_id"]))
    author_id = digits(reading.mapping(told.get("data")).get("author_id"))
    if not author_id:
        raise ReplyRefused(N_("X no longer shows the post, so it does not say whom to write to."))
    return {"participant_id": author_id}


def _begin_again(walk: Walk, refusal: QueryRefused) -> Page:
    """Answer a place that X forgot: the walk begins again from its mark; raise where it is the request itself."""
    if not walk.place:
        raise refusal
    fresh = Walk(mark=walk.mark, known=(*walk.met, *walk.known)[:REMEMBERED])
    troubles = (Said.X_FORGOT_THE_PLACE % {"said": refusal},)
    return Page(posts=(), cursor=fresh.cursor(), more=True, troubles=troubles)


def _mark(number: str) -> str:
    return number.zfill(LONGEST_ID)
