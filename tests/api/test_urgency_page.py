"""The page of urgency: tried on last week's posts while one types, kept by managers only, and taken back."""

import json
import re
from datetime import timedelta

import pytest

from amends.core.database import fetch_values
from amends.inbox.actions.tuning import tuning
from amends.inbox.actions.waiting import raise_waiting
from amends.inbox.store import urgency_preview
from amends.triage.urgency_weights import SHIPPED_WEIGHTS, UrgencyWeights
from tests.cast import a_post
from tests.desk import Desk
from tests.door import Answer, Door, as_fragment

PAGE = "/settings/urgency"
SILENT = UrgencyWeights(**dict.fromkeys(SHIPPED_WEIGHTS.stored, 0))


def form(weights: UrgencyWeights = SHIPPED_WEIGHTS, *, instead_of: int = 0, **other: str) -> dict[str, str]:
    """Return what the page sends."""
    return {name: str(weight) for name, weight in weights.stored.items()} | {"instead_of": str(instead_of)} | other


def toast(answer: Answer) -> dict[str, str]:
    return json.loads(answer.headers["hx-trigger"])["toast"]


def in_force(door: Door) -> UrgencyWeights:
    with door.pool.transaction() as conn:
        return tuning(conn).urgency


def alarms(page: str) -> int:
    found = re.search(r'class="big num">([\d,]+)</span>', page)
    assert found
    return int(found[1].replace(",", ""))


def bars(page: str) -> list[tuple[int, int]]:
    """Return each bar's number, now and then."""
    found = re.findall(r'<th scope="row">\d+ to \d+</th><td class="right">([\d,]+)</td><td class="right">([\d,]+)</td>', page)
    return [(int(was.replace(",", "")), int(then.replace(",", ""))) for was, then in found]


def test_the_page_names_every_reason_with_its_weight(door: Door) -> None:
    page = door.visitor(door.who.mia).get(PAGE).text
    for name, weight in SHIPPED_WEIGHTS.stored.items():
        assert re.search(rf'name="{name}"[^>]*value="{weight}"', page)
    assert "The charger started smoking on the bed." in page
    assert "as shipped" in page


def test_untouched_weights_move_nothing_and_the_bars_recount_to_the_posts(door: Door) -> None:
    page = door.visitor(door.who.mia).get(PAGE).text
    assert all(was == then for was, then in bars(page))
    with door.pool.transaction() as conn:
        [posts] = fetch_values(conn, "select count(*) from posts where case_id is not null")
    assert sum(was for was, _ in bars(page)) == posts
    assert f"{posts} posts joined a case in the last 7 days" in page


def test_a_preview_says_what_would_change_and_keeps_nothing(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    with as_fragment(mia, "preview"):
        quiet = mia.get(f"{PAGE}/preview", params=form(SILENT)).text
        loud = mia.get(f"{PAGE}/preview", params=form(UrgencyWeights(negative=50, complaint=50))).text
    assert (alarms(quiet), bars(quiet)[0][1]) == (0, sum(was for was, _ in bars(quiet)))
    assert alarms(loud) > 0
    assert "What rises most" in loud
    assert f'href="/inbox/{door.who.plain}?view=all"' in loud
    assert "<html" not in loud
    assert in_force(door) == SHIPPED_WEIGHTS


def test_the_words_of_a_preview_have_no_personal_data(door: Door) -> None:
    with door.pool.transaction() as conn:
        Desk(conn=conn, source_id=door.who.source_id, agent_id=door.who.ada).hear(a_post("My bag is lost, call 077 123 4567"))
        [post_id] = fetch_values(conn, "select max(id) from posts")
        assert urgency_preview.words_of(conn, [post_id])[post_id].text == "My bag is lost, call [phone number]"


def test_waiting_is_seen_in_the_bars_and_raises_no_alarm(door: Door) -> None:
    waiting = UrgencyWeights(waiting=50)
    door.now += timedelta(days=3)
    mia = door.visitor(door.who.mia)
    page = mia.get(f"{PAGE}/preview", params=form(waiting)).text
    assert "What rises most" in page
    assert alarms(page) == alarms(mia.get(PAGE).text)


def test_posts_of_before_last_week_are_not_tried(door: Door) -> None:
    door.now += timedelta(days=8)
    assert "No post joined a case in the last 7 days" in door.visitor(door.who.mia).get(PAGE).text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"safety": "forty"}, "safety is “forty”"),
        ({"safety": "-1"}, "safety is “-1”"),
        ({"safety": "51"}, "safety is “51”"),
        ({"safety": "4.5"}, "safety is “4.5”"),
        ({"safety": ""}, "safety is empty"),
        ({"safety": "٤٠"}, "safety is “٤٠”"),
        ({"safety": "9" * 5000}, "safety is “999999999999…”"),
        ({"safety": "x", "money": "y"}, "safety is “x”, money lost is “y”"),
    ],
)
def test_what_is_no_weight_is_told_and_changes_nothing(shared_door: Door, wrong: dict[str, str], told: str) -> None:
    mia = shared_door.visitor(shared_door.who.mia)
    with as_fragment(mia):
        answer = mia.post(PAGE, data=form() | wrong)
    assert answer.status_code == 422
    assert told in answer.json()["message"]
    assert in_force(shared_door) == SHIPPED_WEIGHTS


