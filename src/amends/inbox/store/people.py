"""SQL of the people of the desk, as whoever looks after their accounts sees and changes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, TeamId


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A colleague on the page People."""

    id: AgentId
    email: str
    name: str
    role: str
    active: bool
    second_factor: bool
    last_seen_at: datetime | None
    team_ids: list[TeamId]


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What somebody says of themselves."""

    name: str
    interface_language: str
    languages: list[str]
    theme: str
    time_zone: str


def everyone(conn: Connection) -> list[Person]:
    """Return every colleague, those who left last, by name."""
    return fetch_all(
        conn,
        Person,
        """
        select g.id, g.email, g.name, g.role, g.active, g.second_factor_since is not null as second_factor, g.last_seen_at,
          array(select m.team_id from team_members m where m.agent_id = g.id order by m.team_id) as team_ids
        from agents g order by g.active desc, lower(g.name), g.id
        """,
    )


def lock(conn: Connection, agent_id: int) -> Person | None:
    """Return the colleague, ours alone until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        Person,
        """
        select g.id, g.email, g.name, g.role, g.active, g.second_factor_since is not null as second_factor, g.last_seen_at,
          array(select m.team_id from team_members m where m.agent_id = g.id order by m.team_id) as team_ids
        from agents g where g.id = %(id)s for update
        """,
        {"id": agent_id},
    )


def lock_administrators(conn: Connection) -> list[AgentId]:
    """Return the active administrators, all of them ours alone until the transaction ends."""
    return fetch_values(conn, "select id from agents where role = 'admin' and active order by id for update")


def lock_nobody(conn: Connection) -> bool:
    """Keep everybody else from making an account until the transaction ends, and tell whether there is none yet."""
    execute(conn, "lock table agents in share row exclusive mode")
    return is_empty(conn)


def is_empty(conn: Connection) -> bool:
    """Tell whether nobody has an account yet."""
    return fetch_values(conn, "select not exists (select from agents)")[0]


def set_role(conn: Connection, *, agent_id: int, role: str) -> None:
    """Change what somebody is here for."""
    execute(conn, "update agents set role = %(role)s where id = %(id)s", {"id": agent_id, "role": role})


def set_active(conn: Connection, *, agent_id: int, active: bool) -> None:
    """Let somebody in, or no more."""
    execute(conn, "update agents set active = %(active)s where id = %(id)s", {"id": agent_id, "active": active})


def set_teams(conn: Connection, *, agent_id: int, team_ids: Sequence[int]) -> None:
    """Put somebody into exactly these of the teams in force, behind everybody's turn; those that are gone are passed over."""
    given = {"id": agent_id, "teams": list(team_ids)}
    execute(
        conn,
        """
        delete from team_members where agent_id = %(id)s and not team_id = any(%(teams)s)
          and team_id in (select id from teams where archived_at is null)
        """,
        given,
    )
    execute(
        conn,
        """
        insert into team_members (team_id, agent_id, turn)
        select t.id, %(id)s, (select coalesce(max(m.turn), 0) from team_members m where m.team_id = t.id)
        from teams t where t.id = any(%(teams)s) on conflict do nothing
        """,
        given,
    )


def profile(conn: Connection, agent_id: int) -> Profile:
    """Return what somebody says of themselves."""
    found = fetch_maybe(
        conn, Profile, "select name, interface_language, languages, theme, time_zone from agents where id = %(id)s", {"id": agent_id}
    )
    return found or Profile(name="", interface_language="", languages=[], theme="", time_zone="")


def set_profile(conn: Connection, *, agent_id: int, new: Profile) -> None:
    """Store what somebody says of themselves."""
    execute(
        conn,
        """
        update agents set name = %(name)s, interface_language = %(interface_language)s, languages = %(languages)s, theme = %(theme)s,
          time_zone = %(time_zone)s
        where id = %(id)s
        """,
        {
            "id": agent_id,
            "name": new.name,
            "interface_language": new.interface_language,
            "languages": new.languages,
            "theme": new.theme,
            "time_zone": new.time_zone,
        },
    )


def owner_of_subject(conn: Connection, subject: str) -> AgentId | None:
    """Return whose account at the single sign-on provider this is, or None."""
    return next(iter(fetch_values(conn, "select id from agents where sign_on_subject = %(subject)s", {"subject": subject})), None)


def bind_subject(conn: Connection, *, agent_id: int, subject: str) -> int:
    """Tie somebody who is tied to none yet to an account at the provider, and return how many that were."""
    return execute(
        conn,
        "update agents set sign_on_subject = %(subject)s where id = %(id)s and sign_on_subject is null",
        {"id": agent_id, "subject": subject},
    )
