"""What is peculiar to sites of reviews: a form in words, two ways to page, three ways to log in."""

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from amends.collectors import reviews
from amends.collectors._reviews_form import dig
from amends.core.errors import CredentialsRefused, ReplyRefused, SettingsWrong, SourceUnfit, Unreachable
from amends.core.ports import Account, Draft
from amends.core.watching import Watch, WatchKind
from tests.replay_server import Answer, Replay, Request, replay_server

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
REVIEWS = Watch(kind=WatchKind.REVIEWS, query="u 1/x")
DRAFT = Draft(parent_id="1", root_id="1", text="We are sorry", key="k", since=NOW - timedelta(hours=1))
MAPPING = (
    "list=v2/{unit}/list items=data.list id=no text=said.0.text title= stars=rating name=who.nick created=at updated=changed page=after"
)
ONE = "one=v2/review/{id} reply=v2/review/{id}/answer answer=reply.text answered=reply.at reply_text=text"


def review(number: int, at: object = "2026-02-20T11:00:00Z", **told: object) -> dict[str, object]:
    return {"no": number, "said": [{"text": f"late {number}"}], "rating": "1.0", "who": {"nick": "cy_waits"}, "at": at, **told}


@pytest.fixture
def server() -> Iterator[Replay]:
    with replay_server() as replay:
        yield replay


def collector(server: Replay, mapping: str = MAPPING, **options: str) -> reviews.Reviews:
    told = {"base_url": server.url, "address": "https://api.reviews.example", "mapping": mapping, **options}
    return reviews.build(Account(handle="NorthPier", credentials={"token": "T"}, options=told), lambda: NOW)


def say(server: Replay, *items: object, **around: object) -> None:
    server.say(json.dumps({"data": {"list": items}, **around}).encode())


def test_a_site_is_read_as_its_form_says(server: Replay) -> None:
    say(server, review(1), review(2, at=1_771_581_600_000, link="https://reviews.example/2", changed="2026-02-20T11:30:00Z", land="LKA"))
    first, second = collector(server, f"{MAPPING} url=link region=land").fetch(REVIEWS, None, budget=100).posts
    assert (first.external_id, first.text, first.author.handle) == ("1", "★☆☆☆☆\n\nlate 1", "cy_waits")
    assert (first.permalink, second.permalink) == ("https://api.reviews.example", "https://reviews.example/2")
    assert (first.region, second.region) == ("", "LK")
    assert second.published_at == NOW - timedelta(hours=2)
    assert second.edited_at == NOW - timedelta(minutes=30)
    assert server.requests[0].path == "/v2/u%201%2Fx/list"
    assert server.requests[0].headers["authorization"] == "Bearer T"


@pytest.mark.parametrize("told", ["c2", "https://reviews.example/list?after=c2&x=1"])
def test_the_next_page_is_where_the_site_says_it_is(server: Replay, told: str) -> None:
    reading = collector(server, f"{MAPPING} next=paging.next")
    say(server, review(1), paging={"next": told})
    first = reading.fetch(REVIEWS, None, budget=100)
    assert first.more
    assert reading.split(first.cursor) is not None
    say(server, review(2), paging={"next": None})
    second = reading.fetch(REVIEWS, first.cursor, budget=100)
    assert (server.requests[1].asked["after"], second.more) == ("c2", False)


def test_numbered_pages_are_read_until_one_is_not_full_or_comes_to_what_is_known(server: Replay) -> None:
    reading = collector(server, f"{MAPPING} size=limit")
    say(server, review(2), review(1))
    first = reading.fetch(REVIEWS, None, budget=2)
    assert (first.more, first.cursor["place"]) == (True, "2")
    say(server, review(1), review(0))
    second = reading.fetch(REVIEWS, first.cursor, budget=3)
    assert ([post.external_id for post in second.posts], second.more) == (["0"], False)
    say(server, review(3, at="2026-02-20T11:30:00Z"), review(2))
    third = reading.fetch(REVIEWS, second.cursor, budget=2)
    assert ([post.external_id for post in third.posts], third.more) == (["3"], False)


def test_reviews_that_lie_about_their_dates_neither_end_a_walk_nor_carry_its_mark_away(server: Replay) -> None:
    reading = collector(server, f"{MAPPING} size=limit")
    say(server, review(9, at="2099-01-01T00:00:00Z"), review(8), review(7, at="1970-01-01T00:00:00Z"), review(6))
    first = reading.fetch(REVIEWS, None, budget=4)
    say(server, review(5))
    second = reading.fetch(REVIEWS, first.cursor, budget=4)
    assert (first.more, [post.external_id for post in second.posts], second.more) == (True, ["5"], False)
    assert second.cursor["mark"] == NOW.isoformat()


def test_numbered_pages_end_with_one_of_nothing(server: Replay) -> None:
    reading = collector(server)
    say(server, review(1))
    first = reading.fetch(REVIEWS, None, budget=100)
    say(server)
    assert (first.more, reading.fetch(REVIEWS, first.cursor, budget=100).more) == (True, False)


