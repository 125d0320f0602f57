"""A case as REST gives it, and how every action on it ends."""

from collections.abc import Callable
from dataclasses import dataclass

from amends.api.answering import head_of
from amends.api.desk import Desk
from amends.core.database import Connection
from amends.inbox.rules.ids import CaseId
from amends.inbox.store import case_page, case_replies


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A case with everything that was said in and around it, each list oldest first."""

    case: case_page.CaseHead
    posts: list[case_page.ThreadPost]
    replies: list[case_replies.ReplyRow]
    notes: list[case_page.NoteRow]
    events: list[case_page.EventRow]
    follow_ups: list[case_page.FollowUpRow]


def read_case(conn: Connection, case_id: CaseId) -> Case:
    """Return the case; `NotFound` where there is none."""
    head = head_of(conn, case_id)
    return Case(
        case=head,
        posts=case_page.thread(conn, head),
        replies=case_replies.replies(conn, case_id),
        notes=case_page.notes(conn, case_id),
        events=case_page.events(conn, case_id),
        follow_ups=case_page.follow_ups(conn, case_id),
    )


def done(desk: Desk, case_id: CaseId, act: Callable[[Connection], object]) -> Case:
    """Do `act`, wake the worker, and return the case as it is then."""
    with desk.pool.transaction() as conn:
        act(conn)
        found = read_case(conn, case_id)
    desk.wake()
    return found
