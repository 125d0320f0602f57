"""Where one begins to read a thread, and what is folded away in it."""

from datetime import timedelta

from amends.api.pages._folding import Entry, folded
from amends.core.database import Connection, fetch_values
from amends.inbox.actions.read import mark_read
from amends.inbox.rules.ids import CaseId
from amends.inbox.store import unread
from amends.inbox.store.case_page import EventRow
from tests.cast import NOON, a_post, an_answer_to
from tests.desk import MINUTE, Desk


def the_case(conn: Connection) -> CaseId:
    return CaseId(fetch_values(conn, "select max(id) from cases")[0])


def test_reading_begins_with_the_oldest_post_that_came_after_the_last_look(desk: Desk) -> None:
    first = a_post("My bag is lost", external_id="one", published_at=desk.now)
    desk.hear(first)
    case_id = the_case(desk.conn)
    assert unread.oldest(desk.conn, case_id) is None  # all is new: the thread begins at its beginning
    mark_read(desk.conn, case_id=case_id, agent_id=desk.agent_id, now=desk.now)
    desk.now += MINUTE
    desk.hear(*(an_answer_to(first, f"Still lost {n}", external_id=f"again-{n}", published_at=desk.now + n * MINUTE) for n in range(3)))
    oldest = fetch_values(desk.conn, "select id from posts where external_id = 'again-0'")[0]
    assert unread.oldest(desk.conn, case_id) == oldest
    mark_read(desk.conn, case_id=case_id, agent_id=desk.agent_id, now=desk.now)
    assert unread.oldest(desk.conn, case_id) is None


def an_event(number: int, kind: str = "case_reopened") -> Entry:
    row = EventRow(id=number, kind=kind, at=NOON + timedelta(minutes=number), agent="Ada", whom=None, facts={})
    return Entry(at=row.at, kind="event", what=row)


def test_a_run_of_small_events_becomes_one_line_and_a_short_one_stays() -> None:
    said = Entry(at=NOON, kind="note", what=None)
    entries = [*(an_event(n) for n in range(5)), said, *(an_event(n) for n in range(5, 8))]
    assert [entry.kind for entry in folded(entries)] == ["events", "note", "event", "event", "event"]


def test_what_went_wrong_is_never_folded_away() -> None:
    entries = [an_event(1), an_event(2), an_event(3, "alert_failed"), an_event(4), an_event(5)]
    assert [entry.kind for entry in folded(entries)] == ["event"] * 5
