"""Who may pass: the guards of the routes. Every route names exactly one of the aliases at the end, or is listed as public in the tests.

People carry a session cookie; each unsafe request of theirs must also show the session's CSRF token (header or form field) and must
not come from another site. Programs carry a bearer token and no cookie, so there is nothing to forge.
"""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated, Any

from fastapi import Depends, Form, Header, Request, Response

from amends.api.desk import AtDesk, Desk
from amends.core.errors import AmendsError, NotAllowed
from amends.inbox.actions.sign_in import visitor_of_session, visitor_of_token
from amends.inbox.rules.rights import Right
from amends.inbox.rules.rights import may as may_do
from amends.inbox.rules.words import Role
from amends.inbox.store.sessions import Visitor

SESSION_COOKIE = "amends_session"
LOGIN_COOKIE = "amends_login"
WITHOUT_SECOND_FACTOR = ("/settings/security/second-factor", "/login/", "/logout")
RANK = {Role.AUDITOR: 0, Role.AGENT: 0, Role.LEAD: 0, Role.MANAGER: 1, Role.ADMIN: 2}


class NotSignedIn(AmendsError):
    """You are not signed in, or your session has ended."""


class SecondFactorDue(AmendsError):
    """Your role needs a second factor; set it up, then go on."""


class NoToken(AmendsError):
    """Show an API token: `Authorization: Bearer amends_…`. Make one on the page API tokens."""


class Forged(AmendsError):
    """This request did not come from a page of ours that you opened; reload the page and try again."""


def signed_in(request: Request, desk: AtDesk) -> Visitor:
    """Return the agent behind the session cookie."""
    token = request.cookies.get(SESSION_COOKIE, "")
    with desk.pool.transaction() as conn:
        found = token and visitor_of_session(conn, token=token, length=desk.settings.session_length, now=desk.clock())
    if not found:
        raise NotSignedIn
    request.state.visitor = found
    check_second_factor(request, desk, found)
    return found


def check_second_factor(request: Request, desk: Desk, visitor: Visitor) -> None:
    """Lead somebody whose role needs a second factor, and who has none, to where it is set up, and nowhere else."""
    due = visitor.lacks_second_factor and visitor.role in desk.settings.require_second_factor
    if due and not request.url.path.startswith(WITHOUT_SECOND_FACTOR):
        raise SecondFactorDue


def from_our_page(request: Request) -> None:
    """Refuse what the browser says comes from another site."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Forged


def meant(
    request: Request,
    visitor: Annotated[Visitor, Depends(signed_in)],
    x_csrf_token: Annotated[str, Header()] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Visitor:
    """Return the agent, who meant to send this unsafe request."""
    from_our_page(request)
    if not compare_digest((x_csrf_token or csrf_token).encode(), visitor.csrf_token.encode()):
        raise Forged
    return visitor


def bearer(request: Request, desk: AtDesk, authorization: Annotated[str, Header(include_in_schema=False)] = "") -> Visitor:
    """Return the agent behind the API token."""
    scheme, _, token = authorization.partition(" ")
    found = None
    if scheme.lower() == "bearer" and token:
        with desk.pool.transaction() as conn:
            found = visitor_of_token(conn, token=token.strip(), now=desk.clock())
    if not found:
        raise NoToken
    request.state.visitor = found
    return found


def at_least(visitor: Visitor, role: Role) -> Visitor:
    """Return the visitor, or raise `NotAllowed` where the role is too low."""
    if RANK[Role(visitor.role)] < RANK[role]:
        raise NotAllowed(f"This needs the role {role}; yours is {visitor.role}. Ask an administrator.")
    return visitor


def entitled(visitor: Visitor, right: Right) -> Visitor:
    """Return the visitor, or raise `NotAllowed` where their role lacks the right."""
    if not may_do(visitor.role, right):
        raise NotAllowed(f"Your role ({visitor.role}) does not include this. Ask an administrator.")
    return visitor


@dataclass(frozen=True)
class MayPerson:
    """The guard of a page: a signed-in person with this right."""

    right: Right

    def __call__(self, visitor: Annotated[Visitor, Depends(signed_in)]) -> Visitor:
        """Return the visitor who has the right."""
        return entitled(visitor, self.right)


@dataclass(frozen=True)
class MayProgram:
    """The guard of an endpoint: a program whose owner has this right."""

    right: Right

    def __call__(self, visitor: Annotated[Visitor, Depends(bearer)]) -> Visitor:
        """Return the visitor who has the right."""
        return entitled(visitor, self.right)


def may(right: Right) -> Any:
    """Return the guard for `dependencies=[…]` of a page's route; beside it the route names `Reading` or `Meaning`."""
    return Depends(MayPerson(right))


def program_may(right: Right) -> Any:
    """Return the guard for `dependencies=[…]` of an endpoint's route; beside it the route names `Bearing`."""
    return Depends(MayProgram(right))


def reading_manager(visitor: Annotated[Visitor, Depends(signed_in)]) -> Visitor:
    """Return the manager behind a safe request."""
    return at_least(visitor, Role.MANAGER)


def meaning_manager(visitor: Annotated[Visitor, Depends(meant)]) -> Visitor:
    """Return the manager behind an unsafe request."""
    return at_least(visitor, Role.MANAGER)


def meaning_admin(visitor: Annotated[Visitor, Depends(meant)]) -> Visitor:
    """Return the administrator behind an unsafe request."""
    return at_least(visitor, Role.ADMIN)


def bearing_manager(visitor: Annotated[Visitor, Depends(bearer)]) -> Visitor:
    """Return the manager behind an API token."""
    return at_least(visitor, Role.MANAGER)


def bearing_admin(visitor: Annotated[Visitor, Depends(bearer)]) -> Visitor:
    """Return the administrator behind an API token."""
    return at_least(visitor, Role.ADMIN)


def set_session_cookie(response: Response, token: str, *, max_age: int, secure: bool) -> None:
    """Put the session's token into the browser, out of the reach of scripts and other sites."""
    response.set_cookie(SESSION_COOKIE, token, max_age=max_age, httponly=True, samesite="lax", secure=secure)


Reading = Annotated[Visitor, Depends(signed_in)]
Meaning = Annotated[Visitor, Depends(meant)]
ReadingManager = Annotated[Visitor, Depends(reading_manager)]
MeaningManager = Annotated[Visitor, Depends(meaning_manager)]
MeaningAdmin = Annotated[Visitor, Depends(meaning_admin)]
Bearing = Annotated[Visitor, Depends(bearer)]
BearingManager = Annotated[Visitor, Depends(bearing_manager)]
BearingAdmin = Annotated[Visitor, Depends(bearing_admin)]
