"""What the company decides about its numbers, over REST: who compares agents, what a status page shows, the calendar of the desk."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.inbox.actions import number_settings as acts
from amends.inbox.rules.rights import Right
from amends.inbox.rules.words import Role
from amends.inbox.store import number_settings
from amends.inbox.store.number_settings import NumberSettings

router = APIRouter(prefix="/api/v1/numbers/settings", tags=["numbers"], dependencies=[program_may(Right.PEOPLE)])


class SettingsBody(Body):
    """What is to be decided; what is left out stays as it is, `calendar_id` null lets no calendar count."""

    compare_agents: Annotated[list[Role], Field(max_length=len(Role))] | None = None
    shows_answer_times: bool | None = None
    calendar_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None

    def over(self, now: NumberSettings) -> NumberSettings:
        """Return what is decided then."""
        return NumberSettings(
            compare_agents=now.compare_agents if self.compare_agents is None else self.compare_agents,
            shows_answer_times=now.shows_answer_times if self.shows_answer_times is None else self.shows_answer_times,
            calendar_id=self.calendar_id if "calendar_id" in self.model_fields_set else now.calendar_id,
        )


@router.get("", operation_id="get_number_settings")
def show(desk: AtDesk, _visitor: Bearing) -> NumberSettings:
    """Return what is decided."""
    with desk.pool.transaction() as conn:
        return number_settings.read(conn)


@router.patch("", operation_id="change_number_settings")
def change(desk: AtDesk, visitor: Bearing, body: SettingsBody) -> NumberSettings:
    """Decide otherwise; by a calendar chosen here is counted what none counted before, and the audit log keeps what was decided."""
    with desk.pool.transaction() as conn:
        acts.decide(conn, body.over(number_settings.lock(conn)), agent_id=visitor.agent_id, now=desk.clock())
        return number_settings.read(conn)
