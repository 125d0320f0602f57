"""What a program asks again under the same `Idempotency-Key` is answered as before, and nothing is done twice."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Header
from pydantic import TypeAdapter

from amends.core.database import Connection
from amends.core.errors import Conflict
from amends.core.translating import _
from amends.inbox.rules.ids import AgentId
from amends.inbox.store import idempotent_answers
from amends.inbox.store.idempotent_answers import Kept

IdempotencyKey = Annotated[str, Header(max_length=200)]
Answer = TypeVar("Answer")


def once(  # noqa: PLR0913
    conn: Connection, answer: type[Answer], act: Callable[[], Answer], *, key: str, asked: str, agent_id: AgentId, now: datetime
) -> Answer:
    """Do `act` and return its answer, or the one that this agent got under `key`; `Conflict` where that was `asked` otherwise."""
    if not key:
        return act()
    digest = hashlib.sha256(asked.encode()).hexdigest()
    kept = idempotent_answers.find(conn, agent_id=agent_id, key=key)
    shape = TypeAdapter(answer)
    if kept is None:
        made = act()
        kept = Kept(digest=digest, answer=shape.dump_python(made, mode="json"))
        idempotent_answers.add(conn, agent_id=agent_id, key=key, kept=kept, now=now)
        return made
    if kept.digest != digest:
        raise Conflict(_("This idempotency key was used for something else; use another."))
    return shape.validate_python(kept.answer)
