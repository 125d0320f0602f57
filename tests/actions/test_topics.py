"""Topics: learnt from examples, given to posts by the model and by agents, and history labelled anew."""

from dataclasses import replace

import pytest

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.core.errors import Conflict, NotFound, Refused
from amends.inbox.actions import topic_labels, topics
from amends.inbox.actions.matchers import topics_in_force
from amends.inbox.actions.read_examples import read_pending
from amends.inbox.actions.undo import undo
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import CaseId, PostId, TopicId
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.store import events, matchers, meanings, post_topics
from amends.inbox.store import topics as topic_rows
from tests.cast import NOON, a_post, a_source, an_answer_to, mia
from tests.desk import DAY, MINUTE, Desk
from tests.fakes import FakeClassifier
from tests.teaching import LUGGAGE, MEALS, label_history, teach, topic

NEWER = "fake-2"


def names(conn: Connection) -> list[list[str]]:
    """Return the topics of each post, in the order they were stored."""
    return fetch_values(
        conn,
        """
        select array(select t.name from post_topics l join topics t on t.id = l.topic_id where l.post_id = p.id and l.fits order by t.name)
        from posts p order by p.id
        """,
    )


def newest_post(desk: Desk) -> PostId:
    return PostId(fetch_values(desk.conn, "select max(id) from posts")[0])


def test_what_amends_brings_along_is_planted_read_and_learnt_once(desk: Desk) -> None:
    teach(desk)
    assert fetch_values(desk.conn, "select count(*) from topics where shipped is not null") == [12]
    assert fetch_values(desk.conn, "select count(*) from topic_examples where encoder is null") == [0]
    assert len(matchers.of_kind(desk.conn, matchers.TOPIC)) == 12
    assert len(matchers.of_kind(desk.conn, matchers.NOISE)) == 4
    assert not read_pending(desk.conn, classifier=desk.model, now=desk.now)


def test_a_post_gets_the_topics_that_it_resembles_and_none_where_none_fits(desk: Desk) -> None:
    topic(desk, "Luggage", *LUGGAGE)
    topic(desk, "Meals", *MEALS)
    desk.hear(a_post("my suitcase torn at the carousel"), a_post("hello there, lovely evening"))
    assert names(desk.conn) == [["Luggage"], []]


def test_one_post_may_have_several_topics(desk: Desk) -> None:
    topic(desk, "Luggage", *LUGGAGE)
    topic(desk, "Meals", *MEALS)
    desk.hear(a_post("suitcase torn at the carousel and the breakfast on board was cold soup"))
    assert names(desk.conn) == [["Luggage", "Meals"]]


def test_a_topic_with_two_examples_matches_nothing_yet(desk: Desk) -> None:
    topic(desk, "Luggage", *LUGGAGE[:2])
    desk.hear(a_post(LUGGAGE[0]))
    assert names(desk.conn) == [[]]


def test_a_topic_of_one_brand_is_not_for_posts_of_another(desk: Desk) -> None:
    other = a_source(desk.conn, handle="tern", brand="Tern Mobile")
    brand = fetch_values(desk.conn, "select brand_id from sources where id = %(id)s", {"id": other})[0]
    topic(desk, "Luggage", *LUGGAGE, brand_id=brand)
    desk.hear(a_post(LUGGAGE[0]))
    desk.source_id = other
    desk.hear(a_post(LUGGAGE[0]))
    assert names(desk.conn) == [[], ["Luggage"]]


def test_a_new_topic_reaches_history_by_a_job(desk: Desk) -> None:
    desk.hear(a_post(LUGGAGE[0]), a_post("hello there"))
    topic(desk, "Luggage", *LUGGAGE)
    assert names(desk.conn) == [[], []]
    assert label_history(desk) == 2
    assert names(desk.conn) == [["Luggage"], []]


def test_changing_again_while_history_is_labelled_begins_anew(desk: Desk) -> None:
    topic(desk, "Luggage", *LUGGAGE)
    topic(desk, "Meals", *MEALS)
    assert fetch_values(desk.conn, "select state from jobs order by id") == ["cancelled", "queued"]


def test_an_archived_topic_leaves_the_posts_and_comes_back_with_its_examples(desk: Desk) -> None:
    luggage = topic(desk, "Luggage", *LUGGAGE)
    desk.hear(a_post(LUGGAGE[0]))
    topics.archive(desk.conn, topic_id=luggage, agent_id=desk.agent_id, now=desk.now)
    teach(desk)
    label_history(desk)
    assert names(desk.conn) == [[]]
    topics.restore(desk.conn, topic_id=luggage, agent_id=desk.agent_id, now=desk.now)
    teach(desk)
    label_history(desk)
    assert names(desk.conn) == [["Luggage"]]


