"""Says what is for us and what is not; each source learns from it. Place in the path: an agent's key -> here -> what is thrown next."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.resolve import dismiss, reopen
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, PostId, SourceId
from amends.inbox.rules.job_reasons import JobWhy
from amends.inbox.rules.words import CaseStatus
from amends.inbox.store import events, incoming, matchers, relevance


def throw_case(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime) -> None:
    """Put a case aside as not for us, and let its source learn from the customer's posts in it."""
    dismiss(conn, case_id=case_id, agent_id=agent_id, now=now)
    posts = relevance.case_posts(conn, case_id=case_id)
    if not posts:
        raise Refused(_("There is no post left in this case to learn from; put it aside instead."))
    for post_id in posts:
        _mark(conn, post_id, kept=False, agent_id=agent_id, now=now, case_id=case_id)


def keep_case(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime) -> None:
    """Take `throw_case` back, as if it had not been."""
    reopen(conn, case_id=case_id, agent_id=agent_id, now=now)
    for post_id in relevance.case_posts(conn, case_id=case_id):
        source_id = relevance.unmark(conn, post_id=post_id)
        if source_id is not None:
            _ask(conn, source_id, agent_id)


def bring_back(conn: Connection, *, post_id: PostId, agent_id: AgentId, now: datetime) -> None:
    """Let a post in no case be routed again, as work this time, and let its source learn that such posts are for us."""
    before = relevance.untriage(conn, post_id=post_id)
    if before is None:
        raise Conflict(_("This post was brought back already, or it is gone."))
    _mark(conn, post_id, kept=True, agent_id=agent_id, now=now, beside=before.beside)
    events.add(conn, EventKind.POST_BROUGHT_BACK, now=now, post_id=post_id, agent_id=agent_id)


def lay_back(conn: Connection, *, post_id: PostId, agent_id: AgentId, now: datetime) -> None:
    """Take `bring_back` back: the source forgets it, and the post is routed as before, or the case that came of it alone put aside."""
    post = relevance.kept(conn, post_id=post_id)
    if post is None:
        raise Conflict(_("Nobody made a case of this post, or that was taken back already."))
    if post.beside and post.case_id is None:
        incoming.set_beside(conn, post_ids=[post_id], now=now)
    elif post.case_id is None:
        relevance.untriage(conn, post_id=post_id)
    elif (post.customer_posts, post.status) == (1, CaseStatus.OPEN):
        dismiss(conn, case_id=post.case_id, agent_id=agent_id, now=now)
    else:
        raise Conflict(_("The case has gone on since: open it, and put it aside there."))
    source_id = relevance.unmark(conn, post_id=post_id)
    if source_id is not None:
        _ask(conn, source_id, agent_id)
    events.add(conn, EventKind.POST_LAID_BACK, now=now, case_id=post.case_id, post_id=post_id, agent_id=agent_id)


def _mark(  # noqa: PLR0913
    conn: Connection,
    post_id: PostId,
    *,
    kept: bool,
    agent_id: AgentId,
    now: datetime,
    case_id: CaseId | None = None,
    beside: bool = False,
) -> None:
    source_id = relevance.mark(conn, post_id=post_id, kept=kept, agent_id=agent_id, now=now, beside=beside)
    if source_id is None:
        raise NotFound(_("There is no such post any more."))
    _ask(conn, source_id, agent_id)
    events.add(
        conn, EventKind.RELEVANCE_MARKED, now=now, case_id=case_id, post_id=post_id, agent_id=agent_id, source_id=source_id, kept=kept
    )


def _ask(conn: Connection, source_id: SourceId, agent_id: AgentId) -> None:
    matchers.ask_for(conn, kind=matchers.SOURCE, name=str(source_id), why=JobWhy.KEPT, agent_id=agent_id)