def test_the_preview_tells_what_does_not_fit_in_place(door: Door) -> None:
    answer = door.visitor(door.who.mia).get(f"{PAGE}/preview", params=form(safety="<b>"))
    assert answer.status_code == 200
    assert "safety is “&lt;b&gt;”" in answer.text
    assert door.visitor(door.who.mia).get(f"{PAGE}/preview").status_code == 200


def test_a_page_of_an_older_version_is_told_to_reload(door: Door) -> None:
    sent = form()
    del sent["waiting"]
    answer = door.visitor(door.who.mia).post(PAGE, data=sent)
    assert answer.status_code == 422
    assert "The page left out waiting time" in answer.text
    del sent["instead_of"]
    assert door.visitor(door.who.mia).post(PAGE, data=sent | {"waiting": "1"}).status_code == 422


def test_kept_weights_count_at_once_and_the_toast_takes_them_back(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    kept = mia.post(PAGE, data=form(UrgencyWeights(safety=50)))
    assert kept.status_code == 200
    assert 'hx-swap-oob="true"' in kept.text
    assert in_force(door) == UrgencyWeights(safety=50)
    assert door.woken
    assert toast(kept)["undo"] == f"{PAGE}/0/back?instead_of=1"
    back = mia.post(toast(kept)["undo"])
    assert in_force(door) == SHIPPED_WEIGHTS
    assert toast(back)["undo"] == f"{PAGE}/1/back?instead_of=2"


def test_an_old_tab_overwrites_nothing(door: Door) -> None:
    mia, ann = door.visitor(door.who.mia), door.visitor(door.who.ann)
    assert ann.post(PAGE, data=form(UrgencyWeights(safety=50))).status_code == 200
    with as_fragment(mia):
        late = mia.post(PAGE, data=form(UrgencyWeights(money=50)))
    assert (late.status_code, late.json()["message"].split(" since")[0]) == (409, "Ann has set other weights")
    assert in_force(door) == UrgencyWeights(safety=50)


def test_earlier_weights_are_listed_and_brought_back(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    mia.post(PAGE, data=form(UrgencyWeights(safety=50)))
    mia.post(PAGE, data=form(UrgencyWeights(safety=10), instead_of=1))
    page = mia.get(PAGE).text
    assert "safety 50" in page
    assert mia.post(f"{PAGE}/1/back?instead_of=2").status_code == 200
    assert in_force(door).safety == 50
    assert mia.post(f"{PAGE}/99/back?instead_of=3").status_code == 404
    assert mia.post(f"{PAGE}/{'9' * 30}/back?instead_of=3").status_code in {404, 422}


def test_an_agent_neither_sees_nor_tries_nor_changes_weights(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    answers = [
        ada.get(PAGE),
        ada.get(f"{PAGE}/preview", params=form()),
        ada.post(PAGE, data=form(SILENT)),
        ada.post(f"{PAGE}/0/back?instead_of=0"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert in_force(door) == SHIPPED_WEIGHTS


def test_the_case_shows_what_each_reason_adds(door: Door) -> None:
    with door.pool.transaction() as conn:
        raise_waiting(conn, now=door.now + timedelta(hours=5))
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").text
    assert re.search(r'wrote before <b class="num">\+\d+</b>', page)
    assert 'waiting time <b class="num">+8</b>' in page
    rest = door.program(door.who.ada).get(f"/api/v1/cases/{door.who.plain}").json()["case"]
    assert rest["points"]["waiting time"] == 8
    assert rest["urgency"] == sum(rest["points"].values())
