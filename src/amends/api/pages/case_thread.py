"""Reads the whole thread around a case from its network, when an agent asks for it: that costs reads, so nothing does it unasked."""

from fastapi import APIRouter, Request, Response

from amends.api.auth import Meaning, may
from amends.api.desk import AtDesk, Desk
from amends.api.lending import collector_of
from amends.api.pages._acting import done
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.post import Post
from amends.core.translating import _, ngettext
from amends.core.written import number
from amends.inbox.actions import budget
from amends.inbox.actions.look_again import record_thread
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.rights import Right
from amends.inbox.store import looks
from amends.inbox.store.looks import CaseThread

router = APIRouter(prefix="/inbox/{case_id:int}", include_in_schema=False)


@router.post("/thread", dependencies=[may(Right.WORK)])
def read_thread(request: Request, desk: AtDesk, _visitor: Meaning, case_id: CaseId) -> Response:
    """Fetch what everybody said in the thread; what is new of it stands beside the case."""
    with desk.pool.transaction() as conn:
        thread = looks.thread_of(conn, case_id=case_id)
    if thread is None:
        raise NotFound(_("There is no case %(case_id)s.") % {"case_id": case_id})
    posts = _fetch(desk, thread)
    now = desk.clock()
    said = ngettext(
        "The thread as the network shows it now: %(n)s post", "The thread as the network shows it now: %(n)s posts", len(posts)
    ) % {"n": number(len(posts))}

    def act(conn: Connection) -> None:
        record_thread(conn, thread, posts, now=now)
        budget.count(conn, thread, reads=len(posts), now=now)

    return done(request, desk, case_id, act, said)


def _fetch(desk: Desk, thread: CaseThread) -> tuple[Post, ...]:
    return collector_of(desk, thread).thread(thread.root_id)
