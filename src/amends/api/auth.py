"""Who may pass: the guards of the routes.

Every route names one right (`may`, `program_may`) and takes its visitor by one of the aliases at the end, or is listed as public in the
tests. Ids in its address (`SCOPED_IDS`) name only what the visitor sees; anything else answers as if it were not there.

People carry a session cookie; each unsafe request of theirs must also show the session's CSRF token (header or form field) and must
not come from another site. Programs carry a bearer token and no cookie, so there is nothing to forge.

The guards look into the request themselves: what is a parameter of theirs FastAPI lays out anew for each of the routes, which took 10 MB.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from amends.api.desk import Desk, desk_at
from amends.api.origins import address_of
from amends.api.people_words import role_name
from amends.core.errors import AmendsError, NotAllowed, NotFound
from amends.core.translating import N_, _
from amends.inbox.actions.sign_in import visitor_of_session
from amends.inbox.actions.tokens import visitor_of_token
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.rights import EVERYTHING, Right
from amends.inbox.rules.rights import may as may_do
from amends.inbox.store import events, scopes
from amends.inbox.store.sessions import Visitor

SESSION_COOKIE = "amends_session"
LOGIN_COOKIE = "amends_login"
SCOPED_IDS = {
    "case_id": ("case", N_("There is no case %(id)s.")),
    "reply_id": ("reply", N_("There is no reply %(id)s.")),
    "follow_up_id": ("follow_up", N_("There is no follow-up %(id)s.")),
    "picture_id": ("picture", N_("There is no picture %(id)s.")),
    "post_id": ("post", N_("There is no post %(id)s.")),
    "customer_id": ("customer", N_("There is no customer %(id)s.")),
    "match_id": ("match", N_("There is no suggestion %(id)s.")),
    "merge_id": ("merge", N_("There is no merge %(id)s.")),
    "incident_id": ("incident", N_("There is no incident %(id)s.")),
    "cluster_id": ("cluster", N_("There is no suggested incident %(id)s.")),
    "alert_id": ("alert", N_("There is no alarm %(id)s.")),
    "author_id": ("author", N_("There is no author %(id)s.")),
}
LARGEST_ID = 2**63
WITHOUT_SECOND_FACTOR = ("/settings/security/second-factor", "/login/", "/logout")


class NotSignedIn(AmendsError):
    """You are not signed in, or your session has ended."""


class SecondFactorDue(AmendsError):
    """Your role needs a second factor; set it up, then go on."""


class NoToken(AmendsError):
    """Show an API token: `Authorization: Bearer amends_…`. Make one on the page API tokens."""


class Forged(AmendsError):
    """This request did not come from a page of ours that you opened; reload the page and try again."""


def signed_in(request: Request) -> Visitor:
    """Return the agent behind the session cookie."""
    desk = desk_at(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    with desk.pool.statements() as conn:
        found = token and visitor_of_session(conn, token=token, length=desk.settings.session_length, now=desk.clock())
    if not found:
        raise NotSignedIn
    request.state.visitor = found
    check_second_factor(request, desk, found)
    request.state.person = found
    return found


async def visiting(request: Request) -> Visitor:
    """Return the agent whom the guard of the route found; to ask for them anew would take a thread and a transaction."""
    return getattr(request.state, "person", None) or await run_in_threadpool(signed_in, request)


def check_second_factor(request: Request, desk: Desk, visitor: Visitor) -> None:
    """Lead somebody whose role needs a second factor, and who has none, to where it is set up, and nowhere else."""
    due = visitor.lacks_second_factor and visitor.role in desk.settings.require_second_factor
    if due and not request.url.path.startswith(WITHOUT_SECOND_FACTOR):
        raise SecondFactorDue


def from_our_page(request: Request) -> None:
    """Refuse what the browser says comes from another site."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Forged


async def meant(request: Request, visitor: Annotated[Visitor, Depends(visiting)]) -> Visitor:
    """Return the agent, who meant to send this unsafe request."""
    from_our_page(request)
    shown = request.headers.get("x-csrf-token") or str((await request.form()).get("csrf_token", ""))
    if not compare_digest(shown.encode(), visitor.csrf_token.encode()):
        raise Forged
    return visitor


def bearer(request: Request) -> Visitor:
    """Return the agent behind the API token."""
    desk = desk_at(request)
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NoToken
    with desk.pool.transaction() as conn:
        found = visitor_of_token(conn, token=token.strip(), address=address_of(request), now=desk.clock())
    if not found:
        raise NoToken(_("This API token is revoked, has expired or never was one. Make another one on the page API tokens."))
    request.state.visitor = request.state.program = found
    return found


