"""The X side's filtered stream: rules that an app keeps, and the open answer that brings what they find.

One connection an app, as self-serve has.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel

from amends.sandbox import ids, x_shape
from amends.sandbox.records import Network
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.x import Asked, query_of
from amends.sandbox.x_access import Authorised, Caller, XProblem, problem
from amends.sandbox.x_shape import Wanted

router = APIRouter(prefix="/x/2/tweets/search/stream")
LOOK_EVERY = 0.1
SIGN_EVERY = 20.0
Rule = dict[str, str]


class Changes(BaseModel):
    """What is to be done with the rules."""

    add: list[dict[str, str]] = []
    delete: dict[str, list[str]] = {}


@router.get("/rules")
def rules(here: Here, caller: Authorised) -> JSONResponse:
    """Return the rules of the app."""
    found = _rules(here, _app(caller))
    return JSONResponse(({"data": found} if found else {}) | {"meta": {"result_count": len(found)}}, headers=caller.headers)


@router.post("/rules")
def change(here: Here, caller: Authorised, changes: Changes) -> JSONResponse:
    """Add rules, or take some away; one whose value is there already is refused beside the others."""
    kept = [rule for rule in _rules(here, _app(caller)) if rule["id"] not in changes.delete.get("ids", [])]
    fresh = [one for one in changes.add if one["value"] not in {rule["value"] for rule in kept}]
    for one in fresh:
        query_of(here, one["value"])
    first = ids.snowflake(here.now(), max((int(rule["id"]) for rule in kept), default=0))
    added = [{"id": str(first + place), **one} for place, one in enumerate(fresh)]
    here.store.remember(_shelf(_app(caller)), json.dumps([*kept, *added]))
    twice = [{"title": "DuplicateRule", "value": one["value"]} for one in changes.add if one not in fresh]
    body: dict[str, Any] = {"meta": {"summary": {"created": len(added)}}}
    return JSONResponse(body | ({"data": added} if added else {}) | ({"errors": twice} if twice else {}), 201, caller.headers)


@router.get("")
async def stream(here: Here, caller: Authorised, asked: Asked) -> StreamingResponse:
    """Send what the rules find from now on, a line each, and an empty line now and then."""
    app = _app(caller)
    if app in here.listening:
        raise XProblem(429, problem(429, "ConnectionException", "This stream is currently at the maximum allowed connection limit.").body)
    here.listening.add(app)
    return StreamingResponse(_lines(here, app, asked), media_type="application/json", headers=caller.headers)


async def _lines(here: Sandbox, app: str, asked: Wanted) -> AsyncGenerator[bytes]:
    last = here.store.rows("select coalesce(max(head), 0) as head from posts where network = 'x'")[0]["head"]
    silent = 0.0
    try:
        while True:
            for post in here.store.posts("p.network = 'x' and p.head > :last and p.deleted = '' order by p.head", last=last):
                last, silent = post.head, 0.0
                matching = [
                    {"id": rule["id"], "tag": rule.get("tag", "")} for rule in _rules(here, app) if query_of(here, rule["value"])(post)
                ]
                if matching:
                    body = x_shape.page(here.store, [(post, post.head)], asked)
                    yield json.dumps(body | {"data": body["data"][0], "matching_rules": matching}).encode() + b"\r\n"
            await asyncio.sleep(LOOK_EVERY)
            silent += LOOK_EVERY
            if silent >= SIGN_EVERY:
                silent = 0.0
                yield b"\r\n"
    finally:
        here.listening.discard(app)


def _app(caller: Caller) -> str:
    if caller.is_user:
        raise problem(403, "Unsupported Authentication", "Authenticating with OAuth 1.0a User Context is forbidden for this endpoint.")
    return caller.account.id


def _shelf(app: str) -> str:
    return f"{Network.X} rules {app}"


def _rules(here: Sandbox, app: str) -> list[Rule]:
    found: list[Rule] = json.loads(here.store.fact(_shelf(app), "[]"))
    return found
