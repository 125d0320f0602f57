"""The page of the search and the command bar: what is shown, marked, filtered and told, and that it stays text."""

import pytest

from amends.core.database import fetch_values
from amends.inbox.actions.search_index import read_batch
from amends.worker.names import Task
from tests.cast import a_post
from tests.desk import Desk
from tests.door import Door
from tests.workplace import Workplace


def shown(door: Door, **asked: str) -> str:
    answer = door.visitor(door.who.ada).get("/search", params=asked, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.text


def test_posts_answers_and_notes_are_shown_with_their_words_marked(shared_door: Door) -> None:
    read(shared_door)
    text = shown(shared_door, q="bag")
    assert "My <mark>bag</mark> is lost and nobody answers!" in text
    assert "The <mark>bag</mark> is in Doha" in text
    assert f'href="/inbox/{shared_door.who.talked}"' in text
    assert "The <mark>bag</mark>" not in shown(shared_door, q="bag", kind="post")
    assert "<mark>Sorry</mark>, Cy." in shown(shared_door, q="sorry", kind="reply")


def test_customers_are_shown_beside_and_alone(shared_door: Door) -> None:
    assert '<b dir="auto"><mark>Customer</mark> <mark>3</mark></b>' in shown(shared_door, q="customer 3")
    assert shown(shared_door, q="seeded", kind="customer").count("search-hit") == 8


def test_tamil_words_are_found_and_marked(shared_door: Door) -> None:
    assert "<mark>சேவை</mark>" in shown(shared_door, q="சேவை")


def test_what_customers_write_is_shown_as_text(shared_door: Door) -> None:
    text = shown(shared_door, q="broken")
    assert "&lt;script&gt;" in text
    assert "<script" not in text
    assert "<script" not in shown(shared_door, q="script alert")
    assert "<b>x" not in shown(shared_door, q='<b>x "')


def test_an_empty_search_teaches_and_one_that_finds_nothing_says_what_to_do(shared_door: Door) -> None:
    assert "Type what you remember" in shown(shared_door)
    assert "Nothing holds these words" in shown(shared_door, q="zyxomma")
    assert "search everything" in shown(shared_door, q="zyxomma", network="x")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"q": "a" * 10_240}, "too much to search for"),
        ({"q": "bag", "since": "tomorrow"}, "is no day"),
        ({"q": "bag", "until": "9999-12-31"}, "is no day"),
        ({"q": "bag", "kind": "case"}, "no such kind"),
        ({"q": "bag", "below": "17"}, "begin again"),
        ({"q": "bag", "below": "x~post~2026-01-01"}, "begin again"),
        ({"q": "\x00"}, "Type what you remember"),
        ({"q": "bag\x00", "network": "\x00x"}, "<mark>bag</mark>"),
        ({"q": "bag " * 100}, "Only the first words"),
        ({"q": "%' & | :* \\"}, "Nothing holds"),
    ],
)
def test_what_makes_no_sense_is_told_and_breaks_nothing(shared_door: Door, asked: dict[str, str], says: str) -> None:
    assert says in shown(shared_door, **asked)


def test_the_whole_page_keeps_what_was_asked(shared_door: Door) -> None:
    text = shared_door.visitor(shared_door.who.ada).get("/search", params={"q": 'bag "is lost"', "lang": "ta"}).text
    assert 'value="bag &#34;is lost&#34;"' in text
    assert '<option value="ta" selected>' in text


def test_the_command_bar_finds_texts_and_leads_to_all_of_them(shared_door: Door) -> None:
    read(shared_door)
    text = shared_door.visitor(shared_door.who.ada).get("/find", params={"q": "Doha"}).text
    assert "The bag is in Doha" in text
    assert 'data-href="/search?q=Doha"' in text


def test_a_program_finds_what_the_page_finds_page_by_page_and_masked(shared_door: Door) -> None:
    read(shared_door)
    ask = shared_door.program(shared_door.who.ada).get
    found = ask("/api/v1/search", params={"q": "bag", "limit": 1}).json()
    more = ask("/api/v1/search", params={"q": "bag", "below": found["next"]}).json()
    assert [one["kind"] for one in found["texts"]] != []
    assert {one["case_id"] for one in more["texts"]} >= {int(shared_door.who.talked)}
    assert found["texts"][0] not in more["texts"]
    assert (more["customers"], more["next"]) == ([], "")
    assert [one["name"] for one in ask("/api/v1/search", params={"q": "customer 3"}).json()["customers"]] == ["Customer 3"]
    assert ask("/api/v1/search", params={"q": ""}).json() == {"texts": [], "customers": [], "next": ""}
    for bad in ({"since": "tomorrow"}, {"kind": "case"}, {"below": "17"}, {"q": "a" * 10_240}, {"limit": "101"}):
        assert ask("/api/v1/search", params={"q": "bag"} | bad).status_code == 422, bad


def test_a_post_without_a_case_says_why_and_a_case_can_be_made_of_it(door: Door) -> None:
    with door.pool.transaction() as conn:
        desk = Desk(conn=conn, source_id=door.who.source_id, agent_id=door.who.ada, now=door.now)
        desk.hear(a_post("A nice quobblet", permalink="https://x.example/nice"))
        post_id = fetch_values(conn, "select max(id) from posts")[0]
    text = shown(door, q="quobblet")
    assert "No complaint and no question." in text
    assert 'href="https://x.example/nice"' in text
    assert "A nice" in door.visitor(door.who.ada).get("/find", params={"q": "quobblet"}).text
    [told] = door.program(door.who.ada).get("/api/v1/search", params={"q": "quobblet", "kind": "mention"}).json()["texts"]
    assert (told["case_id"], told["why"], told["permalink"]) == (None, "No complaint and no question.", "https://x.example/nice")

    assert "Make a case" not in door.visitor(door.who.otto).get("/search", params={"q": "quobblet"}).text
    assert door.visitor(door.who.otto).post(f"/search/posts/{post_id}/case").status_code == 403
    answer = door.visitor(door.who.ada).post(f"/search/posts/{post_id}/case")
    assert 'hx-trigger="load delay:2s"' in answer.text
    assert door.program(door.who.ada).post(f"/api/v1/posts/{post_id}/case").status_code == 409
    Workplace(pool=door.pool, now=door.now).perform(Task.TRIAGE)
    read(door)
    assert 'href="/inbox/' in door.visitor(door.who.ada).get(f"/search/posts/{post_id}").text
    assert door.visitor(door.who.ada).get("/search/posts/999999").status_code == 404
    check_taken_back(door, post_id)


def check_taken_back(door: Door, post_id: int) -> None:
    """What was made of the post is taken back, by who may."""
    assert door.visitor(door.who.otto).post(f"/search/posts/{post_id}/no-case").status_code == 403
    back = door.visitor(door.who.ada).post(f"/search/posts/{post_id}/no-case")
    assert 'hx-swap-oob="true"' in back.text
    assert "put aside" in back.text
    assert door.program(door.who.ada).delete(f"/api/v1/posts/{post_id}/case").status_code == 409


def read(door: Door) -> None:
    """Read what waits, as the worker does."""
    with door.pool.transaction() as conn:
        read_batch(conn)
