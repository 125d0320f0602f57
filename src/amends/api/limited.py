"""Reads the body of a request from a stranger: no more of it than allowed, whatever its headers say."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from amends.core import reading
from amends.core.errors import Refused
from amends.core.pushing import LARGEST_HOOK, Hook
from amends.core.translating import _

TOO_LARGE = 413
LARGEST_FORM = 64 * 1024
MOST_FIELDS = 20


async def body_of(request: Request, most: int) -> bytes:
    """Return the body; 413 where it is longer than `most` bytes: at once where it says so, else as soon as that is seen."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told[:20]) > most:
        raise HTTPException(TOO_LARGE)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise HTTPException(TOO_LARGE)
    return bytes(body)


async def hook_of(request: Request) -> Hook:
    """Return the call as collectors take it; of a header or field that comes twice the last one counts."""
    body = await body_of(request, LARGEST_HOOK)
    return Hook(method=request.method, headers=dict(request.headers), query=dict(request.query_params), body=body)


HookSent = Annotated[Hook, Depends(hook_of)]


async def fields_of(request: Request) -> dict[str, str]:
    """Return the fields that were sent; `Refused` where it is no form of ours."""
    body = await body_of(request, LARGEST_FORM)
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Refused(_("This is not our form.")) from error
    return {name: reading.text(value).strip() for name, value in pairs}


Fields = Annotated[dict[str, str], Depends(fields_of)]
