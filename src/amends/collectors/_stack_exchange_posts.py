"""Questions, answers and comments of Stack Exchange as `Post`s. Pure.

Questions and answers share one row of ids, comments have their own; so our ids say which is meant: `q12`, `a34`, `c56`.
"""

from datetime import datetime

from amends.core import reading
from amends.core.harvest import Fields, gone_post, harvest, needed, parsed, raw
from amends.core.html_text import text_of
from amends.core.network_words import Lack
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Metrics, Post
from amends.core.read_only import no_reply

NETWORK = "stack_exchange"
TITLE = "Stack Exchange"
IDS = {"comment_id": "c", "answer_id": "a", "question_id": "q"}
"""The field that says what an item is, the most telling first: an answer names its question too."""


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts in a page, or in one item."""
    told = parsed(body)
    fields = reading.mapping(told)
    items = reading.sequence(fields.get("items")) if "items" in fields else [told]
    return harvest(items, lambda item: _post(item, account))


def gone(external_id: str) -> Post:
    """Return a post that Stack Exchange shows no longer."""
    return gone_post(NETWORK, external_id)


def external_id_of(fields: Fields) -> str:
    """Return our id of an item, empty where it has none."""
    return next((letter + found for name, letter in IDS.items() if (found := reading.name(fields.get(name)))), "")


def _post(fields: Fields, account: Account) -> Post:
    if "gone" in fields:
        return gone(reading.text(fields["gone"]))
    external_id = needed(external_id_of(fields))
    author = _author(fields)
    question, commented = reading.name(fields.get("question_id")), reading.name(fields.get("post_id"))
    parent = _parent(external_id, question, commented, reading.text(fields.get("post_type")))
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=author,
        text="\n\n".join(filter(None, (text_of(reading.text(fields.get(name))) for name in ("title", "body")))),
        published_at=_moment(fields.get("creation_date")),
        edited_at=reading.moment(reading.whole(fields.get("last_edit_date"))) if fields.get("last_edit_date") is not None else None,
        permalink=reading.link(fields.get("link")) or _home(account),
        root_id=f"q{question}" if question else parent or external_id,
        parent_id=parent,
        raw=raw(fields),
        metrics=Metrics(
            likes=reading.whole(fields.get("score")),
            replies=reading.whole(fields.get("answer_count")),
            views=reading.whole(fields.get("view_count")),
        ),
        is_own=_is_ours(author, account),
        can_reply=False,
        why_no_reply=no_reply(TITLE),
    )


def _parent(external_id: str, question: str, commented: str, kind: str) -> str | None:
    if external_id.startswith("a"):
        return f"q{question}" if question else None
    if external_id.startswith("c") and commented:
        return f"{'a' if kind == 'answer' else 'q'}{commented}"
    return None


def _author(fields: Fields) -> Author:
    owner = reading.mapping(fields.get("owner"))
    name = text_of(reading.text(owner.get("display_name")))
    user_id = reading.name(owner.get("user_id"))
    return Author(
        external_id=user_id or (f"guest:{name}" if name else "deleted"),
        handle=name or "[deleted]",
        name=name,
        avatar_url=reading.link(owner.get("profile_image")),
    )


def _is_ours(author: Author, account: Account) -> bool:
    ours = account.options.get("user_id", "")
    return author.external_id == ours if ours else author.handle.casefold() == account.handle.casefold() != ""


def _moment(value: object) -> datetime:
    found = reading.moment(reading.whole(value)) if value is not None else None
    if found is None:
        raise ValueError(Lack.TIME)
    return found


def _home(account: Account) -> str:
    return f"https://{account.options.get('site', 'stackoverflow')}.com/"
