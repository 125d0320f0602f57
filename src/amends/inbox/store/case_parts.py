"""SQL of what a case's page has to show at all: most cases have few of all these, and what there is none of need not be asked for."""

from dataclasses import dataclass

from amends.core.database import Connection, fetch_one
from amends.inbox.store.case_page import CaseHead


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseParts:
    """Of what there may be something to show with a case, its customer, or our ways with all cases.

    `newest_event` is the id of the last that happened to the case. What happens while the rest is being asked for has a later one, by
    which a screen knows that it may not show it yet.
    """

    newest_event: int
    replies: bool
    notes: bool
    clocks: bool
    sleep: bool
    incident: bool
    follow_ups: bool
    surveys: bool
    drafts: bool
    pictures: bool
    promises: bool
    maybes: bool
    memberships: bool
    order_shapes: bool
    approvals: bool


def of_case(conn: Connection, case: CaseHead) -> CaseParts:
    """Return what there is of a case; its promises are told with those of its customer."""
    return fetch_one(
        conn,
        CaseParts,
        """
        select
          coalesce((select max(id) from events where case_id = %(case)s), 0) as newest_event,
          exists (select from replies where case_id = %(case)s) as replies,
          exists (select from notes where case_id = %(case)s) as notes,
          exists (select from clocks where case_id = %(case)s) as clocks,
          exists (select from snoozes where case_id = %(case)s) as sleep,
          exists (select from incident_cases where case_id = %(case)s and left_at is null) as incident,
          exists (select from follow_ups where case_id = %(case)s) as follow_ups,
          exists (select from surveys where case_id = %(case)s) as surveys,
          exists (select from drafts where case_id = %(case)s and dropped_at is null) as drafts,
          exists (select from reply_attachments where case_id = %(case)s and reply_id is null) as pictures,
          exists (select from cases c join promises p on p.case_id = c.id where c.customer_id = %(customer)s) as promises,
          exists (select from match_suggestions where one_id = %(customer)s and state = 'open')
            or exists (select from match_suggestions where other_id = %(customer)s and state = 'open') as maybes,
          exists (select from memberships where customer_id = %(customer)s) as memberships,
          exists (select from order_shapes) as order_shapes,
          exists (select from approval_sets) or exists (select from teams where approval and archived_at is null) as approvals
        """,
        {"case": case.id, "customer": case.customer_id},
    )
