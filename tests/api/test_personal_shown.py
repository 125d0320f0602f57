"""Personal data on the screens: marked and warned of, asked about before we show some ourselves, and the managers' page about it."""

import json
from html import unescape
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from amends.api import personal_words
from amends.api.networks import counted
from amends.core.database import execute, fetch_values
from amends.core.personal.finding import find
from amends.core.personal.kinds import Kind
from amends.core.post import Visibility
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.triage import triage_pending
from amends.triage.language import TABLE, WEIGHTS
from amends.triage.ngrams import Table, write_tables
from tests.cast import POLICY, a_post
from tests.door import Answer, Door, as_fragment
from tests.fakes import FakeClassifier

SHOWING = "My bag is <b>lost</b>, call 077 123 4567 or cy@mail.example"


def hear(door: Door, text: str, **facts: object) -> int:
    """Collect and triage a post, and return its case."""
    with door.pool.transaction() as conn:
        ingest(conn, source_id=door.who.source_id, network="x", posts=[a_post(text, **facts)], now=door.now)
        triage_pending(conn, classifier=FakeClassifier(), policy=POLICY, clock=lambda: door.now)
        return fetch_values(conn, "select max(id) from cases")[0]


def send(door: Door, case_id: int, text: str, **fields: str) -> Answer:
    """Send a reply as the box does."""
    with as_fragment(door.visitor(door.who.ada)) as client:
        return client.post(f"/inbox/{case_id}/reply", data={"text": text, "key": str(uuid4()), **fields})


def replies(door: Door) -> list[object]:
    with door.pool.transaction() as conn:
        return fetch_values(conn, "select text from replies where state = 'queued'")


def test_a_post_that_shows_personal_data_is_marked_escaped_and_warned_of(door: Door) -> None:
    page = door.visitor(door.who.ada).get(f"/inbox/{hear(door, SHOWING)}").text
    assert "My bag is &lt;b&gt;lost&lt;/b&gt;" in page
    assert '<mark class="personal" title="phone number">077 123 4567</mark>' in page
    assert '<mark class="personal" title="e-mail address">cy@mail.example</mark>' in page
    assert "Public phone number and e-mail here. Ask them to move to a private message." in page
    assert personal_words.TAKE_AWAY["en"] in unescape(page)


def test_what_is_written_to_us_alone_is_not_called_public_and_answered_without_asking(door: Door) -> None:
    case_id = hear(door, SHOWING, visibility=Visibility.DIRECT)
    page = door.visitor(door.who.ada).get(f"/inbox/{case_id}").text
    assert '<mark class="personal" title="phone number">' in page
    assert "Ask them to move to a private message" not in page
    assert "Private reply" in page
    assert "Reply in public" not in page
    send(door, case_id, "We call you at 077 123 4567.")
    assert replies(door) == ["We call you at 077 123 4567."]


def test_a_post_without_any_has_neither_mark_nor_warning(door: Door) -> None:
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.plain}").text
    assert 'class="personal"' not in page
    assert "Ask them to" not in page


def test_the_ready_words_are_in_the_language_of_the_post(door: Door) -> None:
    case_id = hear(door, "என் பை தொலைந்தது lost, அழைக்கவும் ௯௮௭௬௫௪௩௨௧௦", language_hint="ta")
    page = door.visitor(door.who.ada).get(f"/inbox/{case_id}").text
    assert personal_words.TAKE_AWAY["ta"] in unescape(page)
    assert '<mark class="personal" title="phone number">௯௮௭௬௫௪௩௨௧௦</mark>' in page


@pytest.mark.parametrize("language", personal_words.TAKE_AWAY)
def test_the_ready_words_fit_on_x_and_show_nothing_themselves(language: str) -> None:
    said = personal_words.take_away(language)
    assert counted("x", {}, said).length <= 280
    assert find(said, language) == ()


def test_where_we_have_no_words_in_a_language_they_are_english() -> None:
    assert personal_words.take_away("si-Latn") == personal_words.take_away("xx") == personal_words.TAKE_AWAY["en"]


def test_kinds_are_named_as_one_says_them() -> None:
    assert personal_words.named([Kind.PHONE]) == "phone number"
    assert personal_words.named([Kind.PHONE, Kind.EMAIL, Kind.ORDER]) == "phone number, e-mail and order number"


def test_the_list_shows_no_personal_data(door: Door) -> None:
    hear(door, SHOWING)
    listed = door.visitor(door.who.ada).get("/inbox").text
    assert "call [phone number] or [e-mail address]" in listed
    assert "077 123 4567" not in listed


def test_an_answer_that_shows_personal_data_is_asked_about_and_not_sent(door: Door) -> None:
    answer = send(door, door.who.plain, "Call Ada on 077 123 4567")
    assert answer.status_code == 200
    assert "Your answer shows this to everybody: phone number. Nothing was sent yet." in answer.text
    assert "Send all the same" in answer.text
    assert answer.headers.get_list("hx-trigger") == []
    assert replies(door) == []
    assert not door.woken


def test_words_of_another_case_that_leave_something_out_are_not_sent_as_they_stand(door: Door) -> None:
    words = "Hello …, call [phone number] or write to [e-mail address]"
    answer = send(door, door.who.plain, words)
    assert "are of another case, and leave out: phone number and e-mail. Nothing was sent yet." in answer.text
    assert "shows this to everybody" not in answer.text
    assert "Send it in private" not in answer.text
    assert replies(door) == []
    both = send(door, door.who.plain, f"{words}, or 077 123 4567")
    assert "leave out: phone number and e-mail." in both.text
    assert "shows this to everybody: phone number." in both.text


