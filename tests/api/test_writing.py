"""The box over HTTP: drafts, the answer held and taken back, approval, macros, preview, cases like it, translation; and REST."""

import json
import re
from dataclasses import replace
from html import unescape
from uuid import uuid4

import pytest

from amends.api.networks import abilities
from amends.cli.colleague import answer
from amends.core.abilities import Script
from amends.core.database import execute, fetch_values
from amends.core.errors import SettingsWrong, TranslationFailed
from amends.inbox import translators
from amends.inbox.actions.approve import set_approvals
from amends.inbox.actions.notify import notify
from amends.inbox.rules.approving import Approvals
from amends.inbox.translators import Choice
from tests.cast import NOON
from tests.desk import DAY
from tests.door import Answer, Door, as_fragment
from tests.translator import translating

INVITED = "Please write to us in a private message"


def post(door: Door, who: int, path: str, **fields: str) -> Answer:
    with as_fragment(door.visitor(who)) as client:  # pyright: ignore[reportArgumentType]
        return client.post(path, data=fields)


def told(answer: Answer) -> dict[str, object]:
    return json.loads(answer.headers["hx-trigger"])


def send(door: Door, who: int, text: str = "We are on it.", **fields: str) -> Answer:
    return post(door, who, f"/inbox/{door.who.plain}/reply", text=text, key=str(uuid4()), **fields)


def values(door: Door, query: str) -> list[object]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, query)  # pyright: ignore[reportArgumentType]


def page(door: Door, who: int, path: str) -> str:
    return unescape(door.visitor(who).get(path).text)  # pyright: ignore[reportArgumentType]


def test_drafts_are_kept_shared_and_never_written_over(door: Door) -> None:
    at = f"/inbox/{door.who.plain}/drafts/reply"
    ada, bo = door.visitor(door.who.ada), door.visitor(door.who.bo)
    assert ada.put(at, data={"text": "Dear Cy <b>", "version": "0"}).json()["version"] == 1
    assert "Ada</b> is writing this" in page(door, door.who.bo, f"/inbox/{door.who.plain}")
    assert ">Dear Cy <b></textarea>" in page(door, door.who.ada, f"/inbox/{door.who.plain}")
    refused = bo.put(at, data={"text": "Dear Sir", "version": "0"})
    assert (refused.status_code, refused.json()["text"], refused.json()["agent"]) == (409, "Dear Cy <b>", "Ada")
    assert "another tab" in ada.put(at, data={"text": "Dear you", "version": "0"}).json()["message"]
    long = ada.put(at, data={"text": "x" * 1_000_000, "version": "1"}, headers={"HX-Request": "true"})
    assert (long.status_code, "20,000 characters" in long.json()["message"]) == (422, True)
    assert ada.put(f"/inbox/{door.who.plain}/drafts/elsewhere", data={"text": "x"}).status_code == 404
    assert ada.put("/inbox/99999/drafts/reply", data={"text": "x"}).status_code == 404
    assert post(door, door.who.bo, f"{at}/discard").status_code == 409
    gone = post(door, door.who.ada, f"{at}/discard", version="1")
    toast = told(gone)["toast"]
    assert isinstance(toast, dict)
    back = told(post(door, door.who.ada, toast["undo"]))
    assert back["draft-back"] | {"key": ""} == {"case": door.who.plain, "box": "reply", "text": "Dear Cy <b>", "version": 1, "key": ""}  # pyright: ignore[reportOperatorIssue]


def test_words_of_more_than_a_megabyte_are_told_as_too_large(shared_door: Door) -> None:
    for box in ("reply", "note"):
        answer = post(shared_door, shared_door.who.ada, f"/inbox/{shared_door.who.plain}/{box}", text="sorry " * 200_000)
        assert (answer.status_code, answer.json()["message"]) == (413, "Too large")


def test_an_answer_that_was_overtaken_is_asked_about_and_one_taken_back_is_a_draft(door: Door) -> None:
    door = Door(pool=door.pool, who=door.who, undo_seconds=10)
    sent = send(door, door.who.bo, seen_posts="1", seen_reply="0")
    undo = told(sent)["toast"]["undo"]  # pyright: ignore[reportIndexIssue]
    assert "Goes out in 10 s" in sent.text
    held = send(door, door.who.ada, seen_posts="1", seen_reply="0")
    assert "Bo has answered already" in held.text
    assert held.headers.get_list("hx-trigger") == []
    assert values(door, "select count(*) from replies where text = 'We are on it.'") == [1]
    taken = post(door, door.who.bo, undo)
    assert told(taken)["draft-back"]["text"] == "We are on it."  # pyright: ignore[reportIndexIssue]
    assert post(door, door.who.bo, undo).status_code == 404
    assert told(send(door, door.who.ada, seen_posts="1", seen_reply="0"))["draft-done"]


