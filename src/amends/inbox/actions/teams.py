"""Makes and changes teams, and what people in them can take. Place in the path: the page and REST of teams -> here -> assigning."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, UniqueViolation
from amends.core.errors import Conflict, NotAllowed, NotFound, Refused
from amends.core.translating import _, ngettext
from amends.core.written import number
from amends.inbox.actions import kept_queries
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.assigning import Gives
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, SourceId, TeamId, TopicId
from amends.inbox.rules.rights import SEE_EVERY_TEAM
from amends.inbox.rules.seen import mark, mark_by
from amends.inbox.rules.text import storable
from amends.inbox.rules.working_hours import Hours
from amends.inbox.store import events, scopes, staff, teams
from amends.inbox.store.staff import PersonRow
from amends.inbox.store.teams import TeamRow

LONGEST_NAME = 60
MOST_CAPACITY = 1000
MOST_LANGUAGES = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class By:
    """Who changes something, with what role; a lead changes the teams she is in and the people in them."""

    agent_id: AgentId
    role: str

    @property
    def everywhere(self) -> bool:
        """Whether they may change any team."""
        return self.role in SEE_EVERY_TEAM


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """How a team is to be."""

    name: str
    gives: Gives
    hours: Hours
    members: Sequence[AgentId]
    sources: Sequence[SourceId]


@dataclass(frozen=True, kw_only=True, slots=True)
class Skills:
    """What somebody can take: languages as codes, topics, and how many open cases at once."""

    languages: Sequence[str]
    topics: Sequence[TopicId]
    capacity: int


def make_team(conn: Connection, *, name: str, by: By, now: datetime) -> TeamId:
    """Make a team and return its id. A lead is a member of the team she makes, with the sources she sees."""
    words = _name(name)
    try:
        with conn.transaction():
            team_id = teams.insert(conn, name=words, now=now)
    except UniqueViolation as error:
        raise Conflict(_("There is a team called “%(name)s” already.") % {"name": words}) from error
    if not by.everywhere:
        teams.set_sources(conn, team_id=team_id, source_ids=[SourceId(one) for one in scopes.of_agent(conn, by.agent_id).sources or ()])
        teams.set_members(conn, team_id=team_id, agent_ids=[by.agent_id])
    _tell(conn, EventKind.TEAM_MADE, by, now, team_id=team_id, name=words)
    return team_id


def change_team(conn: Connection, *, team_id: TeamId, draft: Draft, by: By, now: datetime, seen: str = "") -> None:
    """Make the team as `draft` says; a lead cannot put herself out of it.

    `seen` is the `mark_of` the team that its writer saw, if they say so: `Conflict` where it was changed since.
    """
    before = unchanged(conn, f"team {team_id}", lambda: changeable(conn, team_id=team_id, by=by), mark_of, seen)
    words, saw = _name(draft.name), _sight(conn, set(before.members) - set(draft.members), by)
    if not by.everywhere:
        _check_lead(conn, before, draft, by)
    try:
        with conn.transaction():
            teams.update(conn, team_id=team_id, name=words, gives=draft.gives, hours=draft.hours)
    except UniqueViolation as error:
        raise Conflict(_("There is a team called “%(name)s” already.") % {"name": words}) from error
    kept_queries.follow(conn, "team", before.name, words)
    teams.set_members(conn, team_id=team_id, agent_ids=draft.members)
    teams.set_sources(conn, team_id=team_id, source_ids=draft.sources)
    _check_not_wider(conn, saw)
    after = teams.find(conn, team_id=team_id) or before
    _tell(conn, EventKind.TEAM_CHANGED, by, now, team_id=team_id, before=_facts(before), after=_facts(after))


def remove_team(conn: Connection, *, team_id: TeamId, by: By, now: datetime) -> TeamRow:
    """Put the team away, and return it; `Refused` while cases of it are going on."""
    team = changeable(conn, team_id=team_id, by=by)
    saw = _sight(conn, team.members, by)
    left = teams.work_of(conn, [team_id])[team_id].open
    if left:
        words = ngettext(
            "%(n)s case of “%(name)s” is going on; resolve it or give it to another team first.",
            "%(n)s cases of “%(name)s” are going on; resolve them or give them to another team first.",
            left,
        )
        raise Refused(words % {"n": number(left), "name": team.name})
    teams.set_archived(conn, team_id=team_id, at=now)
    _check_not_wider(conn, saw)
    _tell(conn, EventKind.TEAM_REMOVED, by, now, team_id=team_id, name=team.name)
    return team


def restore_team(conn: Connection, *, team_id: TeamId, by: By, now: datetime) -> TeamRow:
    """Put a removed team back, and return it."""
    team = teams.find(conn, team_id=team_id)
    if team is None or team.archived_at is None:
        raise NotFound(_("There is no such team to bring back."))
    _may_change(team, by)
    try:
        with conn.transaction():
            teams.set_archived(conn, team_id=team_id, at=None)
    except UniqueViolation as error:
        raise Conflict(_("There is a team called “%(name)s” already.") % {"name": team.name}) from error
    _tell(conn, EventKind.TEAM_RESTORED, by, now, team_id=team_id, name=team.name)
    return team


def set_skills(conn: Connection, *, agent_id: AgentId, skills: Skills, by: By, now: datetime, seen: str = "") -> None:
    """Store what somebody can take.

    `seen` is the `mark_of_skills` that its writer saw, if they say so: `Conflict` where it was changed since.
    """
    before = unchanged(conn, f"skills of {agent_id}", lambda: led(conn, agent_id=agent_id, by=by), mark_of_skills, seen)
    languages = sorted({code.strip().lower().partition("-")[0] for code in skills.languages if code.strip()})
    if not 0 <= skills.capacity <= MOST_CAPACITY:
        raise Refused(_("Somebody can hold between 0 and %(most)s open cases.") % {"most": MOST_CAPACITY})
    if len(languages) > MOST_LANGUAGES or any(not (code.isalpha() and 2 <= len(code) <= 3) for code in languages):  # noqa: PLR2004
        raise Refused(_("Write languages as codes of two or three letters, such as ta or en."))
    staff.set_skills(conn, agent_id=agent_id, languages=languages, topics=skills.topics, capacity=skills.capacity)
    teams.look_again_for(conn, agent_id=agent_id)
    was = {"languages": list(before.languages), "topics": list(before.topics), "capacity": before.capacity}
    new = {"languages": languages, "topics": list(skills.topics), "capacity": skills.capacity}
    _tell(conn, EventKind.SKILLS_CHANGED, by, now, whom=agent_id, before=was, after=new)


def changeable(conn: Connection, *, team_id: TeamId, by: By) -> TeamRow:
    """Return a team in force that `by` may change; `NotFound` and `NotAllowed` otherwise."""
    team = teams.find(conn, team_id=team_id)
    if team is None or team.archived_at is not None:
        raise NotFound(_("There is no such team any more."))
    _may_change(team, by)
    return team


def led(conn: Connection, *, agent_id: AgentId, by: By) -> PersonRow:
    """Return a colleague whose work `by` may order: oneself, anybody for managers, for a lead the people of her teams."""
    person = staff.find(conn, agent_id=agent_id)
    if person is None:
        raise NotFound(_("There is no such colleague."))
    shared = set(teams.of_agent(conn, agent_id=by.agent_id)) & set(teams.of_agent(conn, agent_id=agent_id))
    if not (by.everywhere or agent_id == by.agent_id or shared):
        raise NotAllowed(_("You lead no team that %(name)s is in.") % {"name": person.name})
    return person


def _check_lead(conn: Connection, before: TeamRow, draft: Draft, by: By) -> None:
    """Refuse what would widen a lead's sight, or draw people in from teams that are not hers."""
    if by.agent_id not in draft.members:
        raise Refused(_("You lead this team; ask a manager to take you out of it."))
    own = scopes.of_agent(conn, by.agent_id).sources
    if own is not None and (not draft.sources or not set(draft.sources) <= set(own)):
        raise NotAllowed(_("A team of yours works on sources that you see; ask a manager for others."))
    every = teams.every(conn)
    for agent_id in set(draft.members) - set(before.members):
        theirs = [team for team in every if agent_id in team.members]
        if theirs and not any(by.agent_id in team.members for team in theirs):
            raise NotAllowed(_("Somebody you chose is in teams of others only; ask a manager."))


