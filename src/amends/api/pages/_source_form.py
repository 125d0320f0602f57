"""Reads the form of a source: what it asks for depends on the network, whose file names its credentials and watches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from amends.api.networks import asked_at, check_searches, check_settings, forms
from amends.api.pushing_words import calls_at
from amends.collectors import abilities, load
from amends.core.errors import Refused
from amends.core.translating import _
from amends.core.watching import Watch, WatchKind

LONGEST = 4000


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceForm:
    """What was entered; credentials that were left empty are not in it."""

    brand: str
    network: str
    handle: str
    credentials: Mapping[str, str] = field(repr=False)
    options: Mapping[str, str]
    watches: Sequence[Watch]


async def _read(request: Request) -> SourceForm:
    """Return what the form says, whatever it leaves out; `Refused` where it names no network or says too much."""
    sent = await request.form()
    given = {name: value.strip() for name, value in sent.items() if isinstance(value, str)}
    found = next((one for one in forms() if one.network == given.get("network")), None)
    if found is None:
        raise Refused(_("Choose a network."))
    if any(len(value) > LONGEST for value in given.values()):
        raise Refused(_("One of the fields is far too long."))
    return SourceForm(
        brand=given.get("brand", ""),
        network=found.network,
        handle=given.get("handle", "").removeprefix("@").removeprefix("u/"),
        credentials={name: given[f"credential_{name}"] for name in found.credentials if given.get(f"credential_{name}")},
        options={one.name: given[f"option_{one.name}"] for one in found.options if given.get(f"option_{one.name}")},
        watches=[watch for kind in found.watches for watch in _watches(kind, given.get(f"watch_{kind}", ""))],
    )


def _with_credentials(form: SourceForm) -> SourceForm:
    able, asked = abilities(form.network), load(form.network).CREDENTIALS
    # Who lets us in later needs an app of ours there, save where one is made for us.
    may_come_later = able.keyless or (able.grants and "client_id" not in asked)
    if not form.credentials and asked and not may_come_later:
        raise Refused(_("Enter the credentials of the network's app."))
    return form


def _with_watches(form: SourceForm) -> SourceForm:
    if not form.watches:
        raise Refused(_("Choose at least one thing to watch."))
    check_searches(form.network, form.watches)
    return form


async def read_credentials(request: Request) -> SourceForm:
    """Return the form that replaces the credentials of a source."""
    return _with_credentials(await _read(request))


async def read_options(request: Request) -> SourceForm:
    """Return the form that changes the settings of a source."""
    return await _read(request)


async def read_watches(request: Request) -> SourceForm:
    """Return the form that gives a source more to watch."""
    return _with_watches(await _read(request))


async def read_whole(request: Request) -> SourceForm:
    """Return the form of a new source, which must say everything."""
    found = _with_credentials(await _read(request))
    if not found.brand or not found.handle:
        raise Refused(_("Say which brand the source belongs to, and the handle of your account."))
    check_settings(found.network, handle=found.handle, credentials=found.credentials, options=found.options)
    return _with_watches(found)


def connected(form: SourceForm, *, host: str, source_id: int) -> str:
    """Return what to say of a source that was just connected: what comes by itself, or what is to be done next, so that something comes."""
    able, address = abilities(form.network), host + calls_at(form.network, source_id)
    if all(watch.kind is WatchKind.CALLS for watch in form.watches):
        if form.network == "form":
            return _("Connected. Visitors write at %(address)s: link to it where they look for you.") % {"address": address}
        return _("Connected. Let the other side call %(address)s: posts come with its calls.") % {"address": address}
    if able.grants and not (form.credentials or able.keyless):
        return _("Connected. Sign in on %(network)s next: posts come after that.") % {"network": asked_at(form.network, form.options)}
    return _("Connected; the first posts are on their way")


def _watches(kind: WatchKind, text: str) -> list[Watch]:
    """Return one watch a line; what concerns our account needs no text, only a tick."""
    if not kind.takes_words:
        return [Watch(kind=kind)] if text else []
    return [Watch(kind=kind, query=line.strip()) for line in text.splitlines() if line.strip()]


EnteredCredentials = Annotated[SourceForm, Depends(read_credentials)]
EnteredOptions = Annotated[SourceForm, Depends(read_options)]
EnteredWatches = Annotated[SourceForm, Depends(read_watches)]
EnteredWhole = Annotated[SourceForm, Depends(read_whole)]