@pytest.mark.parametrize(
    ("private", "confides", "ways"),
    [
        pytest.param(True, True, {"Send it in private", "write-private"}, id="we can write to the customer alone"),
        pytest.param(False, True, {"Move to a private message", INVITED, "move-private"}, id="the customer can write to us alone"),
        pytest.param(False, False, set[str](), id="neither"),
    ],
)
def test_personal_data_in_public_is_asked_about_with_the_way_into_private_that_there_is(
    door: Door, *, private: bool, confides: bool, ways: set[str]
) -> None:
    door.able = lambda network: replace(abilities(network), private=private, confides=confides)
    asked = send(door, door.who.ada, "Call +1 202-555-0143", seen_posts="1", seen_reply="0").text
    assert "Send all the same" in asked
    box = page(door, door.who.ada, f"/inbox/{door.who.plain}")
    every = {"Send it in private", "Move to a private message", INVITED, "write-private", "move-private"}
    assert {way for way in every if way in asked + box} == ways
    assert ("Move to private" in box) == (private or confides)
    assert ("Public reply" in box, "Private reply" in box) == (True, private)
    assert values(door, "select count(*) from replies where text like 'Call%'") == [0]


def test_the_colleague_of_the_demo_answers_a_case_once_while_that_waits_for_a_second_person(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "update authors set followers = 50000")
        set_approvals(conn, Approvals(followers=1), agent_id=door.who.mia, now=NOON)
    bo = door.program(door.who.bo)
    bo.base_url = "http://testserver/api/v1"  # pyright: ignore[reportAttributeAccessIssue]
    for _ in range(2):
        answer(bo, door.who.plain)  # pyright: ignore[reportArgumentType]
    assert values(door, "select state from replies where text like '%Bo, #%'") == ["proposed"]


@pytest.mark.parametrize("state", ["queued", "sending", "failed", "sent"])
def test_the_colleague_of_the_demo_never_answers_a_case_twice_in_the_same_words(door: Door, state: str) -> None:
    bo = door.program(door.who.bo)
    bo.base_url = "http://testserver/api/v1"  # pyright: ignore[reportAttributeAccessIssue]
    done: list[bool] = []
    for _ in range(2):
        done.append(answer(bo, door.who.plain))  # pyright: ignore[reportArgumentType]
        with door.pool.transaction() as conn:
            execute(conn, "update replies set state = %(state)s where text like '%%Bo, #%%'", {"state": state})
    assert (done, values(door, "select state from replies where text like '%Bo, #%'")) == ([True, False], [state])


def test_an_answer_waits_for_a_second_person_who_lets_it_out_or_gives_it_back(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "update authors set followers = 50000")
        set_approvals(conn, Approvals(followers=10_000), agent_id=door.who.mia, now=NOON)
    assert "Send for approval" in page(door, door.who.ada, f"/inbox/{door.who.plain}")
    send(door, door.who.ada, private="true")
    [reply] = values(door, "select id from replies where state = 'proposed'")
    at = f"/inbox/{door.who.plain}/replies/{reply}"
    assert post(door, door.who.bo, f"{at}/approve").status_code == 403
    shown = page(door, door.who.mia, "/approvals")
    assert ("We are on it." in shown, "private message" in shown) == (True, True)
    assert door.visitor(door.who.mia).get("/approvals/count").text == "1"
    assert door.visitor(door.who.ada).get("/approvals").status_code == 403
    assert "Approve" in page(door, door.who.mia, f"/inbox/{door.who.plain}")
    assert post(door, door.who.mia, f"{at}/give-back", note="").status_code == 422
    assert post(door, door.who.mia, f"{at}/give-back", note="Say sorry").status_code == 200
    assert "Given back: Say sorry" in page(door, door.who.ada, f"/inbox/{door.who.plain}")
    send(door, door.who.ada)
    [reply] = values(door, "select id from replies where state = 'proposed'")
    assert post(door, door.who.mia, f"/inbox/{door.who.plain}/replies/{reply}/approve").status_code == 200
    assert values(door, "select state from replies order by id desc limit 1") == ["queued"]
    shown = page(door, door.who.ada, f"/inbox/{door.who.plain}")
    for said in ("Mia approved the answer", "Mia gave the answer back: Say sorry", "Ada asked for approval", "Approved by Mia"):
        assert said in shown