def _sight(conn: Connection, leaving: Iterable[AgentId], by: By) -> dict[AgentId, tuple[int, ...]]:
    """Return, where it is a lead who takes them out of a team, which sources each sees; without those who see all of them."""
    seen = {} if by.everywhere else {agent_id: scopes.of_agent(conn, agent_id).sources for agent_id in leaving}
    return {agent_id: sources for agent_id, sources in seen.items() if sources is not None}


def _check_not_wider(conn: Connection, saw: Mapping[AgentId, tuple[int, ...]]) -> None:
    """Refuse what lets somebody see more sources than before: whoever is in no team sees all of them."""
    for agent_id, before in saw.items():
        after = scopes.of_agent(conn, agent_id).sources
        if after is None or not set(after) <= set(before):
            raise NotAllowed(_("%(name)s would see more sources by this; ask a manager.") % {"name": _called(conn, agent_id)})


def _called(conn: Connection, agent_id: AgentId) -> str:
    found = staff.find(conn, agent_id=agent_id)
    return found.name if found else ""


def _may_change(team: TeamRow, by: By) -> None:
    if not (by.everywhere or by.agent_id in team.members):
        raise NotAllowed(_("You are not in the team “%(name)s”, so you cannot change it.") % {"name": team.name})


def _name(name: str) -> str:
    words = " ".join(storable(name).split())
    if not 0 < len(words) <= LONGEST_NAME:
        raise Refused(_("A team's name has between 1 and %(most)s characters.") % {"most": LONGEST_NAME})
    return words


def mark_of(team: TeamRow) -> str:
    """Return what tells a team as its form shows it from the same team changed since: people come and go on other pages too."""
    return mark(_facts(team))


def mark_of_skills(person: PersonRow) -> str:
    """Return what tells what somebody can take, as its form shows it, from the same changed since."""
    return mark_by(Skills, person)


def _facts(team: TeamRow) -> dict[str, object]:
    return {
        "name": team.name,
        "gives": team.gives,
        "zone": team.zone,
        "hours": [list(span) for span in team.hours],
        "holidays": [day.isoformat() for day in team.holidays],
        "members": list(team.members),
        "sources": list(team.sources),
    }


def _tell(conn: Connection, kind: EventKind, by: By, now: datetime, **facts: object) -> None:
    events.add_all(conn, [events.Event(kind=kind, agent_id=by.agent_id, facts=facts)], now=now)
