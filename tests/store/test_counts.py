"""The counters beside the views are what a count of the rows would say."""

from amends.core.database import execute
from amends.inbox.actions.assign import assign
from amends.inbox.actions.sweep import fold_counts
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.store import counts
from tests.cast import a_post
from tests.desk import Desk


def test_counters_follow_the_cases_folded_or_not(desk: Desk) -> None:
    desk.hear(a_post("lost"), a_post("unreadable"))
    assert counts.read(desk.conn, EVERYTHING) == {"all": 2, "status:open": 2, "unassigned": 2, "needs_look": 1}

    assert fold_counts(desk.conn) == 3
    assert counts.read(desk.conn, EVERYTHING) == {"all": 2, "status:open": 2, "unassigned": 2, "needs_look": 1}

    first, _ = desk.cases()
    assign(desk.conn, case_id=first.id, assignee_id=desk.agent_id, agent_id=desk.agent_id, now=desk.now)
    assert counts.read(desk.conn, EVERYTHING) == {"all": 2, "status:open": 2, "unassigned": 1, "needs_look": 1, f"mine:{desk.agent_id}": 1}


def test_folding_leaves_no_deltas_behind(desk: Desk) -> None:
    desk.hear(a_post("lost"))
    fold_counts(desk.conn)

    assert execute(desk.conn, "select from case_count_deltas") == 0
    assert fold_counts(desk.conn) == 0
