"""Reviews of Google Play as `Post`s: what the customer wrote, and what we answered. Pure."""

from collections.abc import Iterator
from datetime import datetime

from amends.core import reading
from amends.core.harvest import Fields, gone_post, harvest, needed, parsed, raw
from amends.core.network_words import Lack
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Metrics, Post, Visibility

NETWORK = "google_play"
TITLE = "Google Play"
ANSWER = "/answer"
"""Ends the id of our answer: a review has one at most, and it has no id of its own."""


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts in a page of reviews, in one review, or in one kept part of it."""
    told = parsed(body)
    fields = reading.mapping(told)
    items = reading.sequence(fields.get("reviews")) if "reviews" in fields else [told]
    found = harvest(items, lambda item: _review(item, account) if item.get("part") != "answer" else _answer(item, account))
    answers = harvest((item for item in items if _has_answer(item)), lambda item: _answer({**item, "part": "answer"}, account))
    return Harvest(posts=(*found.posts, *answers.posts), troubles=(*found.troubles, *answers.troubles))


def gone(review_id: str) -> Post:
    """Return a review that Google Play shows no longer."""
    return gone_post(NETWORK, review_id, root_id=review_id.removesuffix(ANSWER))


def _has_answer(item: object) -> bool:
    fields = reading.mapping(item)
    return "part" not in fields and "developerComment" in _parts(fields)


def _parts(fields: Fields) -> dict[str, Fields]:
    """Return the comments of a review by their kind."""
    return {name: reading.mapping(value) for comment in reading.mappings(fields.get("comments")) for name, value in comment.items()}


def _review(fields: Fields, account: Account) -> Post:
    if "gone" in fields:
        return gone(reading.text(fields["gone"]))
    review_id = needed(reading.text(fields.get("reviewId")))
    said = _parts(fields).get("userComment", {})
    name = reading.text(fields.get("authorName")).strip()
    return Post(
        network=NETWORK,
        external_id=review_id,
        author=Author(external_id=f"review:{review_id}", handle=name or "A Google user", name=name),
        text=_text(said),
        published_at=_moment(said.get("lastModified")),
        permalink=_permalink(account, review_id),
        root_id=review_id,
        raw=raw({**fields, "part": "review"}),
        language_hint=reading.text(said.get("reviewerLanguage")).replace("_", "-").partition("-")[0],
        metrics=Metrics(likes=reading.whole(said.get("thumbsUpCount"))),
        visibility=Visibility.PUBLIC,
    )


def _answer(fields: Fields, account: Account) -> Post:
    review_id = needed(reading.text(fields.get("reviewId")))
    said = _parts(fields).get("developerComment", {})
    return Post(
        network=NETWORK,
        external_id=review_id + ANSWER,
        author=Author(external_id=f"developer:{account.handle}", handle=account.handle),
        text=reading.text(said.get("text")).strip(),
        published_at=_moment(said.get("lastModified")),
        permalink=_permalink(account, review_id),
        root_id=review_id,
        parent_id=review_id,
        raw=raw({**fields, "part": "answer"}),
        is_own=True,
    )


def _text(said: Fields) -> str:
    """Return the stars, then the title and the words, which Google parts by a tab."""
    return "\n\n".join(filter(None, (reading.stars(said.get("starRating")), *_lines(reading.text(said.get("text"))))))


def _lines(text: str) -> Iterator[str]:
    return (part.strip() for part in text.partition("\t")[::2])


def _moment(value: object) -> datetime:
    seconds = reading.whole(reading.mapping(value).get("seconds"))
    found = reading.moment(seconds) if seconds is not None else None
    if found is None:
        raise ValueError(Lack.TIME)
    return found


def _permalink(account: Account, review_id: str) -> str:
    package = account.options.get("package", "")
    return f"https://play.google.com/store/apps/details?id={package}&reviewId={review_id.removesuffix(ANSWER)}"
