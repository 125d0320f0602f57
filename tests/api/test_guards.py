"""Who may not: every route has exactly one guard, and the guards hold."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.routing import APIRoute

from amends.api import auth, pages, rest
from amends.core.plugins import discover
from tests.door import Door

PUBLIC = {
    ("GET", "/"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/api/v1/docs"),
    ("GET", "/api/v1/webhook.schema.json"),
    ("GET", "/form/{source_id}"),
    ("POST", "/form/{source_id}"),
    ("GET", "/form/{source_id}/sent/{reference}"),
    ("GET", "/hooks/{source_id}"),
    ("POST", "/hooks/{source_id}"),
}
SESSION_GUARDS = {auth.signed_in, auth.meant, auth.reading_manager, auth.meaning_admin, auth.meaning_manager}
TOKEN_GUARDS = {auth.bearer, auth.bearing_manager, auth.bearing_admin}
UNSAFE_GUARDS = {auth.meant, auth.meaning_admin, auth.meaning_manager}
ABOVE_AGENT = {auth.reading_manager, auth.meaning_admin, auth.meaning_manager, auth.bearing_manager, auth.bearing_admin}


def every_route() -> list[tuple[str, APIRoute]]:
    """Return each method and route that the doors have."""
    modules = [module for package in (pages, rest) for module in discover(package).values()]
    routes = [route for module in modules for route in module.router.routes]
    return [(method, route) for route in routes for method in sorted(route.methods)]


ROUTES = every_route()
GUARDED = [(method, route) for method, route in ROUTES if (method, route.path) not in PUBLIC]
PEOPLES = [(method, route) for method, route in GUARDED if not route.path.startswith("/api/")]
PROGRAMS = [(method, route) for method, route in GUARDED if route.path.startswith("/api/")]


def named(value: object) -> str | None:
    return value.path if isinstance(value, APIRoute) else None


def guards_of(route: APIRoute) -> set[Callable[..., Any]]:
    """Return the guards that the route itself names."""
    named = {found.call for found in route.dependant.dependencies}
    return {guard for guard in SESSION_GUARDS | TOKEN_GUARDS if guard in named}


def address(route: APIRoute, door: Door) -> str:
    """Return an address of the route that names things which exist."""
    path = (
        route.path.replace("{case_id:int}", str(door.who.plain))
        .replace("{case_id}", str(door.who.plain))
        .replace("{source_id}", str(door.who.source_id))
    )
    for name in (
        "{reply_id}",
        "{picture_id}",
        "{follow_up_id}",
        "{post_id}",
        "{customer_id}",
        "{token_id}",
        "{watch_id}",
        "{channel_id}",
        "{job_id}",
        "{correction_id}",
        "{weights_id}",
        "{topic_id:int}",
        "{topic_id}",
        "{example_id}",
        "{trial_id}",
        "{budget_id}",
        "{alert_id}",
        "{event_id}",
        "{run_id:int}",
        "{run_id}",
        "{rule_id:int}",
        "{rule_id}",
    ):
        path = path.replace(name, "1")
    return path


def test_the_application_has_no_route_besides_those_of_its_doors(shared_door: Door) -> None:
    modules = len(discover(pages)) + len(discover(rest))
    openapi_and_two_folders_of_files = 3
    assert len(shared_door.app.routes) == modules + openapi_and_two_folders_of_files


def test_what_is_public_exists() -> None:
    assert {(method, route.path) for method, route in ROUTES} >= PUBLIC


@pytest.mark.parametrize(("method", "route"), GUARDED, ids=named)
def test_a_route_that_is_not_public_has_one_guard_of_the_right_kind(method: str, route: APIRoute) -> None:
    found = guards_of(route)
    right = TOKEN_GUARDS if route.path.startswith("/api/") else (SESSION_GUARDS if method == "GET" else UNSAFE_GUARDS)
    assert len(found) == 1, "name one of the aliases of api/auth.py, or list the route as public here"
    assert found <= right


@pytest.mark.parametrize(("method", "route"), PEOPLES, ids=named)
def test_a_stranger_is_led_to_the_sign_in_page_and_nowhere_else(method: str, route: APIRoute, shared_door: Door) -> None:
    answer = shared_door.stranger().request(method, address(route, shared_door))
    if method == "GET" and route.path != "/stream":
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "http://testserver/login")
    else:
        assert answer.status_code == 401


@pytest.mark.parametrize(("method", "route"), PROGRAMS, ids=named)
def test_a_program_without_a_token_gets_401(method: str, route: APIRoute, shared_door: Door) -> None:
    answer = shared_door.stranger().request(method, address(route, shared_door))
    assert (answer.status_code, answer.json()["error"]) == (401, "no_token")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "route"), PROGRAMS, ids=named)
def test_a_session_cookie_opens_nothing_to_programs(method: str, route: APIRoute, shared_door: Door) -> None:
    assert shared_door.visitor(shared_door.who.ann).request(method, address(route, shared_door)).status_code == 401


@pytest.mark.parametrize(("method", "route"), [pair for pair in PEOPLES if pair[0] != "GET"], ids=named)
@pytest.mark.parametrize("fault", ["no token", "another token", "another site"])
def test_an_unsafe_request_that_we_did_not_make_is_refused(method: str, route: APIRoute, fault: str, shared_door: Door) -> None:
    client = shared_door.visitor(shared_door.who.ann)
    if fault == "no token":
        del client.headers["X-CSRF-Token"]
    elif fault == "another token":
        client.headers["X-CSRF-Token"] = shared_door.visitor(shared_door.who.ann).headers["X-CSRF-Token"]
    else:
        client.headers["Sec-Fetch-Site"] = "cross-site"
    answer = client.request(method, address(route, shared_door), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.json()["error"]) == (403, "forged")


@pytest.mark.parametrize(("method", "route"), [pair for pair in GUARDED if guards_of(pair[1]) & ABOVE_AGENT], ids=named)
def test_what_is_for_managers_and_administrators_is_not_for_agents(method: str, route: APIRoute, shared_door: Door) -> None:
    ada = shared_door.who.ada
    client = shared_door.program(ada) if route.path.startswith("/api/") else shared_door.visitor(ada)
    assert client.request(method, address(route, shared_door)).status_code == 403


@pytest.mark.parametrize(("method", "route"), [pair for pair in GUARDED if guards_of(pair[1]) & {auth.meaning_admin}], ids=named)
def test_a_manager_looks_at_sources_and_changes_none(method: str, route: APIRoute, shared_door: Door) -> None:
    assert shared_door.visitor(shared_door.who.mia).request(method, address(route, shared_door)).status_code == 403
    assert shared_door.visitor(shared_door.who.mia).get("/sources").status_code == 200


def test_nobody_revokes_a_colleagues_token(door: Door) -> None:
    door.program(door.who.bo)
    ada = door.visitor(door.who.ada)
    assert ada.post("/settings/tokens/1/revoke").status_code == 404
    assert door.visitor(door.who.bo).post("/settings/tokens/1/revoke").status_code == 200


def test_an_agent_who_left_is_out_at_once(door: Door) -> None:
    browser, program = door.visitor(door.who.ada), door.program(door.who.ada)
    with door.pool.transaction() as conn:
        conn.execute("update agents set active = false where id = %s", [door.who.ada])
    assert browser.get("/inbox").status_code == 303
    assert program.get("/api/v1/me").status_code == 401
