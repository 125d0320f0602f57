"""A correction is there at once, goes before the model, is told, and can be taken back as if it had not been."""

from dataclasses import asdict, replace

import pytest

from amends.core.database import fetch_values
from amends.core.errors import Conflict, NotFound, Refused
from amends.inbox.actions.correct import correct, take_back
from amends.inbox.rules.ids import CorrectionId, PostId
from amends.inbox.store import corrections, judged
from amends.inbox.store.judged import StoredVerdict
from tests.cast import a_post, an_answer_to, bo
from tests.desk import Desk

LOST = "My bag is lost and nobody answers!"


def newest(desk: Desk) -> PostId:
    return PostId(fetch_values(desk.conn, "select id from posts order by id desc limit 1")[0])


def verdict(desk: Desk, post_id: PostId) -> StoredVerdict:
    return judged.lock(desk.conn, [post_id])[post_id]


def say(desk: Desk, post_id: PostId, field: str, new: str) -> CorrectionId:
    return correct(desk.conn, post_id=post_id, field=field, new=new, agent_id=desk.agent_id, now=desk.now)


def undo(desk: Desk, correction_id: CorrectionId) -> None:
    found = fetch_values(desk.conn, "select post_id from corrections where id = %(id)s", {"id": correction_id})
    take_back(desk.conn, post_id=PostId(found[0] if found else 0), correction_id=correction_id, agent_id=desk.agent_id, now=desk.now)


def test_a_corrected_mood_is_that_of_the_post_and_of_its_case_at_once(desk: Desk) -> None:
    desk.hear(a_post(LOST))
    before = desk.case()
    say(desk, newest(desk), "mood", "positive")
    assert (before.sentiment, desk.case().sentiment) == ("negative", "positive")
    assert verdict(desk, newest(desk)).sentiment == "positive"
    assert before.urgency > desk.case().urgency == 0
    assert desk.case().status == "open"
    assert desk.events()[-1] == "label_corrected"


def test_the_chances_stay_the_models_own_so_that_the_screen_shows_why(desk: Desk) -> None:
    desk.hear(a_post(LOST))
    before = verdict(desk, newest(desk))
    say(desk, newest(desk), "mood", "neutral")
    after = verdict(desk, newest(desk))
    assert (after.negative, after.neutral, after.positive, after.model) == (before.negative, before.neutral, before.positive, "fake-1")
    assert after.of_model == before.of_model


def test_a_corrected_intent_leaves_the_mood(desk: Desk) -> None:
    desk.hear(a_post(LOST))
    say(desk, newest(desk), "intent", "question")
    assert (verdict(desk, newest(desk)).intent, verdict(desk, newest(desk)).sentiment) == ("question", "negative")
    assert verdict(desk, newest(desk)).complaint == 0


def test_a_correction_takes_the_wish_for_a_look_away_and_undo_brings_it_back(desk: Desk) -> None:
    desk.hear(a_post("Das ist ja unreadable?"))
    assert desk.case().needs_look
    correction = say(desk, newest(desk), "mood", "neutral")
    assert not desk.case().needs_look
    undo(desk, correction)
    assert desk.case().needs_look


def test_taking_a_correction_back_leaves_everything_as_it_was(desk: Desk) -> None:
    desk.hear(a_post(LOST))
    case, before = desk.case(), asdict(verdict(desk, newest(desk)))
    first = say(desk, newest(desk), "mood", "positive")
    second = say(desk, newest(desk), "intent", "praise")
    undo(desk, first)
    undo(desk, second)
    assert desk.case() == case
    assert asdict(verdict(desk, newest(desk))) == before
    assert desk.events()[-1] == "correction_undone"


def test_a_second_thought_replaces_the_first_and_undo_returns_to_it(desk: Desk) -> None:
    desk.hear(a_post(LOST))
    first = say(desk, newest(desk), "mood", "positive")
    second = say(desk, newest(desk), "mood", "neutral")
    with pytest.raises(Conflict):
        undo(desk, first)
    undo(desk, second)
    assert verdict(desk, newest(desk)).sentiment == "positive"
    assert [one.new for one in corrections.of_post(desk.conn, post_id=newest(desk)) if one.ended_at is None] == ["positive"]


def test_a_corrected_language_is_shown_and_changes_nothing_else(desk: Desk) -> None:
    desk.hear(a_post(LOST))
    before = verdict(desk, newest(desk))
    correction = say(desk, newest(desk), "language", "ta-Latn")
    after = verdict(desk, newest(desk))
    assert (before.language, after.language) == ("en", "ta-Latn")
    assert replace(after.verdict, language="en") == before.verdict == after.of_model
    assert fetch_values(desk.conn, "select language from cases") == ["ta-Latn"]
    say(desk, newest(desk), "mood", "neutral")
    assert verdict(desk, newest(desk)).language == "ta-Latn"
    undo(desk, correction)
    assert (verdict(desk, newest(desk)).language, verdict(desk, newest(desk)).sentiment) == ("en", "neutral")


def test_a_corrected_language_leaves_the_wish_for_a_look(desk: Desk) -> None:
    desk.hear(a_post("Das ist ja unreadable?"))
    say(desk, newest(desk), "language", "de")
    assert desk.case().needs_look


def test_an_older_post_is_corrected_without_changing_what_the_case_shows_of_its_newest(desk: Desk) -> None:
    first = a_post(LOST)
    desk.hear(first)
    older = newest(desk)
    desk.hear(an_answer_to(first, "Terrible. Still lost."))
    say(desk, older, "mood", "neutral")
    assert desk.case().sentiment == "negative"


def test_the_same_label_by_a_colleague_is_refused_and_the_models_own_is_a_confirmation(desk: Desk) -> None:
    desk.hear(a_post(LOST))
    say(desk, newest(desk), "mood", "negative")
    with pytest.raises(Refused, match="Ada has said so already"):
        correct(desk.conn, post_id=newest(desk), field="mood", new="negative", agent_id=bo(desk.conn), now=desk.now)


@pytest.mark.parametrize(
    ("field", "new"), [("mood", "angry"), ("intent", "positive"), ("language", "und"), ("language", "Tamil"), ("", "")]
)
def test_only_labels_that_there_are_can_be_given(desk: Desk, field: str, new: str) -> None:
    desk.hear(a_post(LOST))
    with pytest.raises(Refused, match=r"mood \(negative, neutral, positive\)"):
        say(desk, newest(desk), field, new)


def test_what_is_not_there_cannot_be_corrected(desk: Desk) -> None:
    desk.hear(a_post(LOST))
    with pytest.raises(NotFound):
        say(desk, PostId(4040), "mood", "positive")
    with pytest.raises(NotFound):
        undo(desk, CorrectionId(4040))
    desk.conn.execute("update posts set deleted_at = now(), text = ''")
    with pytest.raises(NotFound):
        say(desk, newest(desk), "mood", "positive")


def test_a_post_that_nothing_was_read_of_can_be_corrected_too(desk: Desk) -> None:
    desk.hear(a_post(LOST))
    desk.conn.execute("delete from readings")
    say(desk, newest(desk), "mood", "positive")
    assert desk.case().sentiment == "positive"
