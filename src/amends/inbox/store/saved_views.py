"""SQL of saved views: one's own, those of one's teams (of every team, for managers), and those for everyone."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, SavedViewId
from amends.inbox.rules.rights import SEE_EVERY_TEAM, Right, may
from amends.inbox.rules.saved_views import Audience
from amends.inbox.rules.words import Role


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedView:
    """A view that somebody keeps; `team` is the name of the team it is for, empty where it is for one or for all."""

    id: SavedViewId
    agent_id: AgentId
    audience: str
    team_id: int | None
    team: str
    name: str
    query: str
    sort: str
    colour: str
    place: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """How many cases a saved view holds, and when that was counted; None where it was not."""

    view_id: SavedViewId
    n: int | None
    counted_at: datetime | None


_SELECT: LiteralString = """
select v.id, v.agent_id, v.audience, v.team_id, coalesce(t.name, '') as team, v.name, v.query, v.sort, v.colour, v.place
from saved_views v left join teams t on t.id = v.team_id
"""
_SEEN: LiteralString = """
 (v.audience = 'all' or (v.audience = 'me' and v.agent_id = %(agent_id)s)
   or (v.audience = 'team' and (%(every_team)s or v.team_id in (select team_id from team_members where agent_id = %(agent_id)s))))
"""


def seen_by(conn: Connection, agent_id: AgentId, role: str) -> list[SavedView]:
    """Return the views that an agent sees, shared ones first."""
    query = _SELECT + " where v.deleted_at is null and" + _SEEN + " order by v.audience = 'me', v.place, v.id"
    return fetch_all(conn, SavedView, query, _whose(agent_id, role))


def find_seen(conn: Connection, view_id: SavedViewId, agent_id: AgentId, role: str, *, deleted: bool = False) -> SavedView | None:
    """Return a view that the agent sees, or with `deleted` would see if it were brought back; None otherwise."""
    query = _SELECT + " where v.id = %(id)s and (v.deleted_at is not null) = %(deleted)s and" + _SEEN
    return fetch_maybe(conn, SavedView, query, _whose(agent_id, role) | {"id": view_id, "deleted": deleted})


def _whose(agent_id: AgentId, role: str) -> dict[str, object]:
    """Say who looks: whoever may share with every team sees what is shared with any, or nobody could tidy up where a team has no lead."""
    return {"agent_id": agent_id, "every_team": Role(role) in SEE_EVERY_TEAM and may(role, Right.SHARE)}


def count_beside(conn: Connection, *, audience: Audience, agent_id: AgentId) -> int:
    """Return how many views there are where a new one would stand: one's own, or all that are shared."""
    return fetch_values(
        conn,
        """
        select count(*) from saved_views
        where deleted_at is null and (audience = 'me') = (%(audience)s = 'me') and (audience <> 'me' or agent_id = %(agent_id)s)
        """,
        {"audience": audience, "agent_id": agent_id},
    )[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What a view is called, what it asks, and for whom it is, as it is stored."""

    name: str
    query: str
    sort: str
    colour: str
    audience: Audience
    team_id: int | None


def is_kept(conn: Connection, written: Written, *, agent_id: AgentId) -> bool:
    """Tell whether the agent keeps this very view already."""
    values = fetch_values(
        conn,
        """
        select exists (select from saved_views where deleted_at is null and agent_id = %(agent_id)s and name = %(name)s
          and query = %(query)s and sort = %(sort)s and colour = %(colour)s and audience = %(audience)s
          and team_id is not distinct from %(team_id)s)
        """,
        asdict(written) | {"agent_id": agent_id},
    )
    return values[0]


def insert(conn: Connection, written: Written, *, agent_id: AgentId, now: datetime) -> SavedViewId:
    """Add a view behind the others and return its id."""
    return fetch_values(
        conn,
        """
        insert into saved_views (agent_id, audience, team_id, name, query, sort, colour, place, created_at)
        values (%(agent_id)s, %(audience)s, %(team_id)s, %(name)s, %(query)s, %(sort)s, %(colour)s,
          (select coalesce(max(place), 0) + 1 from saved_views), %(now)s)
        returning id
        """,
        asdict(written) | {"agent_id": agent_id, "now": now},
    )[0]


def update(conn: Connection, view_id: SavedViewId, written: Written) -> None:
    """Change what a view is called, what it asks, and for whom it is."""
    execute(
        conn,
        """
        update saved_views set name = %(name)s, query = %(query)s, sort = %(sort)s, colour = %(colour)s, audience = %(audience)s,
          team_id = %(team_id)s
        where id = %(id)s
        """,
        asdict(written) | {"id": view_id},
    )


def swap(conn: Connection, one: SavedView, other: SavedView) -> None:
    """Let two views change places."""
    execute(
        conn,
        """
        update saved_views set place = case id when %(one)s then %(others)s else %(ones)s end where id in (%(one)s, %(other)s)
        """,
        {"one": one.id, "other": other.id, "ones": one.place, "others": other.place},
    )


def set_deleted(conn: Connection, view_id: SavedViewId, *, at: datetime | None) -> None:
    """Take a view away, or, without a time, bring it back."""
    execute(conn, "update saved_views set deleted_at = %(at)s where id = %(id)s", {"id": view_id, "at": at})


def drop_deleted(conn: Connection, *, before: datetime) -> None:
    """Forget views that were deleted before `before`."""
    execute(conn, "delete from saved_views where deleted_at < %(before)s", {"before": before})


def counted(conn: Connection, agent_id: AgentId) -> list[Counted]:
    """Return the counts that were kept for everybody, and after them those for this agent."""
    return fetch_all(
        conn,
        Counted,
        "select view_id, n, counted_at from saved_view_counts where agent_id in (0, %(agent_id)s) order by agent_id",
        {"agent_id": agent_id},
    )
