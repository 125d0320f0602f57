"""In whatever order labels are corrected and taken back, the newest word in force is what stands, and with none it is as it was."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.core.database import Connection, fetch_values
from amends.core.errors import Conflict, Refused
from amends.inbox.actions.correct import FIELDS, correct, take_back
from amends.inbox.actions.recasting import lock_cases, recast_cases
from amends.inbox.rules.ids import CorrectionId, PostId
from amends.inbox.store import corrections, judged
from tests.cast import a_post, a_source, ada, an_answer_to
from tests.desk import Desk
from tests.often import few

FIRST = a_post("My bag is lost, is there an outage?", external_id="first")
TALK = (
    FIRST,
    an_answer_to(FIRST, "thank you, great", external_id="second"),
    an_answer_to(FIRST, "unreadable", external_id="third"),
)
LABELS = [(field, label) for field, labels in FIELDS.items() for label in labels[:5]]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(0, len(TALK) - 1), st.sampled_from(LABELS)),
        st.tuples(st.just("undo"), st.integers(0, 7), st.just(("", ""))),
    ),
    max_size=10,
)


@contextmanager
def a_talk(conn: Connection) -> Generator[tuple[Desk, list[PostId]]]:
    try:
        desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn))
        desk.hear(*TALK)
        yield desk, fetch_values(conn, "select id from posts order by id")
    finally:
        conn.rollback()


def state(conn: Connection, post_ids: list[PostId]) -> list[object]:
    verdicts = [asdict(one) for _, one in sorted(judged.lock(conn, post_ids).items())]
    return [
        verdicts,
        fetch_values(conn, "select row(status, sentiment, urgency, reasons, needs_look, episode)::text from cases order by id"),
    ]


def _post_of(desk: Desk, correction_id: CorrectionId) -> PostId:
    return PostId(fetch_values(desk.conn, "select post_id from corrections where id = %(id)s", {"id": correction_id})[0])


def undo_all(desk: Desk, made: list[CorrectionId]) -> None:
    for correction_id in reversed(made):
        try:
            take_back(desk.conn, post_id=_post_of(desk, correction_id), correction_id=correction_id, agent_id=desk.agent_id, now=desk.now)
        except Conflict:
            continue


@settings(max_examples=few(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_the_newest_word_in_force_stands_and_taking_all_back_leaves_everything_as_it_was(
    conn: Connection, steps: list[tuple[str, int, tuple[str, str]]]
) -> None:
    with a_talk(conn) as (desk, post_ids):
        before, made = state(desk.conn, post_ids), list[CorrectionId]()
        for step, place, (field, label) in steps:
            try:
                if step == "say":
                    made.append(correct(desk.conn, post_id=post_ids[place], field=field, new=label, agent_id=desk.agent_id, now=desk.now))
                elif place < len(made):
                    of = _post_of(desk, made[place])
                    take_back(desk.conn, post_id=of, correction_id=made[place], agent_id=desk.agent_id, now=desk.now)
            except Refused:
                continue
        for post_id, stored in judged.lock(desk.conn, post_ids).items():
            given_labels = {field: one.new for field, one in corrections.in_force(desk.conn, [post_id]).get(post_id, {}).items()}
            said = stored.of_model
            assert stored.sentiment == given_labels.get("mood", said.sentiment)
            assert stored.intent == given_labels.get("intent", said.intent)
            assert stored.language == given_labels.get("language", said.language)
            assert (stored.said is not None) == bool(given_labels)
        undo_all(desk, made)
        assert state(desk.conn, post_ids) == before


def test_a_case_worked_out_anew_shows_what_the_posts_made_of_it_one_by_one(conn: Connection) -> None:
    with a_talk(conn) as (desk, post_ids):
        before = state(desk.conn, post_ids)
        recast_cases(desk.conn, lock_cases(desk.conn, fetch_values(desk.conn, "select id from cases")))
        assert state(desk.conn, post_ids) == before