async def bearing(request: Request) -> Visitor:
    """Return the agent behind the API token, whom the guard of the route found."""
    return getattr(request.state, "program", None) or await run_in_threadpool(bearer, request)


def entitled(visitor: Visitor, right: Right) -> Visitor:
    """Return the visitor, or raise `NotAllowed` where their role, or the token they show, lacks the right."""
    if visitor.may(right):
        return visitor
    if may_do(visitor.role, right):
        raise NotAllowed(
            _("The token “%(name)s” does not carry this right of yours. Make another one on the page API tokens.") % {"name": visitor.token}
        )
    raise NotAllowed(_("Your role (%(role)s) does not include this.") % {"role": role_name(visitor.role)})


def check_reach(desk: Desk, visitor: Visitor, name: str, value: object) -> None:
    """Raise `NotFound` where the id called `name` (of `SCOPED_IDS`) names nothing that the visitor sees; routes refuse what is no id."""
    text = str(value)
    if visitor.scope == EVERYTHING or not text.isdecimal() or int(text) >= LARGEST_ID:
        return
    noun, absent = SCOPED_IDS[name]
    with desk.pool.statements() as conn:
        if not scopes.reaches(conn, visitor.scope, noun, int(text)):
            raise NotFound(_(absent) % {"id": text})


def check_cases_reach(desk: Desk, visitor: Visitor, case_ids: Sequence[int]) -> None:
    """Raise `NotFound` where one of these is no case that the visitor sees."""
    if visitor.scope == EVERYTHING:
        return
    with desk.pool.statements() as conn:
        unseen = scopes.cases_unseen(conn, visitor.scope, case_ids)
    if unseen:
        raise NotFound(_(SCOPED_IDS["case_id"][1]) % {"id": unseen[0]})


def entered(request: Request, desk: Desk, visitor: Visitor, right: Right) -> Visitor:
    """Return the visitor, who has the right and sees everything that the address names, or takes back what took it out of their sight."""
    entitled(visitor, right)
    if _takes_back(request, desk, visitor):
        return visitor
    for name in SCOPED_IDS:
        if name in request.path_params:
            check_reach(desk, visitor, name, request.path_params[name])
    return visitor


def _takes_back(request: Request, desk: Desk, visitor: Visitor) -> bool:
    """Tell whether the address names the event by which the visitor gave this case away."""
    event_id, case_id = (request.path_params.get(name, "") for name in ("event_id", "case_id"))
    if not str(event_id).isdecimal() or int(event_id) >= LARGEST_ID:
        return False
    with desk.pool.statements() as conn:
        event = events.find(conn, event_id=int(event_id))
    if event is None or event.kind != EventKind.CASE_ASSIGNED:
        return False
    return (event.agent_id, str(event.case_id)) == (visitor.agent_id, str(case_id))


@dataclass(frozen=True)
class MayPerson:
    """The guard of a page: a signed-in person with this right, for what they see."""

    right: Right

    def __call__(self, request: Request) -> Visitor:
        """Return the visitor who has the right."""
        return entered(request, desk_at(request), signed_in(request), self.right)


@dataclass(frozen=True)
class MayProgram:
    """The guard of an endpoint: a program whose token carries this right, for what its owner sees."""

    right: Right

    def __call__(self, request: Request) -> Visitor:
        """Return the visitor who has the right."""
        return entered(request, desk_at(request), bearer(request), self.right)


def may(right: Right) -> Any:
    """Return the guard for `dependencies=[…]` of a page's route; beside it the route names `Reading` or `Meaning`."""
    return Depends(MayPerson(right))


def program_may(right: Right) -> Any:
    """Return the guard for `dependencies=[…]` of an endpoint's route; beside it the route names `Bearing`."""
    return Depends(MayProgram(right))


def set_session_cookie(response: Response, token: str, *, max_age: int, secure: bool) -> None:
    """Put the session's token into the browser, out of the reach of scripts and other sites."""
    response.set_cookie(SESSION_COOKIE, token, max_age=max_age, httponly=True, samesite="lax", secure=secure)


Reading = Annotated[Visitor, Depends(visiting)]
Meaning = Annotated[Visitor, Depends(meant)]
Bearing = Annotated[Visitor, Depends(bearing)]
