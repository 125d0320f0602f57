"""SQL of budgets: a row for each time that an administrator set one; the newest of a source counts."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_maybe, fetch_values
from amends.inbox.rules.budgeting import Budget, Unit
from amends.inbox.rules.ids import AgentId, BudgetId, SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class SetBudget:
    """A row of `budgets`, and who set it."""

    id: BudgetId
    source_id: SourceId
    unit: str
    a_day: float | None
    share: int
    agent: str
    created_at: datetime

    @property
    def budget(self) -> Budget:
        """The budget as rules take it."""
        return Budget(unit=Unit(self.unit), a_day=self.a_day, share=self.share)


def newest(conn: Connection, source_id: SourceId) -> SetBudget | None:
    """Return the row that counts, or None where no budget was ever set."""
    return fetch_maybe(
        conn,
        SetBudget,
        """
        select b.id, b.source_id, b.unit, b.a_day, b.share, a.name as agent, b.created_at
        from budgets b join agents a on a.id = b.agent_id where b.source_id = %(source_id)s order by b.id desc limit 1
        """,
        {"source_id": source_id},
    )


def find(conn: Connection, budget_id: BudgetId, *, source_id: SourceId) -> SetBudget | None:
    """Return one row of a source, or None."""
    return fetch_maybe(
        conn,
        SetBudget,
        """
        select b.id, b.source_id, b.unit, b.a_day, b.share, a.name as agent, b.created_at
        from budgets b join agents a on a.id = b.agent_id where b.id = %(id)s and b.source_id = %(source_id)s
        """,
        {"id": budget_id, "source_id": source_id},
    )


def lock(conn: Connection, source_id: SourceId) -> None:
    """Let one at a time set the budget of a source, or take from it, until the transaction ends."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('budget', %(source_id)s))", {"source_id": source_id})


def insert(conn: Connection, source_id: SourceId, budget: Budget, *, agent_id: AgentId, now: datetime) -> BudgetId:
    """Store a budget, which counts from now on, and return its id."""
    [budget_id] = fetch_values(
        conn,
        """
        insert into budgets (source_id, unit, a_day, share, agent_id, created_at)
        values (%(source_id)s, %(unit)s, %(a_day)s, %(share)s, %(agent_id)s, %(now)s) returning id
        """,
        {
            "source_id": source_id,
            "unit": budget.unit,
            "a_day": budget.a_day,
            "share": budget.share,
            "agent_id": agent_id,
            "now": now,
        },
    )
    return BudgetId(budget_id)
