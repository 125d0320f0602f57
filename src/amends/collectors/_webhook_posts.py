"""The body that a generic webhook brings: its shape, of which the JSON schema is made, and the posts that it means."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from amends.core import reading
from amends.core.harvest import why
from amends.core.network_words import Lack, Said
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Media, Metrics, Post, Visibility
from amends.core.regions import LONGEST, region_of
from amends.core.translating import N_

NETWORK = "webhook"
MOST_POSTS = 1000
LONGEST_TEXT = 100_000
LONGEST_FAULTS = 400
WHY_NO_REPLY = N_("The source has no address that takes replies; answer where it was written.")
WHY_NOT_OURS = N_("This is a post of our own.")
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Id = Annotated[str, Field(min_length=1, max_length=200)]
Address = Annotated[str, Field(max_length=2000)]
Count = Annotated[int, Field(ge=0, lt=2**63)]


class _Shape(BaseModel):
    """Part of a body; a field that is not known is refused, so that a slip of the pen is told and not lost."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class AuthorSent(_Shape):
    """Who wrote it: `id` never changes, `handle` is what people call them."""

    id: Id
    handle: Id
    name: Annotated[str, Field(max_length=500)] = ""


class MediaSent(_Shape):
    """A picture or clip; only its address is kept, it is never fetched."""

    kind: Annotated[str, Field(max_length=30)] = "image"
    url: Address
    alt: Annotated[str, Field(max_length=2000)] = ""


class MetricsSent(_Shape):
    """Public counters."""

    likes: Count | None = None
    shares: Count | None = None
    replies: Count | None = None
    views: Count | None = None


class PostSent(_Shape):
    """A post, or its newest version: the same `id` with another text is an edit."""

    id: Id
    text: Annotated[str, Field(max_length=LONGEST_TEXT)]
    author: AuthorSent
    published_at: AwareDatetime
    edited_at: AwareDatetime | None = None
    url: Address = ""
    parent_id: Id | None = None
    root_id: Id | None = None
    language: Annotated[str, Field(max_length=20)] = ""
    region: Annotated[str, Field(max_length=LONGEST)] = ""
    media: Annotated[tuple[MediaSent, ...], Field(max_length=20)] = ()
    metrics: MetricsSent = MetricsSent()
    visibility: Visibility = Visibility.PUBLIC
    own: bool = False
    deleted: Literal[False] = False


class DeletionSent(_Shape):
    """A post that is there no more; its text is blanked everywhere, and what else the body says of it is passed over."""

    model_config = ConfigDict(extra="ignore")
    id: Id
    deleted: Literal[True]


POSTS = TypeAdapter[PostSent | DeletionSent | Annotated[list[PostSent | DeletionSent], Field(max_length=MOST_POSTS)]](
    PostSent | DeletionSent | Annotated[list[PostSent | DeletionSent], Field(max_length=MOST_POSTS)],
)


def schema() -> dict[str, Any]:
    """Return the JSON schema of a body."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Posts for Amends", **POSTS.json_schema()}


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts of a body (bytes, or JSON read already): one, or a list of at most a thousand."""
    try:
        told: object = json.loads(body) if isinstance(body, bytes) else body
    except (ValueError, RecursionError):
        return Harvest(posts=(), troubles=(Lack.JSON,))
    items: Sequence[object] = list(told) if isinstance(told, list) else [told]
    if len(items) > MOST_POSTS:
        return Harvest(posts=(), troubles=(Said.MANY_POSTS % {"n": f"{len(items):,}", "most": f"{MOST_POSTS:,}"},))
    read = [_post(item, place, account) for place, item in enumerate(items)]
    return Harvest(posts=tuple(one for one in read if isinstance(one, Post)), troubles=tuple(one for one in read if isinstance(one, str)))


def _post(item: object, place: int, account: Account) -> Post | str:
    """Return the post, or what is wrong with it."""
    try:
        fields = reading.mapping(_storable(item))
        sent = (DeletionSent if fields.get("deleted") is True else PostSent).model_validate(fields)
        raw = json.dumps(fields).encode()
        return _gone(sent.id, raw) if isinstance(sent, DeletionSent) else _shown(sent, raw, account)
    except ValidationError as error:
        return Said.POST % {"post": place, "why": _faults(error)}
    except (RecursionError, OverflowError) as error:
        return Said.POST % {"post": place, "why": why(error)}


def _faults(error: ValidationError) -> str:
    """Return the first faults, each with the name of its field."""
    told = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()[:3])
    return reading.text(told)[:LONGEST_FAULTS]


def _storable(value: object) -> object:
    """Return JSON without what no database takes."""
    if isinstance(value, dict):
        return {name: _storable(part) for name, part in reading.mapping(value).items()}
    return [_storable(part) for part in reading.sequence(value)] if isinstance(value, list) else _storable_word(value)


def _storable_word(value: object) -> object:
    return reading.text(value) if isinstance(value, str) else value


def _gone(name: str, raw: bytes) -> Post:
    return Post(
        network=NETWORK,
        external_id=name,
        author=Author(external_id="deleted", handle="deleted"),
        text="",
        published_at=LONG_AGO,
        permalink="",
        root_id=name,
        raw=raw,
        deleted=True,
    )


def _shown(sent: PostSent, raw: bytes, account: Account) -> Post:
    own = sent.own or sent.author.id == account.options.get("user_id")
    can_reply = bool(account.options.get("reply_url")) and not own
    return Post(
        network=NETWORK,
        external_id=sent.id,
        author=Author(external_id=sent.author.id, handle=sent.author.handle, name=sent.author.name),
        text=sent.text,
        published_at=sent.published_at.astimezone(UTC),
        edited_at=sent.edited_at and sent.edited_at.astimezone(UTC),
        permalink=reading.link(sent.url),
        root_id=sent.root_id or sent.parent_id or sent.id,
        parent_id=sent.parent_id,
        raw=raw,
        language_hint=sent.language,
        region=region_of(sent.region),
        media=tuple(Media(kind=one.kind, url=one.url, alt=one.alt) for one in sent.media if reading.link(one.url)),
        metrics=Metrics(**sent.metrics.model_dump()),
        visibility=sent.visibility,
        is_own=own,
        can_reply=can_reply,
        why_no_reply="" if can_reply else (WHY_NOT_OURS if own else WHY_NO_REPLY),
    )
