"""The page of noise, and the key that says "not for us"."""

import json
import re

from amends.api.pages.noise import SHOWN
from amends.core.database import fetch_values
from amends.worker.names import Task
from tests.actions.test_relevance import GIVEAWAY
from tests.cast import a_post, ada
from tests.desk import Desk
from tests.door import Answer, Door, as_fragment
from tests.workplace import Workplace


def toast(answer: Answer) -> dict[str, str]:
    return json.loads(answer.headers["hx-trigger"])["toast"]


def hear(door: Door, text: str) -> int:
    with door.pool.transaction() as conn:
        Desk(conn=conn, source_id=door.who.source_id, agent_id=ada(conn)).hear(a_post(text))
        return fetch_values(conn, "select max(id) from posts")[0]


def test_where_nothing_was_thrown_the_page_says_what_would_be(door: Door) -> None:
    assert "Nothing was thrown" in door.visitor(door.who.mia).get("/settings/noise").text


def test_a_thrown_post_is_shown_with_its_reason_and_comes_back_by_one_click(door: Door) -> None:
    post_id = hear(door, GIVEAWAY)
    mia = door.visitor(door.who.mia)
    page = mia.get("/settings/noise").text
    assert "free trip" in page
    assert "a giveaway" in page
    answer = mia.post(f"/settings/noise/{post_id}/keep")
    assert "free trip" not in answer.text
    Workplace(pool=door.pool, now=door.now).perform(Task.TRIAGE)
    assert "free trip" in door.visitor(door.who.ada).get("/inbox").text
    assert mia.post(f"/settings/noise/{post_id}/keep").status_code == 409


def test_what_was_thrown_is_listed_without_personal_data(door: Door) -> None:
    hear(door, f"{GIVEAWAY} or call 077 123 4567")
    page = door.visitor(door.who.mia).get("/settings/noise").text
    assert ("or call [phone number]" in page, "077 123" in page) == (True, False)


def test_what_was_thrown_long_ago_is_reached_page_by_page(door: Door) -> None:
    with door.pool.transaction() as conn:
        desk = Desk(conn=conn, source_id=door.who.source_id, agent_id=ada(conn))
        desk.hear(*(a_post(f"{GIVEAWAY} the {number}th time") for number in range(SHOWN + 1)))
        while desk.triage():
            pass
    mia = door.visitor(door.who.mia)
    page = mia.get("/settings/noise").text
    assert page.count("It is for us</button>") == SHOWN
    [behind] = re.findall(r'hx-get="(/settings/noise\?below=\d+)"', page)
    with as_fragment(mia):
        older = mia.get(behind).text
    assert (older.count("It is for us</button>"), "the 0th time" in older, "Show older ones" in older) == (1, True, False)


def test_not_for_us_puts_the_case_aside_teaches_the_source_and_is_undone(door: Door) -> None:
    case_id = door.who.plain
    with as_fragment(door.visitor(door.who.ada)) as agent:
        answer = agent.post(f"/inbox/{case_id}/not-for-us")
        assert 'data-status="dismissed"' in answer.text
        assert "2 more “not for us” needed" in door.visitor(door.who.mia).get("/settings/noise").text
        assert 'data-status="open"' in agent.post(toast(answer)["undo"]).text
    assert "3 more “not for us” needed" in door.visitor(door.who.mia).get("/settings/noise").text


def test_a_case_that_was_put_aside_is_called_so_wherever_it_stands(door: Door) -> None:
    with as_fragment(door.visitor(door.who.ada)) as agent:
        answer = agent.post(f"/inbox/{door.who.plain}/dismiss", headers={"Accept-Language": "es"})
        assert toast(answer)["text"] == "Apartado: no es trabajo nuestro"
        assert "Put aside: no work of ours</span>" in agent.get(f"/inbox/{door.who.plain}", headers={"Accept-Language": "en"}).text