def test_a_number_is_asked_about_though_it_cannot_be_dialled_where_the_customers_language_is_spoken(door: Door) -> None:
    with door.pool.transaction() as conn:
        execute(conn, "update cases set language = 'kn' where id = %(id)s", {"id": door.who.plain})
    answer = send(door, door.who.plain, "Call Ada on 077 123 4567 or write to ada.silva@mail.example")
    assert "shows this to everybody: phone number and e-mail." in answer.text
    assert replies(door) == []


def test_an_answer_that_was_meant_is_sent_all_the_same(door: Door) -> None:
    assert "On its way" in send(door, door.who.plain, "Call Ada on 077 123 4567", all_the_same="true").text
    assert replies(door) == ["Call Ada on 077 123 4567"]


def test_asking_keeps_in_mind_that_the_case_was_to_be_resolved(door: Door) -> None:
    answer = send(door, door.who.plain, "Call Ada on 077 123 4567", and_resolve="true")
    assert "Send and resolve all the same" in answer.text
    assert '"and_resolve": true' in unescape(answer.text)


@pytest.mark.parametrize(
    "text", ["Your order 12345678 is on its way.", "Call our hotline 1-800-433-7300", "Write to support@lankaair.example"]
)
def test_what_is_no_secret_is_sent_without_a_question(door: Door, text: str) -> None:
    send(door, door.who.plain, text)
    assert replies(door) == [text]


def test_a_program_reads_the_kinds_beside_the_whole_text(door: Door) -> None:
    case_id = hear(door, SHOWING)
    case = door.program(door.who.ada).get(f"/api/v1/cases/{case_id}").json()
    assert case["posts"][0]["text"] == SHOWING
    assert case["posts"][0]["personal"] == ["phone", "email"]
    assert "077" not in case["case"]["preview"]


def test_a_manager_sets_shapes_and_takes_them_back(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    saved = mia.post("/settings/personal", data={"shapes": "AB-######\r\n\r\n@@####"})
    assert "AB-######\n@@####</textarea>" in saved.text
    assert "Set by Mia" in saved.text
    undo = json.loads(saved.headers["hx-trigger"])["toast"]["undo"]
    taken_back = mia.post(undo)
    assert "AB-######\n" not in taken_back.text
    page = mia.get("/settings/personal").text
    assert "How your order numbers look" in page
    assert "What is looked for" in page


def test_shapes_of_the_company_are_marked_on_every_case_at_once(door: Door) -> None:
    case_id = hear(door, "Where is AB-123456? It is lost")
    assert 'class="personal"' not in door.visitor(door.who.ada).get(f"/inbox/{case_id}").text
    door.visitor(door.who.mia).post("/settings/personal", data={"shapes": "AB-######"})
    assert '<mark class="personal" title="order number">AB-123456</mark>' in door.visitor(door.who.ada).get(f"/inbox/{case_id}").text


def test_what_is_no_shape_is_refused_with_what_to_do(door: Door) -> None:
    with as_fragment(door.visitor(door.who.mia), "listed") as client:
        answer = client.post("/settings/personal", data={"shapes": "[0-9]+"})
    assert (answer.status_code, answer.json()["error"]) == (422, "refused")
    assert "with a # for each digit" in answer.json()["message"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Call 077 123 4567 <b>", "In an alert: "),
        ("All is well", "No personal data found in it."),
        ("  ", "Write or paste a post first."),
        ("\ud83d", "No personal data"),
    ],
)
def test_a_text_is_tried_and_not_kept(shared_door: Door, text: str, said: str) -> None:
    mia = shared_door.visitor(shared_door.who.mia)
    answer = mia.post("/settings/personal/try", data={"text": text.encode("utf-8", "replace").decode()})
    assert answer.status_code == 200
    assert said in answer.text
    assert "<b>" not in answer.text


def test_a_text_is_tried_in_the_language_that_the_model_at_work_would_say(shared_door: Door, tmp_path: Path) -> None:
    bias = np.array([9, 0], np.float32)
    always_hindi = Table(rarity=np.ones(2, np.uint8), weights=np.zeros((2, 2), np.int8), scales=np.ones(2, np.float32), bias=bias)
    write_tables(tmp_path / WEIGHTS.name, {TABLE: always_hindi}, languages=["hi-Latn", "en"])
    text = "mage bag eka thama awe na 0771234567 kawruth phone eka ganne na"  # a number of Sri Lanka, in a post in Sinhala
    said = {}
    for model in ("", str(tmp_path)):
        door = Door(pool=shared_door.pool, who=shared_door.who, triage_model=model)
        said[model] = door.visitor(shared_door.who.mia).post("/settings/personal/try", data={"text": text}).text
    assert "[phone number]" in said[""]
    assert "[phone number]" not in said[str(tmp_path)]


def test_an_agent_does_not_change_what_is_looked_for(door: Door) -> None:
    ada = door.visitor(door.who.ada)
    assert ada.get("/settings/personal").status_code == 403
    assert ada.post("/settings/personal", data={"shapes": "AB-######"}).status_code == 403
