"""Hacker News' three shapes of one thing (a hit of the search, an item of its tree, an item of the API) as a `Post`. Pure."""

from collections.abc import Iterator
from datetime import datetime

from amends.core import reading
from amends.core.harvest import Fields, harvest, needed, parsed, raw
from amends.core.html_text import text_of
from amends.core.network_words import Lack
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Metrics, Post
from amends.core.read_only import no_reply

NETWORK = "hacker_news"
HOME = "https://news.ycombinator.com"
TITLE = "Hacker News"
PARTS = ("story_text", "comment_text", "text")
LEFT_OUT = frozenset({"_highlightResult", "children", "kids"})


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts in a page of the search, a tree, or single items."""
    return harvest(_items(parsed(body)), lambda fields: _post(fields, account))


def gone(external_id: str, account: Account) -> Post:
    """Return a post of which Hacker News shows nothing any more."""
    return _post({"id": external_id, "deleted": True, "time": 0}, account)


def _items(body: object) -> Iterator[object]:
    told = reading.mapping(body)
    ahead = reading.sequence(told.get("hits")) if "hits" in told else [body]
    while ahead:
        item = ahead.pop(0)
        yield item
        ahead = [*reading.sequence(reading.mapping(item).get("children")), *ahead]


def _post(fields: Fields, account: Account) -> Post:
    external_id = needed(reading.name(fields.get("objectID")) or reading.name(fields.get("id")))
    author = reading.text(fields.get("author")) or reading.text(fields.get("by"))
    deleted = fields.get("deleted") is True or fields.get("dead") is True
    parent = reading.name(fields.get("parent_id")) or reading.name(fields.get("parent"))
    root = reading.name(fields.get("story_id"))
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=Author(external_id=author or "deleted", handle=author or "[deleted]"),
        text="" if deleted else _text(fields),
        published_at=_published_at(fields),
        deleted=deleted,
        permalink=f"{(account.options.get('web_url') or HOME).rstrip('/')}/item?id={external_id}",
        root_id=root or parent or external_id,
        parent_id=parent or None,
        raw=raw({name: value for name, value in fields.items() if name not in LEFT_OUT}),
        metrics=Metrics(
            likes=reading.whole(fields.get("points") or fields.get("score")),
            replies=reading.whole(fields.get("num_comments") or fields.get("descendants")),
        ),
        is_own=author.casefold() == account.handle.casefold() != "",
        can_reply=False,
        why_no_reply=no_reply(TITLE),
    )


def _text(fields: Fields) -> str:
    """Return the whole text: of a story its title, its words, and the page that it links to."""
    words = next((text for part in PARTS if (text := text_of(reading.text(fields.get(part))))), "")
    return "\n\n".join(filter(None, (text_of(reading.text(fields.get("title"))), words, reading.link(fields.get("url")))))


def _published_at(fields: Fields) -> datetime:
    told = next((fields[name] for name in ("created_at_i", "time", "created_at") if fields.get(name) is not None), None)
    found = reading.moment(told)
    if found is None:
        raise ValueError(Lack.TIME)
    return found
