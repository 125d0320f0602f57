"""The page of the search: posts, replies, notes and customers that hold the words, as one types, newest first.

A post that has no case says why, and an agent can have one made of it.
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from amends.api import words
from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk
from amends.api.screen import saying
from amends.api.searching import KIND, KINDS, Asked, Asking, below, is_cut, marked
from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.relevance import bring_back, lay_back
from amends.inbox.rules.ids import PostId
from amends.inbox.rules.rights import Right, Scope
from amends.inbox.rules.search_words import excerpt
from amends.inbox.store import counts, finding, search_index, searching
from amends.inbox.store.query_names import known
from amends.inbox.store.searching import Hit, Wanted

router = APIRouter(prefix="/search", include_in_schema=False)
SHOWN = 30
CUSTOMERS_BESIDE = 3


@router.get("", dependencies=[may(Right.SEE)])
def search(request: Request, desk: AtDesk, visitor: Reading, asked: Asking) -> Response:
    """Show what is found; for htmx only the results, or those behind `below`."""
    with desk.pool.transaction() as conn:
        values = _found(conn, asked, visitor.scope)
        if request.headers.get("HX-Request"):
            return desk.screens.blocks(request, "search.html", ["hits" if _goes_on(asked, values) else "results"], values)
        values |= _choices(conn, asked) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "search.html", values)


@router.get("/posts/{post_id}", dependencies=[may(Right.SEE)])
def post(request: Request, desk: AtDesk, _visitor: Reading, post_id: PostId) -> Response:
    """Show what has become of a post, as the search shows it."""
    with desk.pool.transaction() as conn:
        return _shown(request, desk, conn, post_id)


@router.post("/posts/{post_id}/case", dependencies=[may(Right.WORK)])
def make_case(request: Request, desk: AtDesk, visitor: Meaning, post_id: PostId) -> Response:
    """Let the post be routed again, as work this time; its source learns that such posts are for us."""
    with desk.pool.transaction() as conn:
        bring_back(conn, post_id=post_id, agent_id=visitor.agent_id, now=desk.clock())
        answer = _shown(request, desk, conn, post_id)
    desk.wake()
    return saying(answer, _("A case is being made of it"), undo=f"/search/posts/{post_id}/no-case")


@router.post("/posts/{post_id}/no-case", dependencies=[may(Right.WORK)])
def make_none(request: Request, desk: AtDesk, visitor: Meaning, post_id: PostId) -> Response:
    """Take it back that a case is made of the post; a case that has gone on since stays."""
    with desk.pool.transaction() as conn:
        lay_back(conn, post_id=post_id, agent_id=visitor.agent_id, now=desk.clock())
        answer = _shown(request, desk, conn, post_id, apart=True)
    desk.wake()
    return saying(answer, _("Taken back"))


def _shown(request: Request, desk: AtDesk, conn: Connection, post_id: PostId, *, apart: bool = False) -> HTMLResponse:
    hit = searching.post(conn, post_id)
    if hit is None:
        raise NotFound(_("There is no such post any more."))
    values = {"hits": [(hit, marked(hit, ()))], "kind_words": KIND, "more": "", "apart": apart}
    return desk.screens.blocks(request, "search.html", ["hits"], values)


def _goes_on(asked: Asked, values: dict[str, Any]) -> bool:
    """Tell whether only the rows behind those on screen are asked for, and are to be had."""
    return bool(asked.below) and not values["trouble"]


def _found(conn: Connection, asked: Asked, scope: Scope) -> dict[str, Any]:
    values = {"asked": asked, "kinds": KINDS, "kind_words": KIND, "trouble": "", "hits": [], "customers": [], "more": "", "reading": False}
    try:
        wanted = asked.wanted()
        if wanted.sought.words:
            values |= _hits(conn, asked, wanted, scope) | {"reading": search_index.is_behind(conn)}
    except Refused as error:
        values["trouble"] = str(error)
    return values | {"cut": is_cut(asked.q)}


def _hits(conn: Connection, asked: Asked, wanted: Wanted, scope: Scope) -> dict[str, Any]:
    """Return a page of texts and, at its first, customers; of customers alone where they are asked for."""
    needles = wanted.sought.needles
    plain = not (asked.network or asked.lang or asked.since or asked.until or asked.below)
    most = SHOWN if asked.kind == "customer" else CUSTOMERS_BESIDE
    people = finding.customers(conn, asked.q, scope, limit=most) if asked.kind == "customer" or (plain and not asked.kind) else []
    rows: list[Hit] = [] if asked.kind == "customer" else searching.texts(conn, wanted, scope, limit=SHOWN + 1)
    shown = rows[:SHOWN]
    return {
        "hits": [(hit, marked(hit, needles)) for hit in shown],
        "customers": [(one, excerpt(one.name, needles), excerpt(words.handle(one.handle, one.network), needles)) for one in people],
        "more": below(shown) if len(rows) > SHOWN else "",
    }


def _choices(conn: Connection, asked: Asked) -> dict[str, Any]:
    return {
        "networks": [(one.names[0], words.network(one.names[0])) for one in known(conn, "network")],
        "languages": [(code, words.language(code)) for code in words.spoken(asked.lang)],
    }
