"""The Bluesky side's writing: records and pictures, with Bluesky's reasons for refusing."""

import hashlib
from typing import Any

import regex
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from amends.sandbox import bluesky_shape as shape
from amends.sandbox import ids, publishing
from amends.sandbox.bluesky_access import Authorised, BlueskyProblem, invalid
from amends.sandbox.records import Account, Draft, Network, Origin
from amends.sandbox.state import Here, Sandbox

router = APIRouter(prefix="/bluesky/xrpc")
LONGEST, HEAVIEST = 300, 3000
LARGEST_PICTURE = 1_000_000
_SIGN = regex.compile(r"\X")


class NewRecord(BaseModel):
    """The body of `createRecord`."""

    repo: str
    collection: str
    rkey: str = ""
    record: dict[str, Any]


class OldRecord(BaseModel):
    """The body of `deleteRecord`."""

    repo: str
    collection: str
    rkey: str


@router.post("/com.atproto.repo.createRecord")
def create_record(body: NewRecord, here: Here, caller: Authorised) -> JSONResponse:
    """Publish a post or an answer of the caller's account; a key is used once."""
    _own(body.repo, caller.account)
    if body.collection != shape.POST:
        raise invalid(f"The sandbox has no {body.collection}")
    text = _text(body.record)
    with here.store.together():
        if body.rkey and here.store.post(Network.BLUESKY, f"at://{caller.account.id}/{shape.POST}/{body.rkey}"):
            raise BlueskyProblem(500, "InternalServerError", "Internal Server Error")
        draft = Draft(
            author=caller.account,
            text=text,
            parent_id=_parent(here, body.record),
            media=_picture(body.record),
            language=next(iter(body.record.get("langs", [])), "und"),
            origin=Origin.API,
            key=body.rkey,
        )
        post = publishing.publish(here.press, draft, here.now())
        here.player.answered(post)
    commit = {"cid": ids.cid(f"commit {post.id}"), "rev": ids.tid(post.head)}
    return JSONResponse({**shape.strong(post.id), "commit": commit, "validationStatus": "valid"}, headers=caller.headers)


@router.post("/com.atproto.repo.deleteRecord")
def delete_record(body: OldRecord, here: Here, caller: Authorised) -> JSONResponse:
    """Delete a post of the caller's account; one that is not there is deleted already."""
    _own(body.repo, caller.account)
    post = here.store.post(Network.BLUESKY, f"at://{caller.account.id}/{body.collection}/{body.rkey}")
    if post is not None:
        publishing.delete(here.store, post, here.now())
    return JSONResponse({}, headers=caller.headers)


@router.post("/com.atproto.repo.uploadBlob")
async def upload_blob(request: Request, caller: Authorised) -> JSONResponse:
    """Take a picture and name it."""
    content = await request.body()
    kind = request.headers.get("content-type", "application/octet-stream")
    if len(content) > LARGEST_PICTURE:
        raise BlueskyProblem(
            400, "BlobTooLarge", f"This file is too large. It is {len(content)} bytes but the maximum is {LARGEST_PICTURE}."
        )
    name = "bafkrei" + hashlib.sha256(content).hexdigest()[:52]
    return JSONResponse({"blob": {"$type": "blob", "ref": {"$link": name}, "mimeType": kind, "size": len(content)}}, headers=caller.headers)


class Ref(BaseModel):
    """A strong reference."""

    uri: str
    cid: str


class Reply(BaseModel):
    """Where an answer goes."""

    root: Ref
    parent: Ref


class Alt(BaseModel):
    """A picture of a post."""

    alt: str


class Pictures(BaseModel):
    """The pictures of a post."""

    images: list[Alt] = Field(default_factory=list[Alt], max_length=4)


def _own(repo: str, account: Account) -> None:
    if repo.lower() not in {account.id, account.handle.lower()}:
        raise BlueskyProblem(403, "Forbidden", "Not authorized to write to this repo")


def _text(record: dict[str, Any]) -> str:
    text = record.get("text")
    if not isinstance(text, str):
        raise invalid(f"Invalid {shape.POST} record: Record must have the property text")
    signs, weight = len(_SIGN.findall(text)), len(text.encode())
    if signs > LONGEST:
        raise invalid(f"Invalid {shape.POST} record: grapheme too big (maximum {LONGEST}, got {signs}) at $.record.text")
    if weight > HEAVIEST:
        raise invalid(f"Invalid {shape.POST} record: string too big (maximum {HEAVIEST}, got {weight}) at $.record.text")
    return text


def _parent(here: Sandbox, record: dict[str, Any]) -> str:
    if "reply" not in record:
        return ""
    reply = Reply.model_validate(record["reply"])
    parent = here.store.post(Network.BLUESKY, reply.parent.uri)
    if parent is None or (parent.root_id, reply.parent.cid) != (reply.root.uri, ids.cid(parent.id)):
        raise invalid(f"Invalid {shape.POST} record: the reply leads nowhere")
    return parent.id


def _picture(record: dict[str, Any]) -> str:
    """Return what the first picture shows; the sandbox draws it from these words."""
    images = Pictures.model_validate(record.get("embed") or {}).images
    return (images[0].alt or "picture").replace(" ", "-") if images else ""
