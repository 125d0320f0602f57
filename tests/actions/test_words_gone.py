"""What the network deletes is deleted here: afterwards no word of it stands anywhere in the database, and the desk knows what happened."""

import json
from dataclasses import replace

import pytest

from amends.core.database import fetch_values
from amends.core.post import Media, Post, Visibility
from amends.inbox.actions import relevance, topic_labels
from amends.inbox.actions.correct import correct
from amends.inbox.actions.ingest import Ingested
from amends.inbox.rules.ids import PostId
from tests.cast import DEE, NOON, a_post, an_answer_to
from tests.desk import MINUTE, Desk
from tests.teaching import LUGGAGE, teach, topic
from tests.words import tables_with

WORD, EARLIER = "zyxomma", "quobblet"


def known_everywhere(desk: Desk) -> Post:
    """Return a post whose words went every way that words can go here."""
    luggage = topic(desk, "Luggage", *LUGGAGE)
    teach(desk)
    post = a_post(
        f"The worst outage, my {EARLIER} suitcase is lost",
        author=DEE,
        raw=json.dumps({"text": f"my {EARLIER} suitcase"}).encode(),
        permalink=f"https://x.example/r/help/{EARLIER}_suitcase",
        media=(Media(kind="image", url=f"https://x.example/{EARLIER}.jpg", alt=f"a {EARLIER}"),),
        mentions=("lankaair", EARLIER),
    )
    desk.hear(post)
    [post_id] = [PostId(found) for found in fetch_values(desk.conn, "select id from posts")]
    correct(desk.conn, post_id=post_id, field="mood", new="neutral", agent_id=desk.agent_id, now=desk.now)
    topic_labels.give(desk.conn, post_id=post_id, topic_id=luggage, agent_id=desk.agent_id, now=desk.now)
    relevance.throw_case(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, now=desk.now)
    relevance.keep_case(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, now=desk.now)
    edited = replace(
        post,
        text=f"The worst outage, my {WORD} suitcase is lost",
        raw=json.dumps({"text": f"my {WORD} suitcase"}).encode() * 100,
        media=(Media(kind="image", url=f"https://x.example/{WORD}.jpg"),),
        mentions=("lankaair", WORD),
        edited_at=NOON + MINUTE,
    )
    desk.collect(edited)
    desk.rejudge()
    teach(desk)
    desk.answer()
    return edited


@pytest.mark.parametrize("way", ["deleted", "hidden"])
def test_no_word_of_a_withdrawn_post_stands_anywhere(desk: Desk, way: str) -> None:
    post = known_everywhere(desk)
    assert tables_with(desk.conn, EARLIER) >= {"posts", "raw_bodies", "post_versions"}
    assert tables_with(desk.conn, WORD) >= {"posts", "raw_bodies", "cases"}

    gone = replace(post, deleted=True, text="") if way == "deleted" else replace(post, visibility=Visibility.DIRECT)
    assert desk.collect(gone) == Ingested(deleted=1)

    assert tables_with(desk.conn, WORD) == set()
    assert tables_with(desk.conn, EARLIER) == set()
    assert fetch_values(desk.conn, "select count(*) from topic_examples where post_id is not null") == [0]
    assert f"post_{way}" in desk.events()


def test_the_anonymous_facts_of_the_case_remain(desk: Desk) -> None:
    post = known_everywhere(desk)
    before = desk.case()
    desk.collect(replace(post, deleted=True))

    after = desk.case()
    assert replace(after, preview=before.preview) == before
    assert fetch_values(desk.conn, "select sentiment from verdicts") == ["neutral"]


def test_the_words_of_a_withdrawn_post_do_not_come_back_with_a_late_page_or_a_new_way(desk: Desk) -> None:
    post = known_everywhere(desk)
    desk.collect(replace(post, deleted=True))
    desk.now += MINUTE
    desk.collect(replace(post, author=replace(DEE, name="Dee P.")), post)
    desk.triage()

    assert tables_with(desk.conn, WORD) == set()


def test_the_other_posts_of_the_case_keep_their_words(desk: Desk) -> None:
    first = a_post(f"My {WORD} is lost!")
    desk.hear(first, an_answer_to(first, "And nobody answers!"))
    desk.collect(replace(first, deleted=True))

    assert desk.case().preview == "And nobody answers!"
    assert tables_with(desk.conn, WORD) == set()
