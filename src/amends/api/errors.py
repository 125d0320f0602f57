"""From errors to answers: the only place that knows HTTP status codes. HTML for people, JSON for programs and for htmx.

An answer says what happened and what to do next; what we did not foresee is logged with the request's id and told without details.
"""

import traceback
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from amends.api.auth import Forged, NoToken, NotSignedIn, SecondFactorDue
from amends.core import errors
from amends.core.database import DatabaseGone
from amends.core.log import logger
from amends.core.translating import N_, _

log = logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """How one kind of error is told: status, the word for programs, a headline and the next step for people."""

    status: int
    word: str
    headline: str
    next_step: str


ANSWERS: dict[type[Exception], Answer] = {
    NotSignedIn: Answer(
        status=401, word="not_signed_in", headline=N_("Please sign in"), next_step=N_("Sign in again; your drafts are kept.")
    ),
    SecondFactorDue: Answer(
        status=403, word="second_factor_due", headline=N_("A second factor is due"), next_step=N_("Set it up under Sign-in and sessions.")
    ),
    NoToken: Answer(status=401, word="no_token", headline=N_("A token is missing"), next_step=N_("Send a bearer token with the request.")),
    Forged: Answer(status=403, word="forged", headline=N_("This page is stale"), next_step=N_("Reload the page and try once more.")),
    errors.NotAllowed: Answer(
        status=403, word="not_allowed", headline=N_("Not for your role"), next_step=N_("Ask an administrator if you need it for your work.")
    ),
    errors.NotFound: Answer(
        status=404,
        word="not_found",
        headline=N_("Nothing here"),
        next_step=N_("It may have been removed. Go back to the inbox and search for it."),
    ),
    errors.Conflict: Answer(
        status=409, word="conflict", headline=N_("Somebody was faster"), next_step=N_("Look at the newest state, then decide again.")
    ),
    errors.Refused: Answer(
        status=422, word="refused", headline=N_("That cannot be done"), next_step=N_("Nothing was changed. Mend it and try again.")
    ),
    errors.HookRefused: Answer(
        status=401,
        word="hook_refused",
        headline=N_("Not taken"),
        next_step=N_("Check the secret and the clock of the sender, then send it again."),
    ),
    errors.TranslationFailed: Answer(
        status=502, word="translation", headline=N_("Not translated"), next_step=N_("The original stands. Try again in a moment.")
    ),
    errors.RateLimited: Answer(status=429, word="too_often", headline=N_("Too often"), next_step=N_("Wait a moment, then try again.")),
    errors.NetworkError: Answer(
        status=502, word="network", headline=N_("The network did not do it"), next_step=N_("The page Sources says how the network is.")
    ),
    DatabaseGone: Answer(
        status=503, word="database_gone", headline=N_("The database is away"), next_step=N_("Nothing is lost. Try again in a few seconds.")
    ),
    errors.AmendsError: Answer(
        status=500, word="amends", headline=N_("Something is set up wrongly"), next_step=N_("Run `./amends doctor`; it says what to mend.")
    ),
}
NO_CHOICE = frozenset({"enum", "literal_error"})
"""What pydantic calls a word that is none of those a field takes: in a page's address a slip of the pen."""
UNFORESEEN = Answer(
    status=500,
    word="unforeseen",
    headline=N_("We broke something"),
    next_step=N_("It is in the log under the number below. Try again, or go on elsewhere."),
)
BY_STATUS = {
    404: ANSWERS[errors.NotFound],
    413: Answer(status=413, word="too_large", headline=N_("Too large"), next_step=N_("Send less at once.")),
    405: Answer(status=405, word="wrong_method", headline=N_("Not in this way"), next_step=N_("Go back and use the buttons of the page.")),
}


def answer_for(error: Exception) -> Answer:
    """Return the answer of the nearest kind of error in the tree."""
    return next((ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS), UNFORESEEN)


def wants_json(request: Request) -> bool:
    """Tell whether a program asks: REST, or htmx, whose toast shows the message."""
    return request.url.path.startswith(("/api/", "/hooks/")) or "hx-request" in request.headers


