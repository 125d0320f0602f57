"""Lets a form that makes something pass once, however often it is sent: a double click, an answer that was lost, two impatient tabs.

Place in the path: a route that makes something names it beside its right (`dependencies=[may(…), ONCE]`). A form counts as the same by
who sends it, where to, and all of its fields; what was refused may be sent again at once.
"""

import hashlib
from collections.abc import AsyncGenerator
from datetime import timedelta

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from amends.api.auth import Meaning
from amends.api.desk import Desk, desk_at
from amends.core.errors import Conflict
from amends.core.translating import _
from amends.inbox.rules.ids import AgentId
from amends.inbox.store import idempotent_answers

AGAIN_AFTER = timedelta(seconds=10)
"""Who wants two of the same wants the second a moment later."""


async def sent_once(request: Request, visitor: Meaning) -> AsyncGenerator[None]:
    """Go on with a form that was not sent a moment ago; `Conflict` where it was, and is done or being done."""
    desk, form = desk_at(request), await request.form()
    fields = sorted((name, value) for name, value in form.multi_items() if isinstance(value, str) and name != "csrf_token")
    key = "form " + hashlib.sha256(repr((request.url.path, fields)).encode(errors="surrogatepass")).hexdigest()
    if not await run_in_threadpool(_begins, desk, visitor.agent_id, key):
        raise Conflict(_("This was sent twice; it was done once."))
    try:
        yield
    except Exception:
        await run_in_threadpool(_forget, desk, visitor.agent_id, key)
        raise


ONCE = Depends(sent_once)


def _begins(desk: Desk, agent_id: AgentId, key: str) -> bool:
    now = desk.clock()
    with desk.pool.transaction() as conn:
        return idempotent_answers.begin(conn, agent_id=agent_id, key=key, now=now, again_after=AGAIN_AFTER)


def _forget(desk: Desk, agent_id: AgentId, key: str) -> None:
    with desk.pool.transaction() as conn:
        idempotent_answers.forget(conn, agent_id=agent_id, key=key)
