"""Makes HTML: a whole page, or only the named blocks of its template that changed (htmx).

Every template sees `visitor`, `now`, `looks` and the words of `api/words.py`. What is not defined is an error, not an empty space.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from types import CodeType
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from jinja2_fragments import render_block
from markupsafe import Markup

from amends.api import (
    asking_words,
    clock_words,
    connect_words,
    group_words,
    keys_table,
    labels,
    matching_words,
    personal_words,
    pushing_words,
    row_words,
    script_words,
    watch_words,
    words,
    writing_words,
)
from amends.api.alarm_reasons import why_alarmed
from amends.api.files import sign, version
from amends.api.job_words import why_started
from amends.api.looks import looks_of, themes
from amends.api.people_words import role_name
from amends.api.route_words import why_routed
from amends.api.rows_drawn import RowsDrawn
from amends.api.straight import Straight, safe
from amends.api.trouble_words import trouble
from amends.core.clock import Clock
from amends.core.errors import SettingsWrong
from amends.core.translating import gettext, ngettext, spoken
from amends.core.written import number as counted
from amends.inbox.actions import conditions
from amends.inbox.store.inbox_list import CaseRow

HERE = Path(__file__).parent


@cache
def static(name: str) -> str:
    """Return the address of one of our static files; its folder's name changes whenever a file of ours does."""
    return f"/static/{version()}/{name}"


@cache
def vendor(name: str) -> str:
    """Return the address of a script that the installed package django-htmx carries (its static files; of Django nothing is used)."""
    package = find_spec("django_htmx")
    folders = package.submodule_search_locations if package else None
    if not folders:
        raise SettingsWrong("The package django-htmx is not installed; `./amends` sets it up.")
    digest = hashlib.sha256(Path(folders[0], "static", "django_htmx", name).read_bytes()).hexdigest()[:12]
    return f"/static/vendor/{name}?v={digest}"


class _Compiled(BytecodeCache):
    """The templates that this process has compiled, by what they say: a second application does not compile them again."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Put the code into the bucket where it is known."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        if bucket.code:
            self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()
SMALL = {"icon", "net"}
"""The macros that show the same for the same few words."""


def _environment(*, translates: bool) -> Environment:
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_COMPILED,
        auto_reload=False,
    )
    found.code_generator_class = Straight
    installed: Any = found
    found.policies["ext.i18n.trimmed"] = True
    installed.install_gettext_callables(gettext, ngettext, newstyle=True)
    installed.globals.update(_=_told, gettext=_told, ngettext=_told_of)
    found.filters["safe_url"] = words.safe_url
    told: dict[str, Any] = {
        "words": words,
        "watching": watch_words,
        "groups": group_words,
        "personal": personal_words,
        "matching": matching_words,
        "pushing": pushing_words,
        "labels": labels,
        "connecting": connect_words,
        "writing": writing_words,
        "translates": translates,
        "script_texts": script_words.texts,
        "themes": themes,
        "keys": keys_table,
        "row_words": row_words,
        "asking_words": asking_words,
        "clock_words": clock_words,
        "why_alarmed": why_alarmed,
        "why_routed": why_routed,
        "trouble": trouble,
        "condition_trouble": conditions.trouble,
        "why_started": why_started,
        "role_name": role_name,
    }
    found.globals.update(told, static=static, vendor=vendor, sign=sign)
    for name in ("parts", "said", "querying", "boxes", "segment_parts"):
        pieces: Any = found.get_template(f"{name}.html").module
        for often in SMALL & vars(pieces).keys():
            setattr(pieces, often, _drawn_once(getattr(pieces, often)))
        found.globals[name] = pieces
    row: Any = found.get_template("case_row.html").module
    installed.globals["drawn_row"] = RowsDrawn(row.drawn)
    installed.globals["keyboard"] = _drawn_once(partial(_keyboard, found))
    installed.globals["relabelling"] = _drawn_once(partial(_relabelling, found))
    return found


def _told(text: str, /, **values: object) -> Markup:
    """Return a text of ours in the spoken language, with `values` put in; what jinja2 brings for it took a sixth of each page's time."""
    return _filled(gettext(text), values) if values else _plain(text, spoken())


