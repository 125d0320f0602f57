"""Reviews of the App Store as `Post`s, from App Store Connect or from the public feed, and what we answered. Pure.

Connect and the feed give a review different ids, so a source reads one of the two and never both.
"""

from collections.abc import Iterator
from datetime import datetime

from amends.core import reading
from amends.core.harvest import Fields, gone_post, harvest, needed, parsed, raw
from amends.core.network_words import Lack
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Post
from amends.core.regions import region_of
from amends.core.translating import N_

NETWORK = "app_store"
TITLE = "App Store"
ANSWER = "/answer"
"""Ends the id of our answer: a review has one at most, and a changed one gets a new id from Apple."""

US = "us"
"""The store whose public feed we read where none is named."""

NO_KEY = N_("Without a key of App Store Connect we read the public feed only: enter one, or answer it in App Store Connect.")


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts in a page of Connect or of the feed, in one review, or in one kept part of either."""
    return harvest(_items(parsed(body)), lambda item: _post(item, account))


def gone(external_id: str) -> Post:
    """Return a post that the App Store shows no longer."""
    return gone_post(NETWORK, external_id, root_id=external_id.removesuffix(ANSWER))


def _items(body: object) -> Iterator[object]:
    """Yield the reviews and answers, each as it is kept: a review of Connect, an answer with its review's id, an entry of the feed."""
    told = reading.mapping(body)
    if "feed" in told:
        entries = reading.mapping(told["feed"]).get("entry")
        yield from ({"entry": one} for one in (reading.sequence(entries) or ([entries] if entries else [])))
    elif "data" not in told:
        yield body
    else:
        answers = {reading.name(one.get("id")): one for one in reading.mappings(told.get("included"))}
        data = told["data"]
        for item in reading.sequence(data) if isinstance(data, list) else [data]:
            yield {"review": item} if isinstance(item, dict) else item
            answer = answers.get(_answer_id(reading.mapping(item)))
            if answer:
                yield {"answer": answer, "to": reading.name(reading.mapping(item).get("id"))}


def _answer_id(review: Fields) -> str:
    response = reading.mapping(reading.mapping(review.get("relationships")).get("response"))
    return reading.name(reading.mapping(response.get("data")).get("id"))


def _post(item: Fields, account: Account) -> Post:
    if "gone" in item:
        return gone(reading.text(item["gone"]))
    if "answer" in item:
        return _answer(item, account)
    return _entry(item, account) if "entry" in item else _review(item, account)


def _review(item: Fields, account: Account) -> Post:
    review = reading.mapping(item.get("review"))
    review_id = needed(reading.name(review.get("id")))
    told = reading.mapping(review.get("attributes"))
    return _as_post(
        account,
        review_id,
        item,
        name=reading.text(told.get("reviewerNickname")),
        author_id=f"review:{review_id}",
        words=(told.get("title"), told.get("body")),
        stars=told.get("rating"),
        at=told.get("createdDate"),
        territory=told.get("territory"),
    )


def _entry(item: Fields, account: Account) -> Post:
    entry = reading.mapping(item.get("entry"))
    review_id = needed(_label(entry, "id"))
    author = reading.mapping(entry.get("author"))
    return _as_post(
        account,
        review_id,
        item,
        name=_label(author, "name"),
        author_id=_label(author, "uri") or f"review:{review_id}",
        words=(_label(entry, "title"), _label(entry, "content")),
        stars=_label(entry, "im:rating"),
        at=_label(entry, "updated"),
        territory=account.options.get("country") or US,
        why_no_reply=NO_KEY,
    )


def _as_post(  # noqa: PLR0913
    account: Account,
    review_id: str,
    item: Fields,
    *,
    name: str,
    author_id: str,
    words: tuple[object, object],
    stars: object,
    at: object,
    territory: object,
    why_no_reply: str = "",
) -> Post:
    return Post(
        network=NETWORK,
        external_id=review_id,
        author=Author(external_id=author_id, handle=name.strip() or "A customer", name=name.strip()),
        text="\n\n".join(filter(None, (reading.stars(stars), *(reading.text(part).strip() for part in words)))),
        published_at=_moment(at),
        permalink=_permalink(account),
        root_id=review_id,
        raw=raw(item),
        region=region_of(territory),
        can_reply=not why_no_reply,
        why_no_reply=why_no_reply,
    )


def _answer(item: Fields, account: Account) -> Post:
    review_id = needed(reading.text(item.get("to")))
    told = reading.mapping(reading.mapping(item.get("answer")).get("attributes"))
    return Post(
        network=NETWORK,
        external_id=review_id + ANSWER,
        author=Author(external_id=f"developer:{account.handle}", handle=account.handle),
        text=reading.text(told.get("responseBody")).strip(),
        published_at=_moment(told.get("lastModifiedDate")),
        permalink=_permalink(account),
        root_id=review_id,
        parent_id=review_id,
        raw=raw(item),
        is_own=True,
    )


def _label(fields: Fields, name: str) -> str:
    return reading.text(reading.mapping(fields.get(name)).get("label"))


def _moment(value: object) -> datetime:
    found = reading.moment(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(Lack.TIME)
    return found


def _permalink(account: Account) -> str:
    return f"https://apps.apple.com/app/id{account.options.get('app_id', '')}?see-all=reviews"
