"""Looks after the accounts of colleagues: roles, teams, who may come in. One active administrator always remains."""

from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import gettext as _
from amends.inbox.actions import kept_queries
from amends.inbox.actions.account_notes import note_change
from amends.inbox.actions.agents import name_of
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.seen import check_seen, mark
from amends.inbox.rules.words import Role
from amends.inbox.store import assignments, events, password_links, people, sessions, teams
from amends.inbox.store.events import Event
from amends.inbox.store.people import Person, Profile


def change_role(conn: Connection, *, agent_id: AgentId, role: Role, by: AgentId | None, now: datetime) -> None:
    """Change what somebody is here for; `Refused` for the last active administrator."""
    person = _ours_alone(conn, agent_id)
    if person.role == role:
        return
    _check_not_the_last(conn, person)
    people.set_role(conn, agent_id=agent_id, role=role)
    note_change(
        conn, EventKind.AGENT_ROLE_CHANGED, by=by, about=agent_id, now=now, before={"role": person.role}, after={"role": role.value}
    )


def change_teams(
    conn: Connection, *, agent_id: AgentId, team_ids: Sequence[int], by: AgentId | None, now: datetime, seen: str = ""
) -> None:
    """Put somebody into exactly these teams.

    `seen` is the `mark` of their teams that its writer saw, if they say so: `Conflict` where they are others since.
    """
    person = _ours_alone(conn, agent_id)
    check_seen(seen, as_it_is=mark(person.team_ids))
    known = {team.id for team in teams.every(conn)}
    before, wanted = sorted(known & set(person.team_ids)), sorted(known & set(team_ids))
    if wanted == before:
        return
    people.set_teams(conn, agent_id=agent_id, team_ids=wanted)
    teams.look_again_for(conn, agent_id=agent_id)
    note_change(
        conn,
        EventKind.AGENT_TEAMS_CHANGED,
        by=by,
        about=agent_id,
        now=now,
        before={"teams": before},
        after={"teams": wanted},
    )


def deactivate(conn: Connection, *, agent_id: AgentId, by: AgentId | None, now: datetime) -> int:
    """Let somebody in no more: sessions, tokens and links end at once, what they had to do is of nobody; return how many cases that was."""
    person = _ours_alone(conn, agent_id)
    if not person.active:
        return 0
    _check_not_the_last(conn, person)
    people.set_active(conn, agent_id=agent_id, active=False)
    sessions.end_all(conn, agent_id=agent_id)
    sessions.revoke_all(conn, agent_id=agent_id, now=now)
    password_links.drop(conn, agent_id=agent_id)
    given_back = assignments.take_all(conn, agent_id=agent_id)
    teams.look_again(conn, [team.id for team in teams.every(conn)], at=None)
    handed_over = [
        Event(kind=EventKind.CASE_ASSIGNED, case_id=case_id, agent_id=by, facts={"assignee_id": None, "was": agent_id})
        for case_id in sorted(given_back)
    ]
    events.add_all(conn, handed_over, now=now)
    note_change(conn, EventKind.AGENT_DEACTIVATED, by=by, about=agent_id, now=now, before={"active": True}, after={"active": False})
    return len(given_back)


def reactivate(conn: Connection, *, agent_id: AgentId, by: AgentId | None, now: datetime) -> None:
    """Let somebody in again, with the password they had; sessions and tokens stay ended."""
    person = _ours_alone(conn, agent_id)
    if person.active:
        return
    people.set_active(conn, agent_id=agent_id, active=True)
    note_change(conn, EventKind.AGENT_REACTIVATED, by=by, about=agent_id, now=now, before={"active": False}, after={"active": True})


def change_profile(conn: Connection, *, agent_id: AgentId, new: Profile, now: datetime) -> None:
    """Keep what somebody says of themselves; kept queries follow a new name."""
    before = people.profile(conn, agent_id)
    people.set_profile(conn, agent_id=agent_id, new=new)
    for field in ("assignee", "owner"):
        kept_queries.follow(conn, field, before.name, new.name)
    if name_of(new.name) != before.name:
        note_change(
            conn, EventKind.PROFILE_CHANGED, by=agent_id, about=agent_id, now=now, before={"name": before.name}, after={"name": new.name}
        )


def _ours_alone(conn: Connection, agent_id: AgentId) -> Person:
    people.lock_administrators(conn)
    person = people.lock(conn, agent_id)
    if person is None:
        raise NotFound(_("There is no such colleague."))
    return person


def _check_not_the_last(conn: Connection, person: Person) -> None:
    if person.role == Role.ADMIN and person.active and people.lock_administrators(conn) == [person.id]:
        raise Refused(_("This is the last administrator. Make somebody else one first."))
