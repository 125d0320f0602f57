"""Turn X's posts and private messages into `Post`s. Pure: values in, values out.

Place in the path: `x.fetch` -> `posts_from` -> `Post`. A post that cannot be read becomes one line of `troubles`; the rest is good.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from amends.collectors._x_items import Fields, Parcel, digits, either, history, unpack
from amends.collectors._x_messages import is_event, message
from amends.collectors._x_view import NETWORK, UNKNOWN, View, author, home, media, place_of, raw, readable, same, taken_at, user
from amends.core import reading
from amends.core.network_words import Lack, Said
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Metrics, Post, Visibility
from amends.core.regions import region_of
from amends.core.translating import N_

DELETED = "[deleted]"
NO_LANGUAGE = frozenset({"und", "zxx", "qam", "qct", "qht", "qme", "qst", "art"})
HANDLE = re.compile(r"(?<![\w@])@(\w{1,15})\b", re.ASCII)
SHARED, QUOTED, ANSWERED = ("retweeted", "reposted"), ("quoted",), ("replied_to",)
OPEN_ON_X = N_("X lets apps reply only to people who mention or quote this account: open on X to answer there.")


def posts_from(body: bytes | Mapping[str, object], account: Account) -> Harvest:
    """Return the posts in a body of X's API, in its order, each by its newest version known and under its first id."""
    parcel = unpack(body)
    posts: dict[str, Post] = {}
    troubles = list(parcel.troubles)
    for place, item in enumerate(parcel.items):
        try:
            post = message(item, parcel, account) if is_event(item) else _post(_view(item, parcel, account))
        except ValueError as error:
            troubles.append(Said.POST % {"post": place, "why": error})
        else:
            posts |= {post.external_id: post} if post else {}
    return Harvest(posts=tuple(posts.values()), troubles=tuple(troubles))


def permalink(external_id: str, handle: str, account: Account) -> str:
    """Return the public address of a post; the network behind `base_url` has its pages there too."""
    return f"{home(account)}/{handle if re.fullmatch(r'[A-Za-z0-9_]+', handle) else 'i'}/status/{external_id}"


def gone(external_id: str, account: Account) -> Post:
    """Return the mark that a post leaves which X no longer shows."""
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=Author(external_id="deleted", handle=DELETED),
        text="",
        published_at=taken_at(external_id) or datetime.fromtimestamp(0, tz=UTC),
        permalink=permalink(external_id, "", account),
        root_id=external_id,
        raw=json.dumps({"data": {"id": external_id}, "gone": True}).encode(),
        deleted=True,
        can_reply=False,
        why_no_reply=N_("X no longer shows this post."),
    )


def _view(item: object, parcel: Parcel, account: Account) -> View:
    fields = reading.mapping(item)
    own_id = digits(fields.get("id"))
    if not own_id:
        raise ValueError(Lack.ID)
    versions = history(fields)
    newest = parcel.posts.get(versions[-1], {})
    item = newest if isinstance(newest.get("text"), str) else fields
    if not isinstance(item.get("text"), str):
        raise ValueError(Lack.WORDS)  # noqa: TRY004
    return View(item=item, parcel=parcel, account=account, first_id=versions[0])


def _post(view: View) -> Post:
    item = view.item
    writer = author(view)
    why_not = _why_no_reply(view)
    parent_id = view.referenced(ANSWERED)
    return Post(
        network=NETWORK,
        external_id=view.first_id,
        author=writer,
        text=_text(view),
        published_at=_published_at(view),
        edited_at=_edited_at(view),
        permalink=permalink(view.first_id, writer.handle, view.account),
        root_id=_root_id(view, parent_id),
        parent_id=parent_id,
        quoted_id=view.referenced(QUOTED),
        shared_id=view.referenced(SHARED),
        raw=raw(view),
        language_hint=_language(item),
        region=region_of(place_of(view).get("country_code")),
        mentions=_mentions(item),
        media=media(view),
        metrics=_metrics(item),
        visibility=Visibility.FOLLOWERS if user(view).get("protected") is True else Visibility.PUBLIC,
        is_own=view.is_ours(item.get("author_id"), writer.handle),
        can_reply=not why_not,
        why_no_reply=why_not,
    )


def _language(item: Fields) -> str:
    told = reading.text(item.get("lang"))
    return "" if told in NO_LANGUAGE else told


def _published_at(view: View) -> datetime:
    """Return when the first version appeared: as X says where it came along, else as its id says (whole seconds, as X says them)."""
    first = view.parcel.posts.get(view.first_id, {})
    told = reading.moment(first.get("created_at")) if isinstance(first.get("created_at"), str) else None
    carried = taken_at(view.first_id)
    found = told or (carried.replace(microsecond=0) if carried else reading.moment(reading.text(view.item.get("created_at"))))
    if found is None:
        raise ValueError(Lack.TIME)
    return found


def _edited_at(view: View) -> datetime | None:
    newest = history(view.item)[-1]
    if newest == view.first_id:
        return None
    told = reading.moment(reading.text(view.parcel.posts.get(newest, {}).get("created_at")))
    carried = taken_at(newest)
    return told or (carried.replace(microsecond=0) if carried else None)


def _root_id(view: View, parent_id: str | None) -> str:
    told = digits(view.item.get("conversation_id"))
    return view.parcel.first_ids.get(told, told) if told else parent_id or view.first_id


def _text(view: View) -> str:
    """Return the whole text: the long form where there is one, and of a share the text that X cuts off."""
    original = view.referenced_post(SHARED)
    if not isinstance(original.get("text"), str):
        return readable(view.item)
    sharer = view.parcel.users.get(reading.name(original.get("author_id")), {})
    return f"RT @{reading.text(sharer.get('username')) or UNKNOWN}: {readable(original)}"


def _mentions(item: Fields) -> tuple[str, ...]:
    entities = item.get("entities")
    told = [reading.text(found.get("username")) for found in reading.mappings(reading.mapping(entities).get("mentions"))]
    handles = told if isinstance(entities, dict) else HANDLE.findall(reading.text(item.get("text")))
    return tuple(dict.fromkeys(filter(None, handles)))


def _metrics(item: Fields) -> Metrics:
    counts = reading.mapping(item.get("public_metrics"))
    return Metrics(
        likes=reading.whole(counts.get("like_count")),
        shares=reading.whole(either(counts, "retweet_count", "repost_count")),
        replies=reading.whole(counts.get("reply_count")),
        views=reading.whole(counts.get("impression_count")),
    )


def _why_no_reply(view: View) -> str:
    """Return why we may not reply through the API, empty where we may: X wants the author to have mentioned or quoted us."""
    if view.referenced(SHARED):
        return N_("A share has no thread of its own: answer the post that it shares.")
    if view.account.options.get("replies") == "everyone" or view.is_ours(view.item.get("author_id"), user(view).get("username")):
        return ""
    return "" if _speaks_to_us(view) else OPEN_ON_X


def _speaks_to_us(view: View) -> bool:
    named = reading.mappings(reading.mapping(view.item.get("entities")).get("mentions"))
    if any(view.is_ours(found.get("id"), found.get("username")) for found in named):
        return True
    if any(same(handle, view.account.handle) for handle in _mentions(view.item)):
        return True
    if view.is_ours(view.item.get("in_reply_to_user_id")):
        return True
    return view.is_ours(view.referenced_post(QUOTED).get("author_id"))
