"""Reads the form of a source: what it asks for depends on the network, whose file names its credentials and watches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from amends.api.networks import forms
from amends.core.errors import Refused
from amends.core.ports import Watch, WatchKind

LONGEST = 4000


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceForm:
    """What was entered; credentials that were left empty are not in it."""

    brand: str
    network: str
    handle: str
    credentials: Mapping[str, str] = field(repr=False)
    watches: Sequence[Watch]


async def read_form(request: Request) -> SourceForm:
    """Return the form of a request; `Refused` says what is missing."""
    sent = await request.form()
    given = {name: value.strip() for name, value in sent.items() if isinstance(value, str)}
    found = next((one for one in forms() if one.network == given.get("network")), None)
    if found is None:
        raise Refused("Choose a network.")
    if any(len(value) > LONGEST for value in given.values()):
        raise Refused("One of the fields is far too long.")
    credentials = {name: given[f"credential_{name}"] for name in found.credentials if given.get(f"credential_{name}")}
    if not credentials:
        raise Refused("Enter the credentials of the network's app.")
    watches = [watch for kind in found.watches for watch in _watches(kind, given.get(f"watch_{kind}", ""))]
    return SourceForm(
        brand=given.get("brand", ""),
        network=found.network,
        handle=given.get("handle", "").removeprefix("@").removeprefix("u/"),
        credentials=credentials,
        watches=watches,
    )


async def read_whole_form(request: Request) -> SourceForm:
    """Return the form of a new source, which must say everything."""
    found = await read_form(request)
    if not found.brand or not found.handle:
        raise Refused("Say which brand the source belongs to, and the handle of your account.")
    if not found.watches:
        raise Refused("Choose at least one thing to watch.")
    return found


def _watches(kind: WatchKind, text: str) -> list[Watch]:
    """Return one watch a line; mentions need no text, only a tick."""
    if kind is WatchKind.MENTIONS:
        return [Watch(kind=kind)] if text else []
    return [Watch(kind=kind, query=line.strip()) for line in text.splitlines() if line.strip()]


Entered = Annotated[SourceForm, Depends(read_form)]
EnteredWhole = Annotated[SourceForm, Depends(read_whole_form)]