def test_an_answer_that_waits_says_who_may_approve_it_and_where_nobody_else_may(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "update authors set followers = 50000")
        set_approvals(conn, Approvals(followers=1), agent_id=door.who.mia, now=NOON)
        execute(conn, "update agents set away_since = %(now)s where id = %(mia)s", {"now": door.now, "mia": door.who.mia})
    send(door, door.who.ada)
    at = f"/inbox/{door.who.plain}"
    assert re.search(r"\w+ or Mia \(away\) may approve it\.", page(door, door.who.ada, at))
    assert "may approve it." not in page(door, door.who.mia, at)
    with door.pool.transaction() as conn:
        execute(conn, "update agents set role = 'agent' where role in ('lead', 'manager', 'admin')")
    assert "Nobody else here may approve it." in page(door, door.who.ada, at)


@pytest.fixture
def proposed(door: Door) -> tuple[Door, str]:
    """A door where an answer of Ada's waits for somebody else, and the answer's address."""
    with door.pool.transaction() as conn:
        execute(conn, "update authors set followers = 50000")
        set_approvals(conn, Approvals(followers=10_000), agent_id=door.who.mia, now=NOON)
    door = Door(pool=door.pool, who=door.who, undo_seconds=10)
    send(door, door.who.ada, text="We are on it.\nWrite to +1 202-555-0143", all_the_same="true")
    [reply] = values(door, "select id from replies where state = 'proposed'")
    return door, f"/inbox/{door.who.plain}/replies/{reply}"


def test_of_two_answers_that_wait_the_older_one_goes_out_only_for_who_has_seen_the_other(proposed: tuple[Door, str]) -> None:
    door, at = proposed
    send(door, door.who.bo, text="I am on it too.")
    [other] = values(door, "select max(id) from replies where state = 'proposed'")
    shown = page(door, door.who.mia, f"/inbox/{door.who.plain}")
    assert (f'"seen_reply": {other}' in shown, "Approve all the same" in shown) == (True, True)
    assert post(door, door.who.mia, f"{at}/approve", seen_posts="1").status_code == 409
    assert post(door, door.who.mia, f"{at}/approve", seen_posts="1", seen_reply=str(other)).status_code == 200


NEWEST = "select array[state, text] from replies order by id desc limit 1"


def test_a_second_person_changes_the_words_and_the_author_is_told_what_changed(proposed: tuple[Door, str]) -> None:
    door, at = proposed
    post(door, door.who.mia, f"{at}/approve", text="We are <b>very</b> sorry.\r\nWrite to +1 202-555-0143", seen_posts="1")
    assert values(door, NEWEST) == [["queued", "We are <b>very</b> sorry.\nWrite to +1 202-555-0143"]]
    shown = door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").text
    assert "Mia approved the answer and changed its words" in shown
    assert "We are<del> on it.</del><ins> &lt;b&gt;very&lt;/b&gt; sorry.</ins>\nWrite to" in shown
    with door.pool.transaction() as conn:
        notify(conn, now=door.now)
    assert "Mia approved your answer and changed its words" in page(door, door.who.ada, "/notifications")


def test_changed_words_that_cannot_go_out_or_show_more_than_the_old_ones_are_told_so(proposed: tuple[Door, str]) -> None:
    door, at = proposed
    form = page(door, door.who.mia, f"/inbox/{door.who.plain}").partition('hx-preserve name="text"')[2]
    assert -1 < form.find("rewording-ask") < form.find("Approve in these words"), "what is asked stands above the button, not under the box"
    asked = post(door, door.who.mia, f"{at}/approve", text="Write to cy@example.com")
    assert "shows this to everybody" in asked.text
    for text, words in (("\u200b", "A reply needs some words"), ("x" * 501, "shorten it")):
        assert words in post(door, door.who.mia, f"{at}/approve", text=text).json()["message"]
    assert values(door, NEWEST) == [["proposed", "We are on it.\nWrite to +1 202-555-0143"]]
    assert post(door, door.who.mia, f"{at}/approve", text="Write to cy@example.com", all_the_same="true").status_code == 200
    assert values(door, NEWEST) == [["queued", "Write to cy@example.com"]]


