"""The Mastodon side's writing: statuses (once for each idempotency key), their deletion, pictures, with Mastodon's reasons for refusing."""

import re
import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Header, UploadFile
from fastapi.responses import JSONResponse

from amends.sandbox import publishing, words
from amends.sandbox.mastodon import LONGEST, Tells, must_see
from amends.sandbox.mastodon_access import Authorised, Caller, MastodonProblem
from amends.sandbox.records import Draft, Network, Origin, PublicPost
from amends.sandbox.state import Here, Sandbox

router = APIRouter(prefix="/mastodon/api")
MOST_MEDIA = 4
EMPTY = "Validation failed: Text can't be blank"
TOO_LONG = f"Validation failed: Text character limit of {LONGEST} exceeded"
TOO_MANY = f"Validation failed: Cannot attach more than {MOST_MEDIA} files"
VISIBILITIES = ("", "public", "unlisted", "private", "direct")


@router.post("/v1/statuses")
def create_status(  # noqa: PLR0913 (one argument a field)
    here: Here,
    caller: Authorised,
    teller: Tells,
    status: Annotated[str, Form()] = "",
    in_reply_to_id: Annotated[str, Form()] = "",
    visibility: Annotated[str, Form()] = "",
    media_ids: Annotated[list[str] | None, Form(alias="media_ids[]")] = None,
    idempotency_key: Annotated[str, Header()] = "",
) -> JSONResponse:
    """Publish a status of the caller's account, or return the one that this key has made before."""
    with here.store.together():
        name = f"once {caller.account.id} {idempotency_key}"
        known = here.store.fact(name) if idempotency_key else ""
        post = here.store.must_have(Network.MASTODON, known) if known else None
        if post is None:
            pictures = media_ids or []
            _must_be_good(caller, status, visibility, pictures)
            parent = must_see(here, caller, in_reply_to_id) if in_reply_to_id else None
            post = _published(here, caller, status, parent, pictures)
            here.store.remember(name, post.id)
            if visibility == "direct":
                here.store.remember(f"direct {post.id}", "1")
            here.player.answered(post)
    return caller.answer(teller.status(post))


@router.delete("/v1/statuses/{status_id}")
def delete_status(status_id: str, here: Here, caller: Authorised, teller: Tells) -> JSONResponse:
    """Delete a status of the caller's account."""
    post = must_see(here, caller, status_id)
    if post.author.id != caller.account.id:
        raise MastodonProblem(404, "Record not found", caller.headers)
    publishing.delete(here.store, post, here.now())
    return caller.answer(teller.status(post))


@router.post("/v2/media")
def upload(here: Here, caller: Authorised, file: UploadFile, description: Annotated[str, Form()] = "") -> JSONResponse:
    """Take a picture; only what it shows is kept, and shown in its place."""
    if not (file.content_type or "").startswith("image/"):
        raise MastodonProblem(422, "Validation failed: File content type is invalid", caller.headers)
    media_id = str(uuid.uuid4().int >> 68)
    name = re.sub(r"[^a-z0-9]+", "-", description.lower()).strip("-")[:60] or "picture"
    here.store.remember(f"media {media_id}", name)
    url = f"{caller.base.removesuffix('/mastodon')}/x/media/{name}.svg"
    return caller.answer({"id": media_id, "type": "image", "url": url, "preview_url": url, "description": description})


def _must_be_good(caller: Caller, text: str, visibility: str, pictures: list[str]) -> None:
    faults = {
        EMPTY: not text.strip() and not pictures,
        TOO_LONG: len(words.LINK.sub("x" * words.LINK_WEIGHT, text)) > LONGEST,
        TOO_MANY: len(pictures) > MOST_MEDIA,
        "Validation failed: Visibility is not included in the list": visibility not in VISIBILITIES,
    }
    for why, is_so in faults.items():
        if is_so:
            raise MastodonProblem(422, why, caller.headers)


def _published(here: Sandbox, caller: Caller, text: str, parent: PublicPost | None, pictures: list[str]) -> PublicPost:
    shown = [name for one in pictures if (name := here.store.fact(f"media {one}"))]
    if len(shown) < len(pictures):
        raise MastodonProblem(422, "Validation failed: Media could not be found", caller.headers)
    draft = Draft(
        author=caller.account,
        text=text,
        parent_id=parent.id if parent else "",
        media=next(iter(shown), ""),
        language="und",
        origin=Origin.API,
    )
    return publishing.publish(here.press, draft, here.now())
