"""Who can be mentioned in a note of a case, for the list that opens behind an @."""

from dataclasses import dataclass

from fastapi import APIRouter

from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.mentions import words_for
from amends.inbox.rules.rights import Right
from amends.inbox.store import mentions

router = APIRouter(prefix="/inbox/{case_id:int}/mentionable", include_in_schema=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mentionable:
    """Somebody, or a team: `words` are written behind the @."""

    name: str
    words: str
    is_team: bool


@router.get("", dependencies=[may(Right.WORK)])
def mentionable(desk: AtDesk, _visitor: Reading, case_id: CaseId) -> list[Mentionable]:
    """Return everybody and every team that sees the case."""
    with desk.pool.transaction() as conn:
        known = mentions.known(conn, case_id=case_id)
    return [Mentionable(name=one.name, words=words_for(one, known), is_team=one.team_id is not None) for one in known if one.sees]