def test_what_an_agent_gave_and_took_stays_when_history_is_labelled(desk: Desk) -> None:
    luggage, meals = topic(desk, "Luggage", *LUGGAGE), topic(desk, "Meals", *MEALS)
    desk.hear(a_post(LUGGAGE[0]))
    post = newest_post(desk)
    topic_labels.take(desk.conn, post_id=post, topic_id=luggage, agent_id=desk.agent_id, now=desk.now)
    topic_labels.give(desk.conn, post_id=post, topic_id=meals, agent_id=desk.agent_id, now=desk.now)
    assert names(desk.conn) == [["Meals"]]
    teach(desk)
    label_history(desk)
    assert names(desk.conn) == [["Meals"]]


def test_a_correction_is_an_example_and_taking_it_back_takes_the_example_back(desk: Desk) -> None:
    luggage = topic(desk, "Luggage", *LUGGAGE)
    desk.hear(a_post("the belt ate it"))
    post = newest_post(desk)
    topic_labels.give(desk.conn, post_id=post, topic_id=luggage, agent_id=desk.agent_id, now=desk.now)
    [example] = [one for one in topic_rows.examples(desk.conn, EVERYTHING, topic_id=luggage, limit=50) if one.post_id]
    assert (example.text, example.fits, example.agent) == ("the belt ate it", True, "Ada")
    topic_labels.unsay(desk.conn, post_id=post, topic_id=luggage, agent_id=desk.agent_id, now=desk.now)
    assert names(desk.conn) == [[]]
    assert [one for one in topic_rows.examples(desk.conn, EVERYTHING, topic_id=luggage, limit=50) if one.post_id] == []


def test_what_an_agent_said_before_stands_again_where_another_word_is_taken_back(desk: Desk) -> None:
    luggage = topic(desk, "Luggage", *LUGGAGE)
    desk.hear(a_post("lost my ticket"))
    post, case_id = newest_post(desk), CaseId(fetch_values(desk.conn, "select max(id) from cases")[0])
    topic_labels.give(desk.conn, post_id=post, topic_id=luggage, agent_id=desk.agent_id, now=desk.now)
    topic_labels.take_from_case(desk.conn, case_id=case_id, topic_id=luggage, agent_id=mia(desk.conn), now=desk.now + MINUTE)
    taken = events.last(desk.conn, EventKind.TOPIC_TAKEN, case_id=case_id)
    assert taken is not None
    undo(desk.conn, case_id=case_id, event_id=taken.id, agent_id=mia(desk.conn), now=desk.now + 2 * MINUTE)
    teach(desk)
    label_history(desk)
    assert [(one.name, one.by) for one in post_topics.of_case(desk.conn, case_id)] == [("Luggage", "Ada")]
    assert [(one.fits, one.agent) for one in topic_rows.examples(desk.conn, EVERYTHING, topic_id=luggage, limit=50) if one.post_id] == [
        (True, "Ada")
    ]


def test_the_model_learns_from_what_agents_give(desk: Desk) -> None:
    luggage = topic(desk, "Luggage", *LUGGAGE)
    said = ("zanahoria belt ate mine", "zanahoria belt ate it whole", "zanahoria belt hungry again")
    for text in said:
        desk.hear(a_post(text))
        topic_labels.give(desk.conn, post_id=newest_post(desk), topic_id=luggage, agent_id=desk.agent_id, now=desk.now)
    teach(desk)
    desk.hear(a_post("zanahoria belt ate everything"))
    assert names(desk.conn)[-1] == ["Luggage"]


def test_the_topics_of_a_case_are_those_of_its_posts(desk: Desk) -> None:
    luggage, meals = topic(desk, "Luggage", *LUGGAGE), topic(desk, "Meals", *MEALS)
    first = a_post(f"{LUGGAGE[0]} lost")
    desk.hear(first)
    desk.hear(an_answer_to(first, MEALS[0]))
    case_id = desk.case().id
    assert [one.name for one in post_topics.of_case(desk.conn, case_id)] == ["Luggage", "Meals"]
    topic_labels.take_from_case(desk.conn, case_id=case_id, topic_id=meals, agent_id=desk.agent_id, now=desk.now)
    assert [one.name for one in post_topics.of_case(desk.conn, case_id)] == ["Luggage"]
    with pytest.raises(NotFound):
        topic_labels.take_from_case(desk.conn, case_id=case_id, topic_id=meals, agent_id=desk.agent_id, now=desk.now)
    topic_labels.give_case(desk.conn, case_id=case_id, topic_id=meals, agent_id=desk.agent_id, now=desk.now)
    assert [(one.name, one.by) for one in post_topics.of_case(desk.conn, case_id)] == [("Luggage", None), ("Meals", "Ada")]
    assert luggage != meals


