"""When a single post rings: tried on last week's posts while one types, kept by managers, taken back, and obeyed by triage."""

import json
import re
from datetime import timedelta

import pytest

from amends.core.database import fetch_values
from amends.inbox.actions.alarm_thresholds import in_force
from amends.inbox.rules.alarm_thresholds import Thresholds
from tests.door import Answer, Door, as_fragment

PAGE = "/settings/alarms"
REST = "/api/v1/alarms/thresholds"
ALL = Thresholds(urgency=0, followers=0, cooldown=timedelta(0))


def form(one: Thresholds, *, instead_of: int = 0, **other: str) -> dict[str, str]:
    """Return what the page sends."""
    minutes = str(one.cooldown // timedelta(minutes=1))
    return {"urgency": str(one.urgency), "followers": str(one.followers), "minutes": minutes, "instead_of": str(instead_of)} | other


def toast(answer: Answer) -> dict[str, str]:
    return json.loads(answer.headers["hx-trigger"])["toast"]


def counted(door: Door) -> Thresholds:
    with door.pool.transaction() as conn:
        return in_force(conn, Thresholds())


def alarms(page: str) -> int:
    found = re.search(r'class="big num">([\d,]+)</span>', page)
    assert found
    return int(found[1].replace(",", ""))


def test_a_preview_counts_what_would_ring_and_keeps_nothing(shared_door: Door) -> None:
    mia = shared_door.visitor(shared_door.who.mia)
    with shared_door.pool.transaction() as conn:
        query = (
            "select count(*) from posts p join verdicts v on v.post_id = p.id where p.case_number is not null and v.sentiment = 'negative'"
        )
        [bad] = fetch_values(conn, query)
    with as_fragment(mia, "preview"):
        loud = mia.get(f"{PAGE}/preview", params=form(ALL)).text
        quiet = mia.get(f"{PAGE}/preview", params=form(Thresholds(urgency=101, followers=10**9))).text
    assert (alarms(loud), alarms(quiet)) == (bad, 0)
    assert "Would ring then" in loud
    assert 'href="/inbox/' in loud
    assert "<html" not in loud
    assert counted(shared_door) == Thresholds()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"urgency": "102"}, "0 to 101"),
        ({"urgency": "<b>"}, "0 to 101"),
        ({"followers": ""}, "Followers are a whole number"),
        ({"minutes": "٤٠"}, "minutes from 0 to 10,080"),
        ({"minutes": "9" * 5000}, "minutes from 0 to 10,080"),
    ],
)
def test_what_does_not_fit_is_told_and_changes_nothing(shared_door: Door, wrong: dict[str, str], told: str) -> None:
    mia = shared_door.visitor(shared_door.who.mia)
    with as_fragment(mia):
        answer = mia.post(PAGE, data=form(ALL) | wrong)
        assert told in mia.get(f"{PAGE}/preview", params=form(ALL) | wrong).text
    assert answer.status_code == 422
    assert told in answer.json()["message"]
    assert counted(shared_door) == Thresholds()


def test_who_makes_no_rules_neither_looks_nor_sets(shared_door: Door) -> None:
    ada = shared_door.visitor(shared_door.who.ada)
    assert ada.get(PAGE).status_code == 403
    assert ada.post(PAGE, data=form(ALL)).status_code == 403
    program = shared_door.program(shared_door.who.ada)
    assert program.post(f"{REST}/preview", json={"urgency": 1}).status_code == 403
    assert program.get(REST).json()["urgency"] == 60


def test_thresholds_are_kept_logged_and_taken_back(door: Door) -> None:
    mia, program = door.visitor(door.who.mia), door.program(door.who.mia)
    with as_fragment(mia):
        answer = mia.post(PAGE, data=form(ALL))
        assert answer.status_code == 200
        assert counted(door) == ALL
        assert mia.post(PAGE, data=form(Thresholds(urgency=9))).status_code == 409
        assert program.get(REST).json() | {"set_at": None} == {
            "id": 1, "urgency": 0, "followers": 0, "cooldown_minutes": 0, "set_by": "Mia", "set_at": None,
        }  # fmt: skip
        assert program.post(REST, json={"urgency": 70, "instead_of": 1}).json()["followers"] == 0
        assert mia.post(toast(answer)["undo"]).status_code == 409
        assert counted(door) == Thresholds(urgency=70, followers=0, cooldown=timedelta(0))
        assert mia.post(f"{PAGE}/0/back").status_code == 422
        mia.post(f"{PAGE}/0/back", params={"instead_of": 2})
    assert counted(door) == Thresholds()
    assert "as the environment says" in mia.get(PAGE).text
    assert program.post(f"{REST}/1/back", params={"instead_of": 3}).json()["urgency"] == 0
    assert program.post(f"{REST}/{10**30}/back", params={"instead_of": 4}).status_code in {404, 422}
    assert program.post(f"{REST}/99/back", params={"instead_of": 4}).status_code == 404
    assert program.post(REST, json={"cooldown_minutes": 10**12, "instead_of": 4}).status_code == 422
    with door.pool.transaction() as conn:
        kinds = fetch_values(conn, "select kind from audit_log where kind like 'alarm_thresholds%%' order by id")
    assert kinds == ["alarm_thresholds_added", *["alarm_thresholds_changed"] * 3]