def test_changed_words_wait_again_as_they_are_and_given_back_is_what_the_author_wrote(proposed: tuple[Door, str]) -> None:
    door, at = proposed
    sent = post(door, door.who.mia, f"{at}/approve", text="We are sorry.")
    post(door, door.who.mia, told(sent)["toast"]["undo"])  # pyright: ignore[reportIndexIssue]
    assert ">We are sorry.</textarea>" in page(door, door.who.mia, f"/inbox/{door.who.plain}")
    post(door, door.who.mia, f"{at}/give-back", note="Say sorry")
    assert ">We are on it.\nWrite to +1 202-555-0143</textarea>" in page(door, door.who.ada, f"/inbox/{door.who.plain}")


def test_words_that_are_as_they_were_are_not_said_to_be_changed(proposed: tuple[Door, str]) -> None:
    door, at = proposed
    with door.pool.transaction() as conn:
        execute(conn, "update replies set text = E'We are on it.\\r\\nSorry.'")
    assert post(door, door.who.mia, f"{at}/approve", text="We are on it.\nSorry.").status_code == 200
    assert values(door, NEWEST) == [["queued", "We are on it.\r\nSorry."]]
    assert "changed its words" not in page(door, door.who.ada, f"/inbox/{door.who.plain}")


def test_programs_obey_the_same_rules(door: Door) -> None:
    ada, mia, at = door.program(door.who.ada), door.program(door.who.mia), f"/api/v1/cases/{door.who.plain}"
    assert ada.post(f"{at}/reply", json={"text": "One", "seen_posts": 1, "seen_reply": 0}).json()["state"] == "queued"
    held = ada.post(f"{at}/reply", json={"text": "Two", "seen_posts": 1, "seen_reply": 0})
    assert (held.status_code, held.json()["error"]) == (409, "conflict")
    with door.pool.transaction() as conn:
        execute(conn, "update authors set followers = 50000")
        set_approvals(conn, Approvals(followers=1), agent_id=door.who.mia, now=NOON)
    made = ada.post(f"{at}/reply", json={"text": "Three"}).json()
    assert made["state"] == "proposed"
    assert [one["text"] for one in mia.get("/api/v1/approvals").json()["waiting"]] == ["Three"]
    assert ada.post(f"{at}/replies/{made['reply_id']}/approve", json={}).status_code == 403
    assert {"text": "Sorry", "proposed_text": "Three"}.items() <= mia.post(
        f"{at}/replies/{made['reply_id']}/approve", json={"text": "Sorry"}
    ).json()["replies"][-1].items()
    assert ada.put(f"{at}/drafts/note", json={"text": "Ring them"}).json()["drafts"][0]["version"] == 1
    assert ada.get(f"{at}/drafts").json()["drafts"][0]["text"] == "Ring them"
    assert [ada.delete(f"{at}/drafts/note?version={version}").status_code for version in (0, 1)] == [409, 204]
    bad = ada.post("/api/v1/macros", json={"name": "Hi", "text": "Hello {{ custmer.name }}"})
    assert "did you mean {{ customer.name }}" in bad.json()["message"]
    assert ada.post("/api/v1/macros", json={"name": "Hi", "text": "Hello", "shared": True}).status_code == 403
    macro = ada.post("/api/v1/macros", json={"name": "Hi", "text": "Hello {{ customer.name }}"}).json()["macro_id"]
    assert ada.get(f"{at}/macros/{macro}").json()["text"] == "Hello Customer 0"
    assert mia.get(f"{at}/macros/{macro}").status_code == 404
    assert ada.delete(f"/api/v1/macros/{macro}").status_code == 204


