"""Answer times for everybody: shown only where that is switched on, and as they are at the moment they are asked."""

import re
from datetime import timedelta

from amends.core.database import execute
from amends.inbox.actions import facts
from tests.cast import NOON
from tests.door import Door


def test_answer_times_are_shown_to_anybody_only_where_it_is_switched_on(door: Door) -> None:
    nobody = door.stranger()
    assert nobody.get("/answer-times.json").status_code == 404
    admin = door.visitor(door.who.ann)
    assert admin.post("/settings/numbers", data={"shows_answer_times": "true", "role": ["manager"]}).status_code == 200
    said = nobody.get("/answer-times.json")
    assert said.json()["median_seconds"] is None
    assert said.headers["cache-control"] == "public, max-age=300"
    assert nobody.head("/answer-times.json").headers["content-type"] == said.headers["content-type"]
    picture = nobody.get("/answer-times.svg")
    assert "not enough to tell" in picture.text
    assert picture.headers["vary"] == "Accept-Language, Cookie"
    assert "First answer" in nobody.get("/answer-times.svg", params={"lang": "xx"}).text
    assert "First answer" not in nobody.get("/answer-times.svg", params={"lang": "ta"}).text
    door.now += timedelta(minutes=4)
    assert nobody.get("/answer-times.json").json() == said.json(), "once in five minutes, however many ask"
    door.now += timedelta(minutes=1)
    assert nobody.get("/answer-times.json").json()["as_of"] == door.now.isoformat()
    assert door.visitor(door.who.mia).get("/numbers/by/assignee").status_code == 200
    assert door.visitor(door.who.mia).get("/settings/numbers").status_code == 403


MANY_FACTS = """
with more as (
  insert into episodes overriding system value
  select (jsonb_populate_record(e, jsonb_build_object('id', e.id + 1000 * n, 'number', e.number + n))).*
  from episodes e, generate_series(1, 20) n returning id
)
insert into episode_facts
select (jsonb_populate_record(f, jsonb_build_object('episode_id', more.id, 'number', f.number + more.id / 1000))).*
from more join episode_facts f on f.episode_id = more.id % 1000
"""


def test_who_waits_is_waited_for_by_the_public_answer_times_until_the_moment_they_are_asked(door: Door) -> None:
    door.visitor(door.who.ann).post("/settings/numbers", data={"shows_answer_times": "true"})
    door.now = NOON + timedelta(minutes=4)
    with door.pool.transaction() as conn:
        facts.freshen(conn)
        execute(conn, MANY_FACTS)
        execute(conn, "update episode_facts set published_at = %(at)s, first_answer = null", {"at": NOON - timedelta(minutes=10)})
        execute(conn, "update episode_facts set first_answer = 780 where episode_id in (select id from episodes order by id desc limit 5)")
    assert door.stranger().get("/answer-times.json").json()["median_seconds"] is None


def test_each_time_of_the_public_picture_has_a_line_of_its_own(door: Door) -> None:
    door.visitor(door.who.ann).post("/settings/numbers", data={"shows_answer_times": "true"})
    with door.pool.transaction() as conn:
        facts.freshen(conn)
        execute(conn, MANY_FACTS)
        execute(conn, "update episode_facts set first_answer = 4800")
    picture = door.stranger().get("/answer-times.svg").text
    assert "nine in ten within 1 h 20 min" in picture
    lines = re.findall(r'<text x="16" y="(\d+)"', picture)
    assert len(set(lines)) == len(lines) == picture.count("<text")
