"""A form that makes something makes it once, however often it is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from amends.core.database import fetch_values
from tests.door import Answer, Door, as_fragment

SAID = "This was sent twice; it was done once."


def _send(door: Door, path: str, data: dict[str, str]) -> Answer:
    with as_fragment(door.visitor(door.who.ann)) as client:
        return client.post(path, data=data)


def _names(door: Door) -> list[str]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select name from customers where name like 'Dara%'")


@pytest.mark.parametrize("path", ["/customers", "/settings/tokens"])
def test_the_second_of_two_is_told_so(path: str, door: Door) -> None:
    first, second = _send(door, path, {"name": "Dara"}), _send(door, path, {"name": "Dara"})

    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["message"] == SAID


def test_of_five_at_once_one_makes_it(door: Door) -> None:
    with as_fragment(door.visitor(door.who.ann)) as client, ThreadPoolExecutor(5) as many:
        answers = list(many.map(lambda _: client.post("/customers", data={"name": "Dara"}).status_code, range(5)))

    assert sorted(answers) == [200, 409, 409, 409, 409]
    assert _names(door) == ["Dara"]


def test_another_one_or_the_same_a_while_later_is_meant(door: Door) -> None:
    _send(door, "/customers", {"name": "Dara"})
    assert _send(door, "/customers", {"name": "Dara L."}).status_code == 200
    door.now += timedelta(seconds=11)
    assert _send(door, "/customers", {"name": "Dara"}).status_code == 200

    assert sorted(_names(door)) == ["Dara", "Dara", "Dara L."]


def test_what_was_refused_is_sent_again_at_once(door: Door) -> None:
    refused = [_send(door, "/incidents", {"name": " "}) for _ in range(2)]

    assert [one.status_code for one in refused] == [422, 422]
    assert SAID not in refused[1].text


def test_what_leaves_a_field_out_is_told_which_each_time(door: Door) -> None:
    path = "/settings/tokens"
    assert [_send(door, path, {"name": "Dara", "days": "soon"}).status_code for _ in range(2)] == [422, 422]