def test_macros_are_made_tried_used_deleted_and_brought_back(door: Door) -> None:
    mia, ada = door.who.mia, door.who.ada
    assert "did you mean" in unescape(post(door, mia, "/settings/macros/preview", text="{{ customer.nme }}").text)
    tried = post(door, ada, "/settings/macros/preview", text="Hello {{ customer.name }}", case=str(door.who.plain))
    assert "Hello Customer 0" in tried.text
    post(
        door,
        mia,
        "/settings/macros",
        name="Hello",
        text="Hello {{ customer.name }}, I am {{ agent.name }}",
        shared="true",
        take="true",
        resolve="true",
    )
    post(door, mia, "/settings/macros", name="Tamil", text="Vanakkam", shared="true", languages="ta")
    assert post(door, mia, "/settings/macros", name="hello", text="Again", shared="true").status_code == 409
    assert post(door, ada, "/settings/macros", name="Ours", text="Hello", shared="true").status_code == 403
    [first] = values(door, "select id from macros where name = 'Hello'")
    offered = door.visitor(ada).get(f"/inbox/{door.who.plain}/macros").text
    assert "Hello Customer 0, I am Ada" in offered
    assert "Vanakkam" not in offered
    used = door.visitor(ada).post(f"/inbox/{door.who.plain}/macros/{first}").json()
    assert used == {"text": "Hello Customer 0, I am Ada", "resolve": True}
    assert values(door, "select assignee_id = 1 from cases where id = 2") == [True]
    assert "used 1 time" in page(door, ada, "/settings/macros?q=hello")
    assert post(door, ada, f"/settings/macros/{first}/delete").status_code == 403
    undo = told(post(door, mia, f"/settings/macros/{first}/delete"))["toast"]["undo"]  # pyright: ignore[reportIndexIssue]
    assert door.visitor(ada).post(f"/inbox/{door.who.plain}/macros/{first}").status_code == 404
    assert post(door, mia, undo).status_code == 200
    assert "Hello" in page(door, ada, f"/settings/macros/{first}")


def test_a_macro_that_was_changed_in_another_tab_is_not_written_over(door: Door) -> None:
    mia = door.who.mia
    post(door, mia, "/settings/macros", name="Hello", text="Hello")
    [macro] = values(door, "select id from macros")
    shown = page(door, mia, f"/settings/macros/{macro}").partition('name="seen" value="')[2].partition('"')[0]
    door.now += DAY
    later = post(door, mia, f"/settings/macros/{macro}", name="Hello", text="Good day", seen=shown)
    assert (later.status_code, 'id="macro-seen"' in later.text, shown in later.text) == (200, True, False)
    assert post(door, mia, f"/settings/macros/{macro}", name="Hello", text="Stale", seen=shown).status_code == 409
    assert values(door, "select text from macros") == ["Good day"]


def test_the_preview_shows_links_as_the_network_does_and_nothing_of_it_runs(shared_door: Door) -> None:
    at = f"/inbox/{shared_door.who.plain}/preview"
    text = "See https://help.example/a/very/long/way/to/an/answer @cy #help <script>alert(1)</script>"
    shown = post(shared_door, shared_door.who.ada, at, text=text).text
    assert ">help.example/a/very/lo…</span>" in shown
    assert '<span class="as-mention" title="@cy">@cy</span>' in shown
    assert "<script>" not in shown
    many = post(shared_door, shared_door.who.ada, at, text="We found your bag in Doha. " * 30).text
    assert many.count('class="as-post"') == 3


@pytest.mark.parametrize(("script", "end"), [(Script.MARKDOWN, "\n"), (Script.MARKDOWN_WITH_LINES, "<br />\n")])
def test_the_preview_reads_markdown_where_the_network_does_and_nothing_of_it_runs(door: Door, script: Script, end: str) -> None:
    door.able = lambda name: replace(abilities(name), script=script)
    text = "**Sorry** 5*3*2 @cy\n<script>alert(1)</script> "
    text += "[help](https://help.example/a) [bad](javascript:alert(1)) ![x](https://x.example/a.png)"
    shown = post(door, door.who.ada, f"/inbox/{door.who.plain}/preview", text=text).text
    assert '<strong>Sorry</strong> 5<em>3</em>2 <span class="as-mention" title="@cy">@cy</span>' + end in shown
    assert '<a href="https://help.example/a">help</a>' in shown
    for bad in ("<script", 'href="javascript', "<img"):
        assert bad not in shown


def test_where_no_case_is_like_it_there_is_nothing_to_draw(shared_door: Door) -> None:
    answer = shared_door.visitor(shared_door.who.ada).get(f"/inbox/{shared_door.who.plain}/alike")
    assert (answer.status_code, answer.text) == (204, "")


