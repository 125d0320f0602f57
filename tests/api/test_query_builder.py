"""A search is built from words on the page of sources: previewed in plain language, refused in words, and put into the field."""

import pytest

from tests.door import Door, as_fragment

ASKED = {
    "network": "x",
    "place": "new-x",
    "any_of": 'northpier "north pier"',
    "phrase": "my bag",
    "none_of": "#jobs",
    "without_shares": "yes",
}


def test_the_search_is_shown_with_what_it_finds(door: Door) -> None:
    page = door.visitor(door.who.mia).get("/sources/query", params=ASKED).text
    assert "&#34;my bag&#34; (northpier OR &#34;north pier&#34;) -#jobs -is:retweet" in page
    assert "Posts with “my bag”, with any of “northpier” or “north pier”, without “#jobs”, shares left out." in page
    assert "Add it to the searches" in page


def test_what_the_network_would_not_take_is_said_and_cannot_be_added(door: Door) -> None:
    asked = {"network": "x", "place": "new-x", "none_of": "jobs", "authors": "no-handle"}
    client = door.visitor(door.who.mia)
    page = client.get("/sources/query", params=asked).text
    assert "“no-handle” is no handle on X" in page
    assert "Add it to the searches" not in page
    with as_fragment(client):
        answer = client.get("/sources/query", params=asked | {"add": "yes"})
    assert answer.status_code == 422
    assert "no handle" in answer.json()["message"]


def test_a_search_is_added_below_those_that_are_written_there_and_only_once(door: Door) -> None:
    client = door.visitor(door.who.ann)
    written = 'by hand\n"my bag" (northpier OR "north pier") -#jobs -is:retweet'
    for text in ("by hand", written):
        page = client.get("/sources/query", params=ASKED | {"add": "yes", "watch_search": text}).text
        assert page.startswith('<textarea id="search-new-x" name="watch_search"')
        assert page.count("-is:retweet") == 1
        assert "by hand\n" in page


@pytest.mark.parametrize("change", [{"network": "reddit"}, {"network": "nowhere"}, {"place": '"><script>'}, {"any_of": "x" * 5000}])
def test_what_nobody_offers_is_refused(shared_door: Door, change: dict[str, str]) -> None:
    assert shared_door.visitor(shared_door.who.mia).get("/sources/query", params=ASKED | change).status_code == 422


def test_hostile_words_stay_words(door: Door) -> None:
    page = door.visitor(door.who.mia).get("/sources/query", params=ASKED | {"any_of": "<script>alert(1)</script>"}).text
    assert "<script>" not in page


def test_an_agent_does_not_see_it(door: Door) -> None:
    assert door.visitor(door.who.ada).get("/sources/query", params=ASKED).status_code == 403


def test_the_page_offers_it_where_a_network_has_it(door: Door) -> None:
    page = door.visitor(door.who.ann).get("/sources").text
    assert 'id="query-new-x"' in page
    assert 'id="search-new-x"' in page
    assert f'id="query-source-{door.who.source_id}"' in page
    assert 'id="query-new-reddit"' not in page


@pytest.mark.parametrize(
    ("query", "told"), [('"north pier', "quotation mark"), ("-is:retweet", "at least one word"), ("(a OR b", "brackets")]
)
def test_a_search_written_by_hand_that_cannot_be_one_is_refused_when_it_is_entered(shared_door: Door, query: str, told: str) -> None:
    with as_fragment(shared_door.visitor(shared_door.who.ann)) as client:
        answer = client.post(f"/sources/{shared_door.who.source_id}/watches", data={"network": "x", "watch_search": f"ferry\n{query}"})
    assert answer.status_code == 422
    assert told in answer.json()["message"]


def test_another_network_takes_what_x_would_not(door: Door) -> None:
    answer = door.visitor(door.who.ann).post(
        f"/sources/{door.who.source_id}/watches", data={"network": "reddit", "watch_search": '"north pier'}
    )
    assert answer.status_code == 200
