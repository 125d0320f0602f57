"""What is to be followed up is counted for those who see it, by the index alone, wherever its case goes."""

from datetime import timedelta

from amends.core.database import execute, fetch_values
from amends.inbox.actions.assign import assign_team
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.store import follow_ups, view_counts
from tests.cast import a_post
from tests.crew import a_team
from tests.desk import Desk

MONTH = timedelta(days=31)


def counted(desk: Desk, scope: Scope) -> int:
    return view_counts.of_time(desk.conn, scope, now=desk.now + MONTH).follow_ups


def test_due_follow_ups_are_counted_for_the_team_that_has_the_case_now(desk: Desk) -> None:
    ours, theirs = (a_team(desk.conn, name, members=[desk.agent_id]) for name in ("Ours", "Theirs"))
    we, they, elsewhere = Scope(teams=(ours,)), Scope(teams=(theirs,)), Scope(sources=(desk.source_id + 1,))
    desk.hear(a_post("It came broken"))
    desk.answer()
    desk.resolve()
    assert [counted(desk, scope) for scope in (EVERYTHING, we, they, elsewhere)] == [1, 1, 1, 0]
    assign_team(desk.conn, case_id=desk.case().id, team_id=theirs, agent_id=desk.agent_id, now=desk.now)
    assert [counted(desk, scope) for scope in (EVERYTHING, we, they, elsewhere)] == [1, 0, 1, 0]


def test_a_follow_up_that_runs_on_is_counted_for_the_team_that_has_the_case_by_then(desk: Desk) -> None:
    ours, theirs = (a_team(desk.conn, name, members=[desk.agent_id]) for name in ("Ours", "Theirs"))
    desk.hear(a_post("It came broken"))
    desk.answer()
    desk.resolve()
    execute(desk.conn, "update follow_ups set concluded_at = now(), outcome = 'unknown'")
    assert counted(desk, EVERYTHING) == 0
    assign_team(desk.conn, case_id=desk.case().id, team_id=theirs, agent_id=desk.agent_id, now=desk.now)
    follow_ups.plan_again(desk.conn, follow_up_ids=fetch_values(desk.conn, "select id from follow_ups"))
    assert [counted(desk, Scope(teams=(team,))) for team in (ours, theirs)] == [0, 1]


def test_for_one_team_no_case_is_read_to_count_what_is_due(desk: Desk) -> None:
    desk.hear(a_post("It came broken"))
    desk.answer()
    desk.resolve()
    reads = "select seq_scan + coalesce(idx_scan, 0) from pg_stat_xact_user_tables where relname = 'cases'"
    before = fetch_values(desk.conn, reads)
    found = view_counts.of_time(desk.conn, Scope(teams=(1,)), now=desk.now + MONTH)
    assert found.follow_ups == 1
    assert fetch_values(desk.conn, reads)[0] - before[0] <= len(("due_soon", "breached"))
