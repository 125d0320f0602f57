"""The public web form: a stranger's message becomes one post, and nothing else can be done with it."""

import re
from datetime import timedelta
from itertools import permutations
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from amends.api.form_words import LANGUAGES, WORDS
from amends.api.pages._form_ticket import Sort, new_ticket, read_ticket
from amends.collectors import form
from amends.core.database import fetch_values
from amends.core.ports import Account
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.sources import add_source, pause
from amends.inbox.actions.survey_links import is_ours, new_link
from amends.inbox.rules.ids import SourceId
from tests.cast import NOON, SECRET_KEY
from tests.door import Answer, Door

SECONDS = timedelta(seconds=20)
FILLED = {"message": "My bag never came.", "consent": "yes", "name": "Cy Fernando", "contact": "cy@example.org", "order": "AB-1234"}


def a_form(door: Door, **options: str) -> SourceId:
    with door.pool.transaction() as conn:
        return add_source(
            conn,
            brand="North Pier",
            network="form",
            handle="contact",
            credentials={},
            options=options,
            watches=[Watch(kind=WatchKind.CALLS)],
            secret_key=SECRET_KEY,
            now=NOON,
        )


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def write(door: Door, source_id: int, *, wait: timedelta = SECONDS, client: TestClient | None = None, **fields: str) -> Answer:
    """Open the form, wait as long as it takes to fill it in, and send it."""
    visitor = client or door.stranger()
    carried = hidden(visitor.get(f"/form/{source_id}").text)
    door.now += wait
    return visitor.post(f"/form/{source_id}", data=FILLED | carried | fields)


def posts(door: Door, column: str = "text") -> list[object]:
    with door.pool.transaction() as conn:
        query = f"select {column} from posts where network = 'form' order by id"  # noqa: S608 - our own words
        return fetch_values(conn, query)  # pyright: ignore[reportArgumentType]


def test_a_message_becomes_a_post_for_us_alone_and_the_visitor_gets_its_number(door: Door) -> None:
    source_id = a_form(door)
    answer = write(door, source_id)
    assert answer.status_code == 303
    thanks = door.stranger().get(answer.headers["location"]).text
    [reference] = re.findall(r"F-\w{5}-\w{5}", thanks)
    assert posts(door, "external_id") == [reference]
    assert posts(door) == ["My bag never came.\n\nOrder AB-1234\n\ncy@example.org"]
    assert posts(door, "visibility || ' ' || can_reply") == ["direct false"]
    assert door.woken
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select state from watches where kind = 'calls'") == ["ok"]


def test_a_form_that_is_sent_twice_is_one_message(door: Door) -> None:
    source_id = a_form(door)
    carried = hidden(door.stranger().get(f"/form/{source_id}").text)
    door.now += SECONDS
    first, second = (door.stranger().post(f"/form/{source_id}", data=FILLED | carried) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert len(posts(door)) == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"message": "  "}, "no_message"),
        ({"consent": ""}, "no_consent"),
        ({"message": "x" * 5001}, "too_long"),
        ({"ticket": ""}, "stale"),
        ({"ticket": "AAAAABBBBB.1772452800.00"}, "stale"),
        ({"ticket": "é.é.é"}, "stale"),
    ],
)
def test_what_is_missing_is_told_and_nothing_that_was_written_is_lost(door: Door, fields: dict[str, str], told: str) -> None:
    answer = write(door, a_form(door), **fields)  # pyright: ignore[reportArgumentType] - names of fields
    assert answer.status_code == 422
    assert WORDS["en"][told] in answer.text
    assert 'value="cy@example.org"' in answer.text
    assert posts(door) == []


@pytest.mark.parametrize("wait", [timedelta(seconds=1), timedelta(hours=25)])
def test_a_form_that_is_sent_too_soon_or_too_late_is_shown_again_and_then_taken(door: Door, wait: timedelta) -> None:
    source_id = a_form(door)
    answer = write(door, source_id, wait=wait)
    assert WORDS["en"]["stale"] in answer.text
    door.now += SECONDS
    assert door.stranger().post(f"/form/{source_id}", data=FILLED | hidden(answer.text)).status_code == 303
    assert len(posts(door)) == 1


def test_a_ticket_of_another_form_is_not_taken(door: Door) -> None:
    with door.pool.transaction() as conn:
        other = add_source(
            conn,
            brand="South Pier",
            network="form",
            handle="other",
            credentials={},
            options={},
            watches=[Watch(kind=WatchKind.CALLS)],
            secret_key=SECRET_KEY,
            now=NOON,
        )
    carried = hidden(door.stranger().get(f"/form/{other}").text)
    assert write(door, a_form(door), ticket=carried["ticket"]).status_code == 422


@pytest.mark.parametrize(("made", "read"), list(permutations(Sort)))
def test_a_ticket_of_one_sort_of_form_opens_none_of_another(made: Sort, read: Sort) -> None:
    text = new_ticket(made, 7, SECRET_KEY, NOON)
    assert read_ticket(made, text, 7, SECRET_KEY)
    assert read_ticket(read, text, 7, SECRET_KEY) is None


def test_what_was_sent_out_before_the_key_was_changed_still_opens() -> None:
    text, link = new_ticket(Sort.SURVEY, 7, SECRET_KEY, NOON), new_link(SECRET_KEY)
    assert read_ticket(Sort.SURVEY, text, 7, f"another-key {SECRET_KEY}")
    assert is_ours(link, f"another-key {SECRET_KEY}")
    assert not is_ours(link, "another-key")


