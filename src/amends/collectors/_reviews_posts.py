"""Reviews of any site as `Post`s, by its form: what the customer wrote, and what we answered. Pure."""

from datetime import datetime
from functools import partial
from urllib.parse import quote

from amends.collectors._reviews_form import Form, address_of, dig, form_of, moment
from amends.core import reading
from amends.core.harvest import Fields, gone_post, harvest, needed, parsed, raw
from amends.core.network_words import Lack
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Post
from amends.core.read_only import no_reply
from amends.core.regions import region_of
from amends.core.translating import N_

NETWORK = "reviews"
TITLE = "Reviews"
THIS_SITE = N_("This site")
ANSWER = "/answer"
"""Ends the id of our answer: a review has one at most."""

PART = "part"
KEPT = frozenset({PART, "gone"})


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts in a page of reviews, in one review, or in one kept part of it."""
    form, told = form_of(account), parsed(body)
    listed = items_of(told, form)
    items = [told] if listed is None else listed
    found = harvest(items, partial(_part, form=form, account=account))
    answers = harvest((item for item in items if _has_answer(item, form)), partial(_answer, form=form, account=account))
    return Harvest(posts=(*found.posts, *answers.posts), troubles=(*found.troubles, *answers.troubles))


def items_of(body: object, form: Form) -> list[object] | None:
    """Return the reviews that a page lists; None where it is no page."""
    if isinstance(body, list) and not form.items:
        return reading.sequence(body)
    found = None if reading.mapping(body).keys() & KEPT else dig(body, form.items)
    return reading.sequence(found) if isinstance(found, list) else None


def id_of(item: object, form: Form) -> str:
    """Return the id of a review, empty where it has none."""
    return reading.name(dig(item, form.id))


def permalink(item: object, review_id: str, form: Form, account: Account) -> str:
    """Return where people see the review: as its form says in words or by a field, else the site."""
    if "{id}" in form.url:
        return reading.link(form.url.replace("{id}", quote(review_id, safe="")))
    return reading.link(dig(item, form.url)) or address_of(account)


def gone(external_id: str) -> Post:
    """Return a review that its site shows no longer."""
    return gone_post(NETWORK, external_id, root_id=external_id.removesuffix(ANSWER))


def _has_answer(item: object, form: Form) -> bool:
    return PART not in reading.mapping(item) and bool(id_of(item, form) and reading.text(dig(item, form.answer)).strip())


def _part(item: Fields, *, form: Form, account: Account) -> Post:
    if "gone" in item:
        return gone(reading.text(item["gone"]))
    return _answer(item, form=form, account=account) if item.get(PART) == "answer" else _review(item, form=form, account=account)


def _review(item: Fields, *, form: Form, account: Account) -> Post:
    review_id = needed(id_of(item, form))
    name = reading.text(dig(item, form.name)).strip()
    published_at = _needed_moment(dig(item, form.created))
    updated_at = moment(dig(item, form.updated))
    return Post(
        network=NETWORK,
        external_id=review_id,
        author=Author(external_id=reading.name(dig(item, form.author)) or f"review:{review_id}", handle=name or "A customer", name=name),
        text="\n\n".join(filter(None, (reading.stars(dig(item, form.stars)), *(_words(item, path) for path in (form.title, form.text))))),
        published_at=published_at,
        edited_at=updated_at if updated_at and updated_at > published_at else None,
        permalink=permalink(item, review_id, form, account),
        root_id=review_id,
        raw=raw({**item, PART: "review"}),
        language_hint=reading.text(dig(item, form.language)).replace("_", "-").partition("-")[0].lower(),
        region=region_of(dig(item, form.region)),
        can_reply=form.takes_answers,
        why_no_reply="" if form.takes_answers else no_reply(THIS_SITE),
    )


def _answer(item: Fields, *, form: Form, account: Account) -> Post:
    review_id = needed(id_of(item, form))
    return Post(
        network=NETWORK,
        external_id=review_id + ANSWER,
        author=Author(external_id=f"company:{account.handle}", handle=account.handle),
        text=_words(item, form.answer),
        published_at=_needed_moment(dig(item, form.answered) or dig(item, form.created)),
        permalink=permalink(item, review_id, form, account),
        root_id=review_id,
        parent_id=review_id,
        raw=raw({**item, PART: "answer"}),
        is_own=True,
    )


def _words(item: Fields, path: str) -> str:
    return reading.text(dig(item, path)).strip()


def _needed_moment(value: object) -> datetime:
    found = moment(value)
    if found is None:
        raise ValueError(Lack.TIME)
    return found
