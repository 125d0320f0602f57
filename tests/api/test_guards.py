"""Who may and who may not: every route names one right, and every role is let in or refused as the one table of rights says.

At the doors that are open to them the roles take turns here, and so do the ways to forge a request; all of them at each door:
`./amends test -m soak tests/api/test_guards.py`.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import cycle
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from amends.api import auth, pages, rest
from amends.api.keys_table import TABLE
from amends.core.plugins import discover
from amends.inbox.rules.rights import RIGHTS, Right
from amends.inbox.rules.words import Role
from tests.door import Door

PUBLIC = {
    ("GET", "/"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/login/code"),
    ("POST", "/login/code"),
    ("GET", "/login/sign-on"),
    ("GET", "/login/sign-on/back"),
    ("GET", "/welcome"),
    ("POST", "/welcome"),
    ("GET", "/invitation"),
    ("POST", "/invitation"),
    ("GET", "/forgot"),
    ("POST", "/forgot"),
    ("GET", "/new-password"),
    ("POST", "/new-password"),
    ("HEAD", "/answer-times.json"),
    ("GET", "/answer-times.json"),
    ("HEAD", "/answer-times.svg"),
    ("GET", "/answer-times.svg"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/api/v1/docs"),
    ("GET", "/api/v1/webhook.schema.json"),
    ("GET", "/form/{source_id}"),
    ("POST", "/form/{source_id}"),
    ("HEAD", "/stop/{token}"),
    ("GET", "/stop/{token}"),
    ("POST", "/stop/{token}"),
    ("HEAD", "/alarm/{alert_id:int}/{signature}"),
    ("GET", "/alarm/{alert_id:int}/{signature}"),
    ("POST", "/alarm/{alert_id:int}/{signature}"),
    ("GET", "/form/{source_id}/sent/{reference}"),
    ("HEAD", "/survey/{link}"),
    ("GET", "/survey/{link}"),
    ("POST", "/survey/{link}"),
    ("GET", "/hooks/{source_id}"),
    ("POST", "/hooks/{source_id}"),
}
PAGE_GUARDS = {auth.visiting, auth.meant}
MAY = auth.MayPerson | auth.MayProgram
KEEPS_NOTHING = {
    ("POST", "/inbox/{case_id:int}/length"),
    ("POST", "/inbox/{case_id:int}/presence"),
    ("POST", "/api/v1/sources/{source_id}/budget/preview"),
}
"""Unsafe by method only: they answer a question, or say for some seconds who looks, and keep nothing."""


def every_route() -> list[tuple[str, APIRoute]]:
    """Return each method and route that the doors have."""
    modules = [module for package in (pages, rest) for module in discover(package).values()]
    routes = [route for module in modules for route in module.router.routes]
    return [(method, route) for route in routes for method in sorted(route.methods)]


ROUTES = every_route()
GUARDED = [(method, route) for method, route in ROUTES if (method, route.path) not in PUBLIC]
PEOPLES = [(method, route) for method, route in GUARDED if not route.path.startswith("/api/")]
PROGRAMS = [(method, route) for method, route in GUARDED if route.path.startswith("/api/")]


def right_of(route: APIRoute) -> Right:
    """Return the one right that the route names."""
    (found,) = (one.call.right for one in route.dependant.dependencies if isinstance(one.call, MAY))
    return found


def visitors_of(route: APIRoute) -> set[Callable[..., Any]]:
    """Return the guards by which the route takes its visitor."""
    return {one.call for one in route.dependant.dependencies if one.call and one.call in PAGE_GUARDS | {auth.bearing}}


Entered = Callable[[Role, APIRoute], TestClient]
Routes = list[tuple[str, APIRoute]]


@pytest.fixture(scope="module")
def entered(shared_door: Door) -> Entered:
    """Return who lets somebody of a role in as a route takes them, a browser or a program; each comes in once for all routes."""

    @cache
    def one(role: Role, *, is_program: bool) -> TestClient:
        agent_id = shared_door.who.of_role(role)
        return shared_door.program(agent_id) if is_program else shared_door.visitor(agent_id)

    return lambda role, route: one(role, is_program=route.path.startswith("/api/"))


def address(route: APIRoute, door: Door) -> str:
    """Return an address of the route that names things which exist."""
    path = (
        route.path.replace("{case_id:int}", str(door.who.plain))
        .replace("{case_id}", str(door.who.plain))
        .replace("{source_id}", str(door.who.source_id))
        .replace("{kind}", "csv")
    )
    for name in (
        "{reply_id}",
        "{key}",
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
        "{thresholds_id}",
        "{topic_id:int}",
        "{topic_id}",
        "{example_id}",
        "{trial_id}",
        "{draft_id:int}",
        "{macro_id:int}",
        "{macro_id}",
        "{team_id}",
        "{budget_id}",
        "{alert_id}",
        "{team_id:int}",
        "{team_id}",
        "{hand_over_id}",
        "{invitation_id}",
        "{session_id}",
        "{agent_id}",
        "{view_id}",
        "{event_id}",
        "{run_id:int}",
        "{run_id}",
        "{plan_id:int}",
        "{plan_id}",
        "{rule_id:int}",
        "{segment_id:int}",
        "{segment_id}",
        "{organisation_id:int}",
        "{organisation_id}",
        "{membership_id:int}",
        "{membership_id}",
        "{rule_id}",
        "{change_id}",
        "{author_id}",
        "{way_id}",
        "{purchase_id}",
        "{date_id}",
        "{note_id}",
        "{file_id}",
        "{attribute_id}",
        "{customer_id:int}",
        "{match_id}",
        "{merge_id}",
        "{system}",
        "{external_id}",
        "{webhook_id:int}",
        "{webhook_id}",
        "{sync_id:int}",
        "{sync_id}",
        "{import_id:int}",
        "{export_id:int}",
        "{policy_id:int}",
        "{policy_id}",
        "{calendar_id:int}",
        "{calendar_id}",
        "{promise_id:int}",
        "{promise_id}",
        "{cluster_id}",
        "{rota_id:int}",
        "{swap_id:int}",
        "{route_id:int}",
        "{rota_id}",
        "{swap_id}",
        "{route_id}",
        "{report_id:int}",
        "{incident_id:int}",
        "{incident_id}",
        "{answer_id}",
        "{status}",
        "{report_id}",
    ):
        path = path.replace(name, "1")
    return path.replace("{way}", "up")


def doors_of(routes: Routes) -> list[Any]:
    """Return the routes by the first words of their paths, a test for each: one for every route would cost more than it asks."""
    by_door: dict[str, Routes] = {}
    for method, route in routes:
        by_door.setdefault("/".join(route.path.split("/")[: 4 if route.path.startswith("/api/") else 2]), []).append((method, route))
    return [pytest.param(found, id=name.strip("/") or "the first page") for name, found in sorted(by_door.items())]


def test_the_application_has_no_route_besides_those_of_its_doors(shared_door: Door) -> None:
    known = {id(route) for _method, route in ROUTES}
    openapi_and_two_folders_of_files = 3
    assert len([route for route in shared_door.app.routes if id(route) not in known]) == openapi_and_two_folders_of_files


def test_what_is_public_exists() -> None:
    assert {(method, route.path) for method, route in ROUTES} >= PUBLIC


@pytest.mark.parametrize("routes", doors_of(GUARDED))
def test_a_route_that_is_not_public_names_one_right_and_takes_its_visitor_the_right_way(routes: Routes) -> None:
    for method, route in routes:
        rights = [one.call for one in route.dependant.dependencies if isinstance(one.call, MAY)]
        assert len(rights) == 1, (route.path, "name one right: dependencies=[may(Right.X)] or [program_may(Right.X)], or list it as public")
        is_program = route.path.startswith("/api/")
        assert isinstance(rights[0], auth.MayProgram if is_program else auth.MayPerson), route.path
        taken = auth.bearing if is_program else auth.visiting if method == "GET" else auth.meant
        assert visitors_of(route) <= {taken}, route.path
        assert method == "GET" or visitors_of(route) == {taken}, route.path


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("routes", doors_of(GUARDED))
def test_a_role_may_not_what_the_table_does_not_say(routes: Routes, role: Role, shared_door: Door, entered: Entered) -> None:
    for method, route in routes:
        if role not in RIGHTS[right_of(route)]:
            answer = entered(role, route).request(method, address(route, shared_door), headers={"HX-Request": "true"})
            assert (answer.status_code, answer.json()["error"]) == (403, "not_allowed"), (method, route.path)


def test_each_role_may_what_the_table_says(shared_door: Door) -> None:
    for role in Role:
        visitor = shared_door.seen(shared_door.who.of_role(role))
        for _, route in GUARDED:
            assert visitor.may(right_of(route)) is (role in RIGHTS[right_of(route)])


def test_a_key_to_a_screen_asks_for_the_right_that_the_screen_asks_for() -> None:
    asked = {f"go:{route.path}": right_of(route) for method, route in PEOPLES if method == "GET"}
    for key in (key for key in TABLE if key.does.startswith("go:")):
        assert key.right is asked[key.does.partition("?")[0]], key.does


def test_an_auditor_changes_nothing_but_what_is_their_own() -> None:
    changing = [(method, route) for method, route in GUARDED if method != "GET" and (method, route.path) not in KEEPS_NOTHING]
    rights = [(right_of(route), method, route.path) for method, route in changing]
    assert [one for one in rights if one[0] is not Right.SELF and Role.AUDITOR in RIGHTS[one[0]]] == []


OPEN = [(route, [role for role in Role if role in RIGHTS[right_of(route)]]) for method, route in GUARDED if method == "GET"]


def gets_through(role: Role, route: APIRoute, door: Door, entered: Entered) -> bool:
    """Return whether a role is let in; whoever is let into the stream stays, so it is not asked for."""
    return route.path == "/stream" or entered(role, route).get(address(route, door)).status_code not in {401, 403, 500}


def test_a_role_gets_through_each_door_that_is_open_to_it(shared_door: Door, entered: Entered) -> None:
    turns = [(roles[place % len(roles)], route) for place, (route, roles) in enumerate(OPEN)]
    assert [(role, route.path) for role, route in turns if not gets_through(role, route, shared_door, entered)] == []


@pytest.mark.soak
@pytest.mark.parametrize("role", Role)
def test_each_role_gets_through_each_door_that_is_open_to_it(role: Role, shared_door: Door, entered: Entered) -> None:
    open_to_it = [route for route, roles in OPEN if role in roles]
    assert [route.path for route in open_to_it if not gets_through(role, route, shared_door, entered)] == []


@pytest.mark.parametrize("routes", doors_of(PEOPLES))
def test_a_stranger_is_led_to_the_sign_in_page_and_nowhere_else(routes: Routes, shared_door: Door) -> None:
    client = shared_door.stranger()
    for method, route in routes:
        client.cookies.clear()
        answer = client.request(method, address(route, shared_door))
        if method == "GET" and route.path != "/stream":
            led = (answer.status_code, answer.headers["location"].split("?")[0])
            assert led == (303, "/login"), route.path
        else:
            assert answer.status_code == 401, (method, route.path)


@pytest.mark.parametrize("routes", doors_of(PROGRAMS))
def test_a_program_without_a_token_gets_401(routes: Routes, shared_door: Door) -> None:
    for method, route in routes:
        answer = shared_door.stranger().request(method, address(route, shared_door))
        assert (answer.status_code, answer.json()["error"]) == (401, "no_token"), (method, route.path)
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("routes", doors_of(PROGRAMS))
def test_a_session_cookie_opens_nothing_to_programs(routes: Routes, shared_door: Door) -> None:
    client = shared_door.visitor(shared_door.who.ann)
    for method, route in routes:
        assert client.request(method, address(route, shared_door)).status_code == 401, (method, route.path)


FAULTS = ("no token", "another token", "another site")


def forger(fault: str, door: Door) -> TestClient:
    """Return somebody whose requests do not come from our pages."""
    client = door.visitor(door.who.ann)
    if fault == "no token":
        del client.headers["X-CSRF-Token"]
    elif fault == "another token":
        client.headers["X-CSRF-Token"] = door.visitor(door.who.ann).headers["X-CSRF-Token"]
    else:
        client.headers["Sec-Fetch-Site"] = "cross-site"
    return client


@pytest.mark.parametrize("routes", doors_of([pair for pair in PEOPLES if pair[0] != "GET"]))
@pytest.mark.parametrize(
    "faults", [pytest.param(FAULTS, id="in turn"), *(pytest.param([fault], id=fault, marks=pytest.mark.soak) for fault in FAULTS)]
)
def test_an_unsafe_request_that_we_did_not_make_is_refused(routes: Routes, faults: Sequence[str], shared_door: Door) -> None:
    forgers = cycle([forger(fault, shared_door) for fault in faults])
    for client, (method, route) in zip(forgers, routes, strict=False):
        answer = client.request(method, address(route, shared_door), headers={"HX-Request": "true"})
        assert (answer.status_code, answer.json()["error"]) == (403, "forged"), (method, route.path)


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
