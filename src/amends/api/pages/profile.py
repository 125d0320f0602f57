"""One's own profile: name, the language of the screens, the languages one answers in, theme and time zone."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from amends.api import words
from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.entering import remember_choices, secure
from amends.api.frame import LANGUAGE_COOKIE
from amends.api.looks import THEME_COOKIE, THEMES
from amends.api.zones import zones
from amends.core.errors import Refused
from amends.core.translating import NATIVE_NAMES
from amends.core.translating import gettext as _
from amends.inbox.actions.agents import name_of
from amends.inbox.actions.people import change_profile
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts, people
from amends.inbox.store.people import Profile
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/settings", include_in_schema=False)
ONLY = [may(Right.SELF)]


@router.get("", dependencies=ONLY)
def settings(_visitor: Reading) -> Response:
    """Lead to where one's own settings begin."""
    return RedirectResponse("/settings/profile", status_code=303)


@router.get("/profile", dependencies=ONLY)
def profile(request: Request, desk: AtDesk, visitor: Reading, *, saved: bool = False) -> Response:
    """Show it."""
    with desk.pool.transaction() as conn:
        own = people.profile(conn, visitor.agent_id)
    return _page(request, desk, visitor, own, saved=saved)


@router.post("/profile", dependencies=ONLY)
def save(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    name: Annotated[str, Form(max_length=200)] = "",
    interface_language: Annotated[str, Form(max_length=10)] = "",
    language: Annotated[list[str] | None, Form()] = None,
    theme: Annotated[str, Form(max_length=10)] = "",
    time_zone: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Keep it, and show the page anew in the language that was chosen."""
    new = Profile(name=name, interface_language=interface_language, languages=language or [], theme=theme, time_zone=time_zone.strip())
    try:
        _keep(desk, visitor, _checked(new))
    except Refused as error:
        return _page(request, desk, visitor, new, trouble=str(error), status=422)
    response = RedirectResponse("/settings/profile?saved=true", status_code=303)
    for cookie in (LANGUAGE_COOKIE, THEME_COOKIE):
        response.delete_cookie(cookie)
    remember_choices(response, new, secure=secure(request, desk))
    return response


def _keep(desk: Desk, visitor: Visitor, new: Profile) -> None:
    with desk.pool.transaction() as conn:
        change_profile(conn, agent_id=visitor.agent_id, new=new, now=desk.clock())


def _checked(new: Profile) -> Profile:
    """Return the profile with its name in one line; `Refused` where something is no choice of ours."""
    fits = (
        new.interface_language in {"", *NATIVE_NAMES},
        set(new.languages) <= set(words.LANGUAGES),
        new.theme in THEMES,
        not new.time_zone or new.time_zone in zones(),
    )
    if not all(fits):
        raise Refused(_("One of the choices is not among those offered. A time zone looks like Asia/Colombo."))
    languages = sorted(set(new.languages))
    return Profile(
        name=name_of(new.name),
        interface_language=new.interface_language,
        languages=languages,
        theme=new.theme,
        time_zone=new.time_zone,
    )


def _page(  # noqa: PLR0913
    request: Request, desk: Desk, visitor: Visitor, own: Profile, *, saved: bool = False, trouble: str = "", status: int = 200
) -> Response:
    with desk.pool.transaction() as conn:
        counted = counts.read(conn, visitor.scope)
    values: dict[str, Any] = {
        "own": own,
        "saved": saved,
        "trouble": trouble,
        "counts": counted,
        "native": NATIVE_NAMES,
        "languages": words.LANGUAGES,
        "theme_names": THEMES,
        "zones": zones(),
    }
    return desk.screens.page(request, "profile.html", values, status=status)