def test_a_site_with_one_page_has_no_next_one(server: Replay) -> None:
    server.say(json.dumps([review(1)]).encode())
    page = collector(server, "list=all items= id=no created=at text=said.0.text").fetch(REVIEWS, None, budget=100)
    assert (len(page.posts), page.more) == (1, False)


def test_a_site_without_answers_says_so_on_every_review(server: Replay) -> None:
    reading = collector(server)
    say(server, review(1))
    [post] = reading.fetch(REVIEWS, None, budget=100).posts
    assert not post.can_reply
    assert "open it there" in post.why_no_reply
    with pytest.raises(ReplyRefused, match="open it there"):
        reading.reply(DRAFT)
    assert reading.refresh(["1"]) == ()
    assert not reading.check().can_reply


def test_an_answer_goes_where_the_form_says_and_is_found_there(server: Replay) -> None:
    reading = collector(server, f"{MAPPING} {ONE}")
    server.say(b'{"text": "We are sorry"}')
    published = reading.reply(DRAFT)
    assert (server.requests[0].path, json.loads(server.requests[0].body)) == ("/v2/review/1/answer", {"text": "We are sorry"})
    assert published.published_at == NOW
    server.say(json.dumps(review(1, reply={"text": "We are sorry"})).encode())
    found = reading.find_reply(DRAFT)
    assert found is not None
    assert (found.external_id, found.permalink) == (published.external_id, published.permalink)
    assert [post.external_id for post in reading.thread("1")] == ["1", "1/answer"]


def test_an_answer_that_the_site_takes_without_a_word_is_looked_for(server: Replay) -> None:
    server.say(b"", 201)
    with pytest.raises(Unreachable):
        collector(server, f"{MAPPING} {ONE}").reply(DRAFT)


def test_a_token_goes_into_the_header_that_the_site_wants(server: Replay) -> None:
    say(server)
    collector(server, key_header="X-Key").fetch(REVIEWS, None, budget=100)
    assert server.requests[0].headers["x-key"] == "T"
    assert "authorization" not in server.requests[0].headers


def test_trustpilot_is_logged_into_with_the_key_and_its_secret_and_told_who_answers(server: Replay) -> None:
    def answer(request: Request) -> Answer:
        login = b'{"access_token": "t", "expires_in": "359999"}'
        return Answer(body=login if request.path.endswith("/accesstoken") else b'{"message": "We are sorry"}')

    server.answer = answer
    options = {"base_url": server.url, "preset": "Trustpilot", "user_id": "b1"}
    account = Account(handle="NorthPier", credentials={"api_key": "K", "api_secret": "S"}, options=options)
    published = reviews.build(account, lambda: NOW).reply(DRAFT)
    login, said = server.requests
    assert login.headers["authorization"] == f"Basic {b64encode(b'K:S').decode()}"
    assert login.asked == {"grant_type": "client_credentials"}
    assert said.headers["authorization"] == "Bearer t"
    assert json.loads(said.body) == {"message": "We are sorry", "authorBusinessUserId": "b1"}
    assert published.permalink == "https://www.trustpilot.com/reviews/1"


def test_who_answers_on_trustpilot_has_to_be_entered(server: Replay) -> None:
    account = Account(handle="NorthPier", credentials={"token": "T"}, options={"base_url": server.url, "preset": "trustpilot"})
    assert "id of our user" in reviews.build(account, lambda: NOW).check().warnings[0]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"preset": "nosuch"}, "trustpilot"),
        ({"mapping": "list=x lines=y"}, "lines"),
        ({"mapping": "items=reviews"}, "list="),
        ({}, "preset"),
    ],
)
def test_a_form_that_cannot_be_one_is_a_wrong_setting(options: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsWrong, match=says):
        reviews.build(Account(handle="NorthPier", options=options), lambda: NOW)


def test_an_address_inside_our_own_network_is_not_asked() -> None:
    options = {"address": "http://127.0.0.1:9", "mapping": MAPPING}
    with pytest.raises(SourceUnfit):
        reviews.build(Account(handle="NorthPier", credentials={"token": "T"}, options=options), lambda: NOW).fetch(REVIEWS, None, budget=1)


def test_a_site_without_a_login_wants_a_token(server: Replay) -> None:
    options = {"base_url": server.url, "address": "https://api.reviews.example", "mapping": MAPPING}
    account = Account(handle="NorthPier", credentials={"api_key": "K", "api_secret": "S"}, options=options)
    with pytest.raises(CredentialsRefused, match="token"):
        reviews.build(account, lambda: NOW).fetch(REVIEWS, None, budget=1)


@pytest.mark.parametrize(
    ("path", "found"),
    [("a.0.b", 1), ("a.1.b", None), ("a.x", None), ("a.-1", None), ("", None), ("n.b", None), ("a.0.b.c", None)],
)
def test_a_path_leads_to_what_is_there_and_else_to_nothing(path: str, found: object) -> None:
    assert dig({"a": [{"b": 1}], "n": None, "": 5}, path) == found
