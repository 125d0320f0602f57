"""A request's route is found among a few, and is the one that a walk over all of them finds."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp

from amends.api.finding_routes import FindingRoutes
from tests.api.test_guards import ROUTES
from tests.door import Door


def serving(routes: list[Any]) -> tuple[ASGIApp, APIRouter]:
    router = APIRouter()
    router.routes.extend(routes)
    return FindingRoutes(router), router


def first_of(router: APIRouter, asked: Mapping[str, Any]) -> BaseRoute | None:
    return next((route for route in router.routes if route.matches(dict(asked))[0] is Match.FULL), None)


def saying(word: str, path: str, **given: Any) -> Route:
    def said(_request: Request) -> PlainTextResponse:
        return PlainTextResponse(word)

    return Route(path, said, **given)


PLACES = [
    saying("one", "/inbox/{case_id:int}"),
    saying("more", "/inbox/more"),
    saying("list", "/inbox"),
    saying("kept", "/inbox/more", methods=["POST"]),
    saying("root", "/"),
    saying("program", "/api/v1/cases/{case_id}"),
    saying("theirs", "/api/v1/cases/of/{number:path}"),
    saying("reply", "/api/v1/cases/{case_id}/replies/{reply_id}"),
    Mount("/static/vendor", app=PlainTextResponse("vendor"), name="vendor"),
    saying("file", "/static/{version}/{name}"),
]


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("/inbox/7", 200, "one"),
        ("/inbox/more", 200, "more"),
        ("/inbox", 200, "list"),
        ("/inbox/", 200, "list"),
        ("/", 200, "root"),
        ("/api/v1/cases/3", 200, "program"),
        ("/api/v1/cases/of/3", 200, "theirs"),
        ("/api/v1/cases/of/A%2F3", 200, "theirs"),
        ("/api/v1/cases/of/A/3/b/", 200, "theirs"),
        ("/api/v1/cases/3/replies/4", 200, "reply"),
        ("/static/vendor/htmx.js", 200, "vendor"),
        ("/static/vendor/deep/down/htmx.js", 200, "vendor"),
        ("/static/1/app.css", 200, "file"),
        ("/inbox/nobody", 404, "Not Found"),
        ("/nowhere", 404, "Not Found"),
        ("/api", 404, "Not Found"),
        ("//inbox", 404, "Not Found"),
    ],
)
def test_what_is_found_is_what_all_routes_in_order_say(asked: str, status: int, said: str) -> None:
    quick, slow = serving(PLACES)
    for app in (quick, slow):
        answer = TestClient(app).request("GET", f"http://testserver{asked}")
        assert (answer.status_code, answer.text) == (status, said)


def test_a_method_that_the_address_does_not_take_is_told_apart_from_an_address_that_is_not_there() -> None:
    quick, _slow = serving(PLACES)
    assert TestClient(quick).delete("/inbox/more").status_code == 405
    assert TestClient(quick).post("/inbox/more").text == "kept"


def test_each_of_our_routes_is_found_among_few(door: Door) -> None:
    everything = door.app.router
    finding = FindingRoutes(everything)
    for method, route in ROUTES:
        asked = {"type": "http", "path": re.sub(r"{.*?}", "1", route.path), "method": method, "root_path": ""}
        near = finding.near(asked["path"])
        assert first_of(near, asked) is first_of(everything, asked) is not None, asked
        assert len(near.routes) <= len(everything.routes) / 8
