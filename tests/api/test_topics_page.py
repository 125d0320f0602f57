"""The pages of topics, the picker on the case, and the filter of the list."""

import json

import pytest

from amends.core.database import fetch_values
from amends.worker.names import Task
from tests.cast import a_post
from tests.desk import Desk
from tests.door import Answer, Door, as_fragment
from tests.teaching import LUGGAGE, few_prototypes
from tests.workplace import Workplace


def toast(answer: Answer) -> dict[str, str]:
    return json.loads(answer.headers["hx-trigger"])["toast"]


def a_topic(door: Door, name: str = "Luggage", examples: tuple[str, ...] = ()) -> int:
    """Return a topic that Mia made, with examples that the worker learnt."""
    with door.pool.transaction() as conn:
        few_prototypes(conn)
    mia = door.visitor(door.who.mia)
    mia.post("/settings/topics", data={"name": name})
    with door.pool.transaction() as conn:
        topic_id = fetch_values(conn, "select id from topics where name = %(name)s", {"name": name})[0]
    for text in examples:
        mia.post(f"/settings/topics/{topic_id}/examples", data={"text": text})
    work(door)
    return topic_id


def work(door: Door) -> None:
    """Let the worker read, learn and label."""
    Workplace(pool=door.pool, now=door.now).perform(Task.READ_EXAMPLES, Task.JOBS)


def test_without_topics_the_page_says_how_to_begin(door: Door) -> None:
    page = door.visitor(door.who.mia).get("/settings/topics").text
    assert "No topics yet" in page
    assert 'aria-current="page">Topics' in page