def test_cases_like_it_show_what_held_without_the_other_customers_data(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(
            conn,
            """
            update cases set status = 'resolved', resolved_at = %(then)s where id = %(talked)s
            """,
            {"then": NOON - DAY, "talked": door.who.talked},
        )
        execute(conn, "update replies set text = 'Sorry, Cy Fernando, call 077 123 4567' where case_id = %(id)s", {"id": door.who.talked})
        execute(
            conn, "update readings set embedding = (select embedding from readings where embedding is not null order by post_id limit 1)"
        )
    shown = page(door, door.who.ada, f"/inbox/{door.who.plain}/alike")
    assert "1 case like this" in shown
    assert "Use these words" in shown
    assert "Cy Fernando" not in shown
    assert "077" not in shown


def test_a_post_and_a_draft_are_translated_once_and_forgotten_with_the_post(door: Door) -> None:
    with translating() as server, door.pool.transaction() as conn:
        execute(conn, "update verdicts set language = 'ta'")
        execute(conn, "update cases set language = 'ta'")
        [tamil] = fetch_values(conn, "select id from posts where case_id = %(id)s", {"id": door.who.plain})
        conn.commit()
        door = Door(pool=door.pool, who=door.who, translator_url=server.url)
        at = f"/inbox/{door.who.plain}"
        assert 'data-do="translate"' in page(door, door.who.ada, at)
        for _ in range(2):
            assert "[en] ?ereht enoyna sI" in page(door, door.who.ada, f"{at}/posts/{tamil}/translation")
        assert [(one["source"], one["target"], one["format"]) for one in server.asked] == [("ta", "en", "text")]
        draft = post(door, door.who.ada, f"{at}/translate", text="Hello").text
        assert "[ta] olleH" in draft
        server.status, server.body = 500, b'{"error": "no such language"}'
        failed = post(door, door.who.ada, f"{at}/translate", text="Hello again")
        assert (failed.status_code, "no such language" in failed.json()["message"]) == (502, True)
        execute(conn, "update posts set text = 'Otherwise' where id = %(id)s", {"id": tamil})
        assert fetch_values(conn, "select count(*) from translations") == [0]


def test_without_a_translator_nothing_of_it_is_shown(shared_door: Door) -> None:
    assert 'data-do="translate"' not in page(shared_door, shared_door.who.ada, f"/inbox/{shared_door.who.plain}")
    assert post(shared_door, shared_door.who.ada, f"/inbox/{shared_door.who.plain}/translate", text="Hello").status_code == 404


@pytest.mark.parametrize("url", ["ftp://x", "http://", "file:///etc/passwd", "http://user:secret@host", "no address"])
def test_an_address_that_is_no_translators_is_refused(url: str) -> None:
    with pytest.raises(SettingsWrong, match="AMENDS_TRANSLATOR_URL"):
        translators.build(Choice(url=url))


def test_a_translator_that_leads_elsewhere_or_talks_nonsense_translates_nothing() -> None:
    with translating() as server:
        found = translators.build(Choice(url=server.url, key="k-1"))
        assert found is not None
        for status, body, headers in (
            (302, b"", {"Location": server.url}),
            (200, b"<html>", {}),
            (200, b"[]", {}),
            (200, b"[" * 200_000, {}),
            (200, b'{"translatedText": " "}', {}),
            (200, b"x" * 2_000_000, {}),
        ):
            server.status, server.body, server.headers = status, body, headers
            with pytest.raises(TranslationFailed):
                found.translate("Hello", source="", target="ta")
        assert server.asked[0]["api_key"] == "k-1"
        assert len(server.asked) == 6
    with pytest.raises(TranslationFailed, match="cannot be reached"):
        found.translate("Hello", source="", target="ta")


def test_which_answers_wait_is_set_undone_and_switched_by_team(door: Door) -> None:
    with door.pool.transaction() as conn:
        [team] = fetch_values(conn, "insert into teams (name, created_at) values ('New ones', now()) returning id")
    mia = door.who.mia
    saved = post(door, mia, "/settings/approvals", needs_look="true", followers="10,000")
    assert 'value="10000"' in saved.text
    assert post(door, mia, "/settings/approvals", followers="many").status_code == 422
    post(door, mia, told(saved)["toast"]["undo"])  # pyright: ignore[reportIndexIssue]
    assert values(door, "select followers from approval_sets order by id desc limit 1") == [None]
    switched = post(door, mia, f"/settings/approvals/teams/{team}", on="true")
    assert "New ones" in switched.text
    assert values(door, "select approval from teams") == [True]
    post(door, mia, told(switched)["toast"]["undo"])  # pyright: ignore[reportIndexIssue]
    assert values(door, "select approval from teams") == [False]
    assert post(door, door.who.ada, f"/settings/approvals/teams/{team}", on="true").status_code == 403