def test_another_model_reads_the_examples_anew(desk: Desk) -> None:
    topic(desk, "Luggage", *LUGGAGE)
    desk.model = Newer()
    assert meanings.claim(desk.conn, encoder=NEWER, limit=1) != []
    teach(desk)
    assert topics_in_force(desk.conn).matcher.encoder == NEWER
    desk.hear(a_post(LUGGAGE[0]))
    assert names(desk.conn) == [["Luggage"]]


class Newer(FakeClassifier):
    """The same model under another version."""

    version = NEWER


def test_a_model_without_meanings_gives_no_topics_and_is_not_asked_again(desk: Desk) -> None:
    execute(desk.conn, "update topic_examples set embedding = null")
    teach(desk)
    assert not read_pending(desk.conn, classifier=desk.model, now=desk.now)


def test_the_words_of_a_deleted_post_are_no_example_any_more(desk: Desk) -> None:
    luggage = topic(desk, "Luggage", *LUGGAGE)
    post = a_post("the belt ate it")
    desk.hear(post)
    topic_labels.give(desk.conn, post_id=newest_post(desk), topic_id=luggage, agent_id=desk.agent_id, now=desk.now)
    desk.collect(a_post("", external_id=post.external_id, deleted=True))
    assert fetch_values(desk.conn, "select count(*) from topic_examples where post_id is not null") == [0]


def test_an_example_that_its_author_edited_is_read_anew(desk: Desk) -> None:
    luggage = topic(desk, "Luggage", *LUGGAGE)
    post = a_post("the belt ate it")
    desk.hear(post)
    topic_labels.give(desk.conn, post_id=newest_post(desk), topic_id=luggage, agent_id=desk.agent_id, now=desk.now)
    desk.collect(replace(post, text="the belt ate it whole", edited_at=desk.now))
    [unread] = meanings.claim(desk.conn, encoder=desk.model.version, limit=9)
    assert unread.text == "the belt ate it whole"


def test_posts_are_counted_by_topic_within_a_time(desk: Desk) -> None:
    luggage = topic(desk, "Luggage", *LUGGAGE)
    desk.hear(a_post(LUGGAGE[0]), a_post(LUGGAGE[1]), a_post(LUGGAGE[2], published_at=NOON - 9 * DAY))
    assert post_topics.counts(desk.conn, since=NOON - 7 * DAY) == {luggage: 2}


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_topic_needs_a_name_that_fits_on_a_chip(desk: Desk, name: str) -> None:
    with pytest.raises(Refused):
        topics.create(desk.conn, name=name, brand_id=None, agent_id=desk.agent_id, now=desk.now)


def test_two_topics_are_not_called_the_same(desk: Desk) -> None:
    topic(desk, "Luggage")
    meals = topic(desk, "Meals")
    with pytest.raises(Conflict):
        topics.create(desk.conn, name="luggage", brand_id=None, agent_id=desk.agent_id, now=desk.now)
    with pytest.raises(Conflict):
        topics.rename(desk.conn, topic_id=meals, name="LUGGAGE", agent_id=desk.agent_id, now=desk.now)


def test_a_topic_or_a_post_that_is_not_there_is_not_found(desk: Desk) -> None:
    desk.hear(a_post())
    luggage = topic(desk, "Luggage")
    for post_id, topic_id in ((PostId(987654), luggage), (newest_post(desk), TopicId(987654))):
        with pytest.raises(NotFound):
            topic_labels.give(desk.conn, post_id=post_id, topic_id=topic_id, agent_id=desk.agent_id, now=desk.now)
    with pytest.raises(Refused):
        topic_labels.give_case(desk.conn, case_id=CaseId(987654), topic_id=luggage, agent_id=desk.agent_id, now=desk.now)
    assert fetch_all(desk.conn, post_topics.TopicCount, "select topic_id, count(*) as n from post_topics group by 1") == []