def test_who_fills_in_what_nobody_sees_is_thanked_and_not_kept(door: Door) -> None:
    assert write(door, a_form(door), website="https://spam.example").status_code == 303
    assert posts(door) == []


def test_too_many_messages_from_one_place_have_to_wait(door: Door) -> None:
    source_id = a_form(door)
    statuses = [write(door, source_id, message=f"Message {number}").status_code for number in range(11)]
    assert statuses == [303] * 10 + [429]
    elsewhere = TestClient(door.app, client=("192.0.2.7", 1), follow_redirects=False)
    assert write(door, source_id, client=elsewhere).status_code == 303
    door.now += timedelta(minutes=11)
    assert write(door, source_id).status_code == 303


def test_a_large_or_odd_body_is_refused(door: Door) -> None:
    source_id = a_form(door)
    client = door.stranger()
    assert client.post(f"/form/{source_id}", data={"message": "x" * 70_000}).status_code == 413
    assert client.post(f"/form/{source_id}", content=urlencode([("a", "b")] * 50)).status_code == 422
    assert client.post(f"/form/{source_id}", content=b"\xff\xfe%00%ff=\x00").status_code == 422
    assert posts(door) == []


def test_hostile_words_are_shown_as_words(door: Door) -> None:
    hostile = "<script>alert(1)</script>\u202e"
    source_id = a_form(door, title=hostile, consent=hostile, privacy_url="javascript:alert(1)")
    hostile += "\x00"
    shown = write(door, source_id, name=hostile, message="").text
    assert "<script>alert" not in shown
    assert "javascript:" not in shown
    assert write(door, source_id, message=hostile).status_code == 303
    assert "\x00" not in str(posts(door)[0])


def test_there_is_no_form_where_the_source_is_paused_or_of_another_network(door: Door) -> None:
    source_id = a_form(door)
    with door.pool.transaction() as conn:
        pause(conn, source_id=source_id, agent_id=None, now=NOON)
    for number in (source_id, door.who.source_id, 999_999):
        assert door.stranger().get(f"/form/{number}").status_code == 404
        assert door.stranger().post(f"/form/{number}", data=FILLED).status_code == 404
        assert door.stranger().get(f"/form/{number}/sent/F-AAAAA-BBBBB").status_code == 404
    assert door.stranger().get("/form/1/sent/F-<b>").status_code == 404


def test_the_page_sets_no_cookie_runs_no_script_and_is_framed_only_where_it_is_said(door: Door) -> None:
    source_id = a_form(door, embed_from="https://www.example.com nonsense; https://b.example:8443")
    answer = door.stranger().get(f"/form/{source_id}")
    assert "set-cookie" not in {name.lower() for name in answer.headers}
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert "frame-ancestors https://www.example.com https://b.example:8443" in answer.headers["content-security-policy"]
    plain = door.stranger().get("/login")
    assert "frame-ancestors 'none'" in plain.headers["content-security-policy"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_every_word_and_is_marked_as_itself(code: str, door: Door) -> None:
    assert WORDS[code].keys() == WORDS["en"].keys()
    source_id = a_form(door)
    page = door.stranger().get(f"/form/{source_id}", headers={"Accept-Language": f"{code}-XX,en;q=0.5"}).text
    assert f'<html lang="{code}">' in page
    assert WORDS[code]["message"] in page
    assert f'<html lang="{code}">' in door.stranger().get(f"/form/{source_id}?lang={code}").text


def test_every_field_has_a_label(door: Door) -> None:
    page = door.stranger().get(f"/form/{a_form(door)}").text
    fields = re.findall(r'<(?:input|textarea) (?!type="hidden")', page)
    assert len(fields) == len(re.findall("<label", page)) == 6


def test_a_raw_body_gives_the_same_post_again_and_who_writes_twice_is_one_author(door: Door) -> None:
    source_id = a_form(door)
    write(door, source_id)
    write(door, source_id, message="And another thing.", contact="CY@example.org")
    assert len(set(posts(door, "author_id"))) == 1
    account = Account(handle="contact")
    body = b'{"reference": "F-AAAAA-BBBBB", "sent_at": "2026-03-02T12:00:00+00:00", "message": "Hm"}'
    [post] = form.posts_from(body, account).posts
    assert form.posts_from(post.raw, account).posts == (post,)
    assert post.author.handle == "visitor"
    assert form.posts_from(b"[1", account).troubles
    assert not form.build(account).check().can_reply


def test_the_page_of_sources_shows_where_visitors_write(door: Door) -> None:
    source_id = a_form(door)
    assert f"http://desk.example/form/{source_id}" in door.visitor(door.who.ann).get("/sources").text


def test_an_administrator_connects_a_form_without_credentials(door: Door) -> None:
    sent = {"network": "form", "brand": "North Pier", "handle": "contact", "watch_calls": "yes", "option_title": "Care"}
    assert door.visitor(door.who.ann).post("/sources", data=sent).status_code == 200
    with door.pool.transaction() as conn:
        [source_id] = fetch_values(conn, "select id from sources where network = 'form'")
    assert "<h1>Care</h1>" in door.stranger().get(f"/form/{source_id}").text
