"""What surrounds every answer: headers, request ids, error pages that say what to do next, health."""

import re

import pytest
from fastapi import FastAPI

from amends.api.auth import SESSION_COOKIE
from amends.api.screen import static
from amends.core.database import open_pool
from tests.databases import Server
from tests.door import Door


def test_every_answer_keeps_browsers_on_our_side(shared_door: Door) -> None:
    for path in ("/login", "/inbox", "/nowhere", static("amends.js"), "/api/v1/cases"):
        headers = shared_door.stranger().get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_pages_stay_out_of_caches_and_files_stay_in_them(shared_door: Door) -> None:
    client = shared_door.visitor(shared_door.who.ada)
    assert client.get("/inbox").headers["cache-control"] == "no-store"
    styles = client.get(static("screens.css"))
    assert styles.text.index(":root") < styles.text.index(".rail") < styles.text.index(".case-head") < styles.text.index(".incident")
    assert (styles.status_code, "immutable" in styles.headers["cache-control"]) == (200, True)
    assert client.get("/static/another-version/screens.css").headers["cache-control"] == "no-store"
    assert client.get(static("absent.css")).headers["cache-control"] == "no-store"


def test_a_form_that_leaves_the_page_asks_first_whether_the_session_lives(shared_door: Door) -> None:
    client = shared_door.visitor(shared_door.who.ann)
    for path in ("/inbox", "/settings/profile", "/customers/import"):
        leaving = re.findall(r'<form[^>]* method="post" action="[^>]*>', client.get(path).text)
        assert [form for form in leaving if "data-session" not in form and "/logout" not in form] == [], path


def test_no_page_carries_a_script_or_a_style_of_its_own(shared_door: Door) -> None:
    client = shared_door.visitor(shared_door.who.ann)
    for path in ("/login", "/inbox", f"/inbox/{shared_door.who.talked}", "/numbers", "/sources", "/settings/tokens", "/api/v1/docs"):
        text = client.get(path).text
        assert text.count("<script") == text.count("<script src=") + text.count('<script type="application/json"')
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick=" not in text


def test_the_htmx_we_serve_comes_from_the_installed_package(shared_door: Door) -> None:
    assert "htmx" in shared_door.stranger().get("/static/vendor/htmx-2.min.js").text[:200]


@pytest.mark.parametrize(("given", "kept"), [("abc-123_x", True), ("a b", False), ("x" * 65, False), ("<b>", False)])
def test_a_request_id_is_told_and_a_plain_one_of_the_caller_is_kept(shared_door: Door, given: str, kept: bool) -> None:
    told = shared_door.stranger().get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"]
    assert (told == given) is kept


def test_what_is_not_there_says_what_to_do_next(shared_door: Door) -> None:
    page = shared_door.stranger().get("/nowhere")
    assert page.status_code == 404
    assert "There is no page at this address." in page.text
    assert 'href="/inbox"' in page.text
    assert shared_door.stranger().get("/api/v1/nowhere").json()["error"] == "not_found"


def test_what_is_too_long_for_a_field_is_told_in_our_words(shared_door: Door) -> None:
    answer = shared_door.visitor(shared_door.who.ada).post("/bulk", data={"deed": "x" * 21}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.json()["message"]) == (422, "One of the fields is far too long.")


def test_what_nobody_foresaw_is_told_without_details_and_with_its_number(door: Door) -> None:
    assert isinstance(door.app, FastAPI)

    def break_down() -> None:
        message = "the secret detail"
        raise ZeroDivisionError(message)

    door.app.add_api_route("/broken", break_down)
    door.app.add_api_route("/api/v1/broken", break_down)
    page, body = door.stranger().get("/broken"), door.stranger().get("/api/v1/broken")
    assert page.status_code == body.status_code == 500
    assert "secret detail" not in page.text + body.text
    assert page.headers["x-request-id"] in page.text
    assert page.headers["x-content-type-options"] == "nosniff"


def test_a_database_that_is_away_is_told_as_that(server: Server, shared_door: Door) -> None:
    pool = open_pool(server.clone("goes_away"), size=1, patience=0.3)
    away = Door(pool=pool, who=shared_door.who)
    assert away.stranger().get("/readyz").status_code == 200
    server.drop("goes_away")
    try:
        assert away.stranger().get("/healthz").status_code == 200
        assert away.stranger().get("/readyz").status_code == 503
        client = away.stranger()
        client.cookies.set(SESSION_COOKIE, "any")
        page = client.get("/inbox")
        assert page.status_code == 503
        assert "Nothing is lost. Try again in a few seconds." in page.text
    finally:
        pool.close()


@pytest.mark.parametrize("path", ["/stop/a-secret", "/survey/a-secret", "/alarm/7/a-secret", "/survey/a-secret/a-secret"])
def test_an_address_by_which_its_holder_may_act_stands_in_no_log(shared_door: Door, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    shared_door.stranger().get(path)
    written = capsys.readouterr()
    assert "request" in written.out + written.err
    assert "a-secret" not in written.out + written.err
