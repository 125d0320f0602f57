"""The X side's pictures: uploading one for a post or a message, and saying what it shows. Only these words are kept, and shown instead."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from amends.sandbox import ids
from amends.sandbox.records import Account
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.x_access import Authorised, invalid, problem

router = APIRouter(prefix="/x/2/media")
IN_PUBLIC, IN_PRIVATE = "tweet_image", "dm_image"
TYPES = ("image/png", "image/jpeg", "image/webp")
LARGEST = 5_000_000
LONGEST_ALT = 1_000
LIFE = 86_400


class AltText(BaseModel):
    """The words of a picture."""

    text: str = Field(max_length=LONGEST_ALT)


class Metadata(BaseModel):
    """What is said of a picture."""

    alt_text: AltText


class Described(BaseModel):
    """The body of `POST /2/media/metadata`."""

    id: str
    metadata: Metadata


@router.post("/upload")
def upload(
    here: Here, caller: Authorised, media: UploadFile, media_category: Annotated[str, Form()], media_type: Annotated[str, Form()] = ""
) -> JSONResponse:
    """Take a picture, and keep whose it is and what for."""
    if not caller.is_user:
        raise problem(403, "Unsupported Authentication", "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.")
    size = media.size or 0
    if media_category not in (IN_PUBLIC, IN_PRIVATE) or media_type not in TYPES or not 0 < size <= LARGEST:
        raise invalid("media", media_type, "The media could not be processed")
    with here.store.together():
        number = ids.snowflake(here.now(), int(here.store.fact("x newest media", "0")))
        here.store.remember("x newest media", str(number))
        here.store.remember(f"x media {number}", f"{caller.account.id} {media_category}")
    said = {"id": str(number), "media_key": f"3_{number}", "size": size, "expires_after_secs": LIFE}
    return JSONResponse({"data": said}, headers=caller.headers)


@router.post("/metadata")
def describe(body: Described, here: Here, caller: Authorised) -> JSONResponse:
    """Keep what a picture shows."""
    if not here.store.fact(f"x media {body.id}").startswith(f"{caller.account.id} "):
        raise invalid("id", body.id, "The media was not found")
    here.store.remember(f"x alt {body.id}", body.metadata.alt_text.text)
    return JSONResponse({"data": {"id": body.id, "associated_metadata": body.metadata.model_dump()}}, headers=caller.headers)


def shown(here: Sandbox, account: Account, media_ids: list[str], category: str, most: int) -> list[str]:
    """Return the names that pictures are shown by; X's refusal where one is not ours, not for this place, or one too many."""
    good = all(here.store.fact(f"x media {one}") == f"{account.id} {category}" for one in media_ids)
    if len(media_ids) > most or not good:
        raise invalid("media.media_ids", ",".join(media_ids), "Your media IDs are invalid.")
    return [_name(here.store.fact(f"x alt {one}")) for one in media_ids]


def fields_of(name: str, key: str, base: str) -> dict[str, Any]:
    """Return a picture as X tells of it."""
    return {"media_key": key, "type": "photo", "url": f"{base}/media/{name}.svg", "alt_text": name.replace("-", " ")}


def _name(alt: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", alt.lower()).strip("-")[:60] or "picture"