def told(request: Request, answer: Answer, message: str) -> Response:
    """Return `answer` in the shape and the language that the asker reads."""
    answer = replace(answer, headline=_(answer.headline), next_step=_(answer.next_step))
    if wants_json(request):
        body = {"error": answer.word, "message": message, "next": answer.next_step, "request_id": request.state.request_id}
        headers = {"WWW-Authenticate": "Bearer"} if answer.word == "no_token" else {}
        return JSONResponse(body, status_code=answer.status, headers=headers)
    return request.app.state.desk.screens.page(request, "error.html", {"answer": answer, "message": message}, status=answer.status)


def tell_known(request: Request, error: Exception) -> Response:
    """Answer an error of our own tree, or of the database door."""
    answer = answer_for(error)
    if answer.status >= 500:  # noqa: PLR2004
        log.warning("request_failed", error=answer.word, message=str(error))
    return told(request, answer, _(answer.headline) if isinstance(error, DatabaseGone) else str(error))


def tell_not_signed_in(request: Request, error: Exception) -> Response:
    """Lead a person to the sign-in page and back afterwards; programs and fragments get the plain answer."""
    if wants_json(request) or request.method != "GET" or request.url.path == "/stream":
        return told(request, ANSWERS[NotSignedIn], str(error))
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?{urlencode({'next': back})}", status_code=303)


def tell_second_factor_due(request: Request, error: Exception) -> Response:
    """Lead a person to where the second factor is set up; fragments get the plain answer."""
    if wants_json(request) or request.method != "GET" or request.url.path == "/stream":
        return told(request, ANSWERS[SecondFactorDue], str(error))
    return RedirectResponse("/settings/security/second-factor", status_code=303)


def tell_invalid(request: Request, error: Exception) -> Response:
    """Answer a request whose fields do not fit, naming each field; to people what is too long, or no such choice, in their own language."""
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    if not request.url.path.startswith("/api/") and any(fault["type"] == "string_too_long" for fault in faults):
        return told(request, ANSWERS[errors.Refused], _("One of the fields is far too long."))
    if not wants_json(request) and faults and all(fault["type"] in NO_CHOICE for fault in faults):
        odd = ", ".join(f"{fault['loc'][-1]}={str(fault['input'])[:40]}" for fault in faults)
        return told(request, ANSWERS[errors.Refused], f"{_('The request does not fit.')} ({odd})")
    lines = [f"{'.'.join(str(part) for part in fault['loc'][1:]) or _('the body')}: {fault['msg']}" for fault in faults]
    return told(request, ANSWERS[errors.Refused], "; ".join(lines) or _("The request does not fit."))


def tell_http(request: Request, error: Exception) -> Response:
    """Answer what the router itself refuses: no such address, wrong method."""
    status = _status_of(error) if isinstance(error, HTTPException) else 500
    answer = BY_STATUS.get(
        status, Answer(status=status, word="refused", headline=N_("That cannot be done"), next_step=N_("Go back and try again."))
    )
    return told(request, answer, _("There is no page at this address.") if status == 404 else _(answer.headline))  # noqa: PLR2004


def _status_of(error: HTTPException) -> int:
    """Return the status; a field of a form that is longer than the router reads is told as a general fault, and is too large."""
    return 413 if error.status_code == 400 and "exceeded maximum size" in error.detail else error.status_code  # noqa: PLR2004


def tell_unforeseen(request: Request, error: Exception) -> Response:
    """Answer what we did not foresee, without its details."""
    log.error("request_broke", trace="".join(traceback.format_exception(error)))
    return told(request, UNFORESEEN, _("This should not have happened."))


def add_error_answers(app: FastAPI) -> None:
    """Teach `app` all of this."""
    app.add_exception_handler(NotSignedIn, tell_not_signed_in)
    app.add_exception_handler(SecondFactorDue, tell_second_factor_due)
    app.add_exception_handler(errors.AmendsError, tell_known)
    app.add_exception_handler(DatabaseGone, tell_known)
    app.add_exception_handler(RequestValidationError, tell_invalid)
    app.add_exception_handler(HTTPException, tell_http)