def _told_of(one: str, many: str, number: int, /, **values: object) -> Markup:
    """Return the form of a text of ours that fits `number`, which it may name `num`, with `values` put in: numbers as the language does."""
    told = {name: counted(value) if isinstance(value, int) else value for name, value in ({"num": number} | values).items()}
    return _filled(ngettext(one, many, number), told)


def _filled(text: str, values: Mapping[str, object]) -> Markup:
    """Return a text of ours with `values` put in, each made safe once; markupsafe's own `%` took three times as long."""
    return Markup(text % {name: safe(value) for name, value in values.items()})  # noqa: S704 - our own words


@lru_cache(maxsize=8192)
def _plain(text: str, _language: str) -> Markup:
    return _filled(gettext(text), {})


def _keyboard(templates: Environment, plain_keys: str | int, role: str) -> Markup:
    return Markup(templates.get_template("keyboard.html").render(plain_keys=plain_keys, role=role))  # noqa: S704 - our own template


def _relabelling(templates: Environment) -> Markup:
    return Markup(templates.get_template("relabelling.html").render())  # noqa: S704 - our own template


def _drawn_once(macro: Callable[..., Markup]) -> Callable[..., Markup]:
    """Return what remembers what it drew in each language: the same few icons in each of fifty rows, the same help on each page."""

    @cache
    def drawn(_language: str, *given: str | int) -> Markup:
        return macro(*given)

    return lambda *given: drawn(spoken(), *given)


class Screens:
    """The templates of one installation; `translates` says whether it has a translator."""

    def __init__(self, clock: Clock, *, translates: bool = False) -> None:
        self._clock = clock
        self._templates = _environment(translates=translates)

    def page(self, request: Request, template: str, values: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
        """Return a whole page."""
        text = self._templates.get_template(template).render(self._common(request) | dict(values))
        return HTMLResponse(text, status_code=status)

    def blocks(self, request: Request, template: str, names: Sequence[str], values: Mapping[str, Any]) -> HTMLResponse:
        """Return only the named blocks of a page, one after the other."""
        everything = self._common(request) | dict(values)
        return HTMLResponse("\n".join(self.block(template, name, everything) for name in names))

    def block(self, template: str, name: str, values: Mapping[str, Any]) -> str:
        """Return one named block as text, for the stream."""
        return render_block(self._templates, template, name, dict(values))

    def row(self, row: CaseRow, now: datetime) -> str:
        """Return one row of the inbox list as text, for the stream."""
        drawn: Any = self._templates.globals["drawn_row"]
        return str(drawn(row, now))

    def template(self, name: str) -> Template:
        """Return a template that makes something else than a screen."""
        return self._templates.get_template(name)

    def nothing(self) -> HTMLResponse:
        """Return an answer that changes nothing on the screen."""
        return HTMLResponse("")

    def _common(self, request: Request) -> dict[str, Any]:
        return {
            "visitor": getattr(request.state, "visitor", None),
            "request_id": request.state.request_id,
            "looks": looks_of(request.cookies),
            "path": request.url.path,
            "spoken": spoken(),
            "now": self._clock(),
        }


def together(*pieces: HTMLResponse) -> HTMLResponse:
    """Return the HTML of several answers as one."""
    return HTMLResponse(b"\n".join(bytes(piece.body) for piece in pieces))


def saying(response: HTMLResponse, text: str, *, undo: str = "", more: Mapping[str, Any] | None = None) -> HTMLResponse:
    """Return `response`, which also shows `text` as a toast; `undo` is the address that takes it back."""
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": text, "undo": undo}, **(more or {})})
    return response


def elsewhere(response: HTMLResponse, address: str, text: str, *, undo: str = "") -> HTMLResponse:
    """Return `response`, which leads to another page, where `text` is shown as a toast."""
    response.headers["HX-Redirect"] = address
    return saying(response, text, undo=undo, more={"toast": {"text": text, "undo": undo, "there": True}})