def test_a_manager_makes_a_topic_and_teaches_it(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    topic_id = a_topic(door, examples=LUGGAGE[:2])
    assert "needs 1 more example" in mia.get("/settings/topics").text
    answer = mia.post(f"/settings/topics/{topic_id}/examples", data={"text": LUGGAGE[2]})
    assert toast(answer)["text"] == "Added; the topic learns from it"
    assert "learning what changed" in answer.text
    work(door)
    page = mia.get("/settings/topics").text
    assert "finds" in page
    assert "learning what changed" not in page
    assert all(text in mia.get(f"/settings/topics/{topic_id}").text for text in LUGGAGE[:3])


def test_a_sentence_that_one_could_mistake_is_a_counter_example_and_goes_again(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    topic_id = a_topic(door, examples=LUGGAGE)
    page = mia.post(f"/settings/topics/{topic_id}/examples", data={"text": "a suitcase to buy", "fits": "false"}).text
    assert page.index("a suitcase to buy") > page.index("Not this")
    with door.pool.transaction() as conn:
        example_id = fetch_values(conn, "select max(id) from topic_examples")[0]
    assert "a suitcase to buy" not in mia.post(f"/settings/topics/{topic_id}/examples/{example_id}/remove").text
    assert mia.post(f"/settings/topics/{topic_id}/examples/{example_id}/remove").status_code == 404


def test_a_tried_sentence_is_read_by_the_worker_and_shows_its_topics(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    a_topic(door, examples=LUGGAGE)
    begun = mia.post("/settings/topics/trials", data={"text": "my suitcase came torn at the carousel"}).text
    assert "Being read" in begun
    assert 'hx-trigger="every 400ms"' in begun
    work(door)
    with door.pool.transaction() as conn:
        trial_id = fetch_values(conn, "select id from trials")[0]
    seen = mia.get(f"/settings/topics/trials/{trial_id}").text
    assert "Luggage" in seen
    assert " fits" in seen
    assert "every 400ms" not in seen


def test_what_one_tries_a_colleague_does_not_see(door: Door) -> None:
    door.visitor(door.who.mia).post("/settings/topics/trials", data={"text": "hello"})
    with door.pool.transaction() as conn:
        trial_id = fetch_values(conn, "select id from trials")[0]
    assert door.visitor(door.who.ann).get(f"/settings/topics/trials/{trial_id}").status_code == 404


def test_posts_near_a_topic_are_taken_by_a_click_and_given_back(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    topic_id = a_topic(door, examples=("my bag is lost",))
    page = mia.get(f"/settings/topics/{topic_id}").text
    assert "My bag is lost and nobody answers!" in page
    with door.pool.transaction() as conn:
        post_id = fetch_values(conn, "select id from posts where external_id = 'talk-1'")[0]
    answer = mia.post(f"/settings/topics/{topic_id}/posts/{post_id}", data={"fits": "true"})
    assert "a post, by Mia" in answer.text
    undone = mia.post(toast(answer)["undo"])
    assert "a post, by Mia" not in undone.text


def test_posts_near_a_topic_and_those_that_teach_it_are_listed_without_personal_data(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    topic_id = a_topic(door, examples=("my bag is lost",))
    with door.pool.transaction() as conn:
        Desk(conn=conn, source_id=door.who.source_id, agent_id=door.who.ada).hear(a_post("My bag is lost, call 077 123 4567"))
        post_id = fetch_values(conn, "select max(id) from posts")[0]
    taught = mia.post(f"/settings/topics/{topic_id}/posts/{post_id}", data={"fits": "true"}).text
    near = mia.post(f"/settings/topics/{topic_id}/posts/{post_id}/undo").text
    assert [("call [phone number]" in page, "077 123" in page) for page in (taught, near)] == [(True, False)] * 2


def test_an_archived_topic_is_brought_back_by_undo(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    topic_id = a_topic(door)
    answer = mia.post(f"/settings/topics/{topic_id}/archive")
    assert "Archived" in answer.text
    assert mia.get(f"/settings/topics/{topic_id}").status_code == 404
    assert mia.post(toast(answer)["undo"]).status_code == 200
    assert mia.get(f"/settings/topics/{topic_id}").status_code == 200


def test_a_topic_is_renamed_and_two_are_not_called_the_same(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    topic_id = a_topic(door)
    a_topic(door, "Meals")
    assert mia.post(f"/settings/topics/{topic_id}/name", data={"name": "Bags"}).status_code == 200
    with as_fragment(mia):
        refused = mia.post(f"/settings/topics/{topic_id}/name", data={"name": "meals"})
    assert (refused.status_code, refused.json()["message"]) == (409, "There is a topic called “meals” already.")


@pytest.mark.parametrize("brand", ["-1", "x", "²", "9" * 20, "40404"])
def test_a_forged_brand_makes_no_topic(shared_door: Door, brand: str) -> None:
    mia = shared_door.visitor(shared_door.who.mia)
    assert mia.post("/settings/topics", data={"name": "Forged", "brand": brand}).status_code in {404, 422}
    assert "Forged" not in mia.get("/settings/topics").text


def test_a_script_in_a_name_or_an_example_is_shown_and_never_run(door: Door) -> None:
    evil = '<script>alert("x")</script>'
    topic_id = a_topic(door, evil, (evil + " lost bag",))
    ada, case_id = door.visitor(door.who.ada), door.who.talked
    with as_fragment(ada):
        given = ada.post(f"/inbox/{case_id}/topics", data={"topic_id": topic_id}).text
    mia = door.visitor(door.who.mia)
    shown = [mia.get("/settings/topics").text, mia.get(f"/settings/topics/{topic_id}").text, ada.get("/inbox?view=all").text, given]
    assert all("&lt;script&gt;" in page and "<script>alert" not in page for page in shown)


def test_history_is_labelled_with_progress_on_the_page(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    topic_id = a_topic(door, examples=("my bag is lost", "bag lost and nobody answers", "lost my bag"))
    assert mia.post(f"/settings/topics/{topic_id}/examples", data={"text": "a lost bag"}).status_code == 200
    Workplace(pool=door.pool, now=door.now).perform(Task.READ_EXAMPLES)
    assert "Labelling history by topic" in mia.get("/settings/topics").text
    work(door)
    assert "Labelling history by topic" not in mia.get("/settings/topics").text
    assert 'topic">Luggage' in door.visitor(door.who.ada).get("/inbox?view=all").text


def test_labelling_that_was_stopped_stays_on_the_page_until_it_is_begun_again(door: Door) -> None:
    mia = door.visitor(door.who.mia)
    topic_id = a_topic(door, examples=("my bag is lost", "bag lost and nobody answers", "lost my bag"))
    mia.post(f"/settings/topics/{topic_id}/archive")
    Workplace(pool=door.pool, now=door.now).perform(Task.READ_EXAMPLES)
    with door.pool.transaction() as conn:
        [job_id] = fetch_values(conn, "select id from jobs where state = 'queued'")
    mia.post(f"/settings/jobs/{job_id}/cancel")
    assert all(said in mia.get("/settings/topics").text for said in ("stopped", "Begin again", "“Luggage” was archived"))
    assert "asked by Mia" in mia.post("/settings/topics/history").text
    work(door)
    assert "Labelling history by topic" not in mia.get("/settings/topics").text
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select count(*) from post_topics") == [0]
    assert door.visitor(door.who.ada).post("/settings/topics/history").status_code == 403


def test_an_agent_gives_and_takes_a_topic_and_both_are_undone(door: Door) -> None:
    topic_id, case_id = a_topic(door), door.who.talked
    with as_fragment(door.visitor(door.who.ada)) as ada:
        given = ada.post(f"/inbox/{case_id}/topics", data={"topic_id": topic_id})
        assert f"/inbox/{case_id}/topics/{topic_id}/remove" in given.text
        assert "Ada said that it is about Luggage" in given.text
        taken = ada.post(f"/inbox/{case_id}/topics/{topic_id}/remove")
        assert f"/inbox/{case_id}/topics/{topic_id}/remove" not in taken.text
        assert "Given by Ada" in ada.post(toast(taken)["undo"]).text
        assert ada.post(toast(taken)["undo"]).status_code == 409
        assert f"/inbox/{case_id}/topics/{topic_id}/remove" not in ada.post(toast(given)["undo"]).text


def test_the_picker_offers_every_topic_in_force(door: Door) -> None:
    a_topic(door)
    page = door.visitor(door.who.ada).get(f"/inbox/{door.who.talked}").text
    assert "What is it about?" in page
    assert "Luggage" in page


def test_the_list_is_narrowed_to_a_topic(door: Door) -> None:
    topic_id, case_id = a_topic(door), door.who.talked
    ada = door.visitor(door.who.ada)
    with as_fragment(ada):
        ada.post(f"/inbox/{case_id}/topics", data={"topic_id": topic_id})
    page = ada.get(f"/inbox?view=all&topic={topic_id}").text
    assert page.count('class="row ') == 1
    assert f'id="row-{case_id}"' in page
    assert "This query cannot be read" in ada.get("/inbox?view=all&topic=drop").text
