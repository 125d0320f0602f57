"""Issues, discussions and what is written under them on GitHub as `Post`s. Pure.

REST and webhooks speak one form; GraphQL is asked in `_github_graph` so that it answers in the same. The web address of a thing says which
repository and conversation it belongs to. Our ids: `owner/name#12` (an issue), `…#12/IC_…` (a comment), `…#13/D_…` (a discussion),
`…#13/DC_…` (a comment there), `…#13/DC_…/DC_…` (an answer to that comment).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from amends.core import reading
from amends.core.harvest import Fields, gone_post, harvest, needed, parsed, raw
from amends.core.network_words import Lack
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Metrics, Post
from amends.core.translating import N_

NETWORK = "github"
TITLE = "GitHub"
BOT = "[bot]"
"""Ends the name of an account that is a program."""

LOCKED = N_("The conversation is locked on GitHub: unlock it there first.")
PLACE = re.compile(r"https?://[^/]+/([\w.-]+/[\w.-]+)/(issues|pull|discussions)/(\d+)")
OURS = re.compile(r"([\w.-]+/[\w.-]+)#(\d+)((?:/[\w=-]+){0,2})\Z")
MENTION = re.compile(r"(?<![\w@/])@([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where one of our ids lies: the `nodes` are GitHub's own ids, the outer one first."""

    repository: str
    number: int
    nodes: tuple[str, ...]

    @property
    def conversation(self) -> str:
        """The id of an issue in this place."""
        return f"{self.repository}#{self.number}"


def place_of(external_id: str) -> Place | None:
    """Return where one of our ids lies, None where it is none of ours."""
    found = OURS.match(external_id)
    if found is None:
        return None
    return Place(repository=found[1], number=int(found[2]), nodes=tuple(filter(None, found[3].split("/"))))


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts in a page, in a discussion with what is under it, or in one item."""
    told = parsed(body)
    items = told if isinstance(told, list) else [told]
    return harvest((one for item in items for one in _flat(item)), lambda fields: _post(fields, account))


def gone(external_id: str) -> Post:
    """Return a post that GitHub shows no longer."""
    place = place_of(external_id)
    return gone_post(NETWORK, external_id, root_id=place.conversation if place and not place.nodes else "")


def _flat(item: object) -> Iterator[object]:
    """Return an item and what GraphQL lists under it, each knowing the discussion and the comment that it is under."""
    fields = reading.mapping(item)
    comments, answers = (_nodes(fields, name) for name in ("comments", "replies"))
    yield {name: value for name, value in fields.items() if name not in {"comments", "replies"}} if comments or answers else item
    for comment in comments:
        yield from _flat({**comment, "discussion_id": fields.get("node_id")})
    for answer in answers:
        yield {**answer, "discussion_id": fields.get("discussion_id"), "thread_id": fields.get("node_id")}


def _nodes(fields: Fields, name: str) -> list[Fields]:
    return reading.mappings(reading.mapping(fields.get(name)).get("nodes"))


def external_id_of(fields: Fields) -> str:
    """Return our id of an item; `ValueError` where it does not say what it is."""
    place = PLACE.match(reading.text(fields.get("html_url")))
    if place is None:
        raise ValueError(Lack.ID)
    conversation = f"{place[1]}#{place[3]}"
    if place[2] == "issues" and _is_head(fields):
        return conversation
    return "/".join(filter(None, (conversation, reading.text(fields.get("thread_id")), needed(reading.text(fields.get("node_id"))))))


def _is_head(fields: Fields) -> bool:
    """Tell an issue or a discussion from what is written under it."""
    return "title" in fields


def _post(fields: Fields, account: Account) -> Post | None:
    if "gone" in fields:
        return gone(reading.text(fields["gone"]))
    external_id = external_id_of(fields)
    if "/pull/" in reading.text(fields.get("html_url")):
        return None
    is_locked = fields.get("locked") is True
    body = reading.text(fields.get("body")).strip()
    published_at = _moment(fields.get("created_at"))
    root_id, parent_id = _above(external_id, fields)
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=_author(reading.mapping(fields.get("user"))),
        text="\n\n".join(filter(None, (reading.text(fields.get("title")).strip(), body))),
        published_at=published_at,
        edited_at=_edited_at(fields, published_at),
        permalink=reading.link(fields.get("html_url")),
        root_id=root_id,
        parent_id=parent_id,
        raw=raw(fields),
        mentions=tuple(dict.fromkeys(MENTION.findall(body))),
        metrics=Metrics(
            likes=reading.whole(reading.mapping(fields.get("reactions")).get("total_count")),
            replies=reading.whole(fields.get("comments")),
        ),
        is_own=_is_ours(reading.mapping(fields.get("user")), account),
        can_reply=not is_locked,
        why_no_reply=LOCKED if is_locked else "",
    )


def _above(external_id: str, fields: Fields) -> tuple[str, str | None]:
    """Return the ids of the first post of the conversation, and of what this one answers."""
    if _is_head(fields):
        return external_id, None
    conversation = external_id.partition("#")[0] + "#" + external_id.partition("#")[2].partition("/")[0]
    discussion, thread = (reading.text(fields.get(name)) for name in ("discussion_id", "thread_id"))
    root_id = f"{conversation}/{discussion}" if discussion else conversation
    return root_id, f"{conversation}/{thread}" if thread else root_id


def _edited_at(fields: Fields, published_at: datetime) -> datetime | None:
    """Return when the words last changed; an issue's own time also moves with labels and comments, so it says nothing."""
    if "edited_at" in fields:
        return reading.moment(fields["edited_at"]) if fields["edited_at"] else None
    changed = None if _is_head(fields) else reading.moment(fields.get("updated_at"))
    return changed if changed and changed > published_at else None


def _author(user: Fields) -> Author:
    login = reading.text(user.get("login")).strip()
    is_program = "Bot" in (user.get("type"), user.get("__typename"))
    return Author(
        external_id=reading.name(user.get("id")) or login or "deleted",
        handle=(login.removesuffix(BOT) + BOT if is_program and login else login) or "[deleted]",
        avatar_url=reading.link(user.get("avatar_url")),
    )


def _is_ours(user: Fields, account: Account) -> bool:
    ours, known = account.options.get("user_id", ""), reading.name(user.get("id"))
    if ours and known:
        return known == ours
    return reading.text(user.get("login")).casefold() == account.handle.casefold() != ""


def _moment(value: object) -> datetime:
    found = reading.moment(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(Lack.TIME)
    return found
