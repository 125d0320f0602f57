"""Every screen there is, found from the routes themselves, so that a new one is looked at without anybody naming it."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from fastapi.routing import APIRoute
from playwright.sync_api import Browser, Page

from amends.api import pages as doors
from amends.api.auth import SESSION_COOKIE
from amends.api.pages.login import STEP_COOKIE
from amends.core.database import fetch_values
from amends.core.plugins import discover
from tests.door import Answer, Door

NO_PAGE = {"/stream"}


def private_case(door: Door) -> int:
    """Return the case in which a customer shows a phone number."""
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select max(id) from cases")[0]


def screens(door: Door, answers: Mapping[str, Answer]) -> tuple[list[str], list[str]]:
    """Return one address of every screen and the states of it that differ most, and one of every piece that unfolds within a screen."""
    found = sorted(path for path, answer in answers.items() if _is_page(answer))
    fields = (f"/customers/1/field?name={name}" for name in ("name", "languages", "born", "zone", "do_not_contact"))
    rows = "/numbers/rows?figure=begun&since=2020-01-01T00:00:00Z&until=2100-01-01T00:00:00Z"
    states = ("/inbox?view=resolved", "/inbox?view=open&q=nobody", f"/inbox/{door.who.talked + 6}", f"/inbox/{private_case(door)}", rows)
    pages = ["/login", "/login/code", *found, *door.examples.get("addresses", "").split(), *states, "/nowhere"]
    return list(dict.fromkeys(pages)), [
        *sorted(path for path, answer in answers.items() if _is_piece(answer)),
        *fields,
        "/answer-times.svg",
    ]


def left_out(door: Door, answers: Mapping[str, Answer]) -> set[str]:
    """Return the routes whose examples lead to nothing, so that nobody looks at them."""
    return {path for path in _paths() if answers[_named(path, door)].status_code == HTTPStatus.NOT_FOUND}


def _paths() -> set[str]:
    routes = [route for module in discover(doors).values() for route in module.router.routes]
    return {route.path for route in routes if isinstance(route, APIRoute) and "GET" in (route.methods or ())} - NO_PAGE


def all_answers(door: Door) -> dict[str, Answer]:
    """Return what each route that is asked for something answers, which takes seconds; none may break."""
    client = door.visitor(door.who.ann)
    answers: dict[str, Answer] = {path: client.get(path) for path in {_named(path, door) for path in _paths()}}
    assert [path for path, answer in answers.items() if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR] == []
    return answers


def _is_piece(answer: Answer) -> bool:
    if answer.status_code != HTTPStatus.OK or not answer.headers["content-type"].startswith("text/html"):
        return False
    return bool(answer.text.strip()) and not _is_page(answer)


def _named(path: str, door: Door) -> str:
    """Return the path with things in it that exist."""
    source = door.examples["form"] if path.startswith("/form/") else door.who.source_id
    known: dict[str, object] = {"case_id": door.who.talked, "source_id": source, "dimension": "network", **door.examples}
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: str(known.get(found[1], 1)), path)


def _is_page(answer: Answer) -> bool:
    return answer.status_code == HTTPStatus.OK and "<!doctype html>" in answer.text[:40]


def enter(browser: Browser, door: Door, address: str, *, width: int, theme: str) -> Page:
    """Return a page of an administrator on a screen of that width."""
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=theme, base_url=address, reduced_motion="reduce")  # pyright: ignore[reportArgumentType]
    token = door.visitor(door.who.ann).cookies[SESSION_COOKIE]
    context.add_cookies(
        [{"name": SESSION_COOKIE, "value": token, "url": address}, {"name": STEP_COOKIE, "value": "on the way", "url": address}]
    )
    return context.new_page()
