"""Numbers that nothing has, and words that mean harm in every place that a network or a stranger can write to: every screen stands it."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from amends.core.database import execute
from tests.api.test_guards import GUARDED, address
from tests.door import Door

HARM = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'}}{{1337*7}}\u202etidwob\u2066\u200b=cmd|'/c calc'!A1"
UNESCAPED = re.compile(r"<script>alert|<img src=x|\"'\}\}|9359|(href|src)=.?javascript:")
NUMBERS = ("9" * 30, "-1", "0", str(2**63 - 1), str(2**63))
NUMBERED = [(method, route) for method, route in GUARDED if "_id" in route.path and method == "GET"]


Ask = Callable[[str], tuple[int, str]]


def asking(door: Door) -> Ask:
    """Return who asks for an address as an administrator, in a browser or as a program, and hears the status and the words."""

    def one(known: TestClient) -> TestClient:
        told = dict(known.headers), dict(known.cookies)
        return TestClient(door.app, follow_redirects=False, raise_server_exceptions=False, headers=told[0], cookies=told[1])

    program, browser = one(door.program(door.who.ann)), one(door.visitor(door.who.ann))

    def ask(path: str) -> tuple[int, str]:
        answer = (program if path.startswith("/api/") else browser).get(path)
        return answer.status_code, answer.text

    return ask


@pytest.fixture(scope="module")
def ask(shared_door: Door) -> Ask:
    return asking(shared_door)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_nothing_has_is_not_found_or_refused(number: str, ask: Ask) -> None:
    paths = [re.sub(r"\{[a-z_]*id(:int)?\}", number, route.path) for _, route in NUMBERED]
    assert [path for path in paths if ask(re.sub(r"\{[^}]*\}", "x", path))[0] >= 500] == []


ASKED = [
    (route, one.alias)
    for method, route in GUARDED
    for one in route.dependant.query_params
    if method == "GET" and "int" in str(one.field_info.annotation) and route.path != "/stream"
]
"""What asks for a number; the stream, which never ends by itself, is asked in test_live.py."""


def test_a_number_larger_than_any_is_refused_wherever_it_is_asked(shared_door: Door, ask: Ask) -> None:
    paths = [f"{address(route, shared_door)}?{name}={'9' * 30}" for route, name in ASKED]
    assert [path for path in paths if ask(path)[0] >= 500] == []


@pytest.mark.parametrize("after", ["1e39_1", "nan_1", "0.5_" + "9" * 30, "x"])
def test_a_place_among_suggestions_that_none_can_have_is_refused(after: str, shared_door: Door) -> None:
    answer = shared_door.program(shared_door.who.ann).get("/api/v1/matches", params={"after": after})
    assert answer.status_code == 422


@pytest.mark.parametrize("after", ["٣.٣", "99999999999999999999.1"])
def test_a_place_in_the_feed_that_none_can_have_is_refused(after: str, shared_door: Door) -> None:
    answer = shared_door.program(shared_door.who.ann).get("/api/v1/customers/changes", params={"after": after})
    assert answer.status_code == 422


def harm(door: Door) -> None:
    """Write harm wherever a network, a stranger or an administrator can write."""
    with door.pool.transaction() as conn:
        given = {"harm": HARM}
        execute(conn, "update sources set handle = %(harm)s", given)
        execute(conn, "update brands set name = %(harm)s", given)
        execute(conn, "update authors set handle = %(harm)s || id, name = %(harm)s, avatar_url = 'javascript:alert(1)'", given)
        execute(
            conn,
            """
            update posts set text = %(harm)s, permalink = 'javascript:alert(1)', why_no_reply = %(harm)s, can_reply = false, media =
              jsonb_build_array(jsonb_build_object('kind', %(harm)s::text, 'url', 'javascript:alert(1)', 'alt', %(harm)s::text))
            """,
            given,
        )
        execute(conn, "update cases set preview = %(harm)s", given)
        execute(conn, "update replies set text = %(harm)s, permalink = 'javascript:alert(1)'", given)
        execute(
            conn,
            """
            insert into watches (source_id, kind, query, state, state_note, stream_note, state_since, next_at)
            select id, 'search', %(harm)s, 'stopped', %(harm)s, %(harm)s, now(), now() from sources
            """,
            given,
        )
        execute(
            conn,
            "insert into gaps (watch_id, kind, note, since, lost_note) select id, 'refused', %(harm)s, now(), %(harm)s from watches",
            given,
        )


def test_no_screen_and_no_row_of_it_lets_harm_through(door: Door) -> None:
    harm(door)
    ask = asking(door)
    paths = [address(route, door) for method, route in GUARDED if method == "GET" and route.path != "/stream"]
    told = {path: ask(path) for path in paths if not path.startswith("/api/") and ".csv" not in path}
    assert {path: status for path, (status, _) in told.items() if status >= 500} == {}
    assert [path for path, (_, text) in told.items() if UNESCAPED.search(text)] == []
    assert sum("&lt;script&gt;alert" in text for _, text in told.values()) > 4
