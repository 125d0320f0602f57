"""Who the token belongs to."""

from dataclasses import dataclass

from fastapi import APIRouter

from amends.api.auth import Bearing, program_may
from amends.inbox.rules.rights import Right

router = APIRouter(prefix="/api/v1/me", tags=["me"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Me:
    """The agent behind the token."""

    id: int
    name: str
    email: str
    role: str


@router.get("", operation_id="me", dependencies=[program_may(Right.SEE)])
def me(visitor: Bearing) -> Me:
    """Return the agent behind the token."""
    return Me(id=visitor.agent_id, name=visitor.name, email=visitor.email, role=visitor.role)
