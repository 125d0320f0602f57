"""To whom a case goes by itself: whom the customer knows, then who can (language, topic), then whose turn it is or who has least.

Place in the path: triage opened or reopened a case -> `actions.give_out` -> here, a case at a time. Nothing here does I/O; the same
people, case and moment give the same choice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from amends.inbox.rules.ids import AgentId, CaseId, SourceId, TeamId, TopicId
from amends.inbox.rules.rights import SEE_EVERY_TEAM, Right, Scope, may
from amends.inbox.rules.working_hours import Hours


class Gives(StrEnum):
    """How a team gives out new cases."""

    NOBODY = "nobody"
    ROUND_ROBIN = "round_robin"
    LEAST_LOAD = "least_load"


class Method(StrEnum):
    """How a rule of the team finds somebody for one case."""

    TURN = "turn"
    LOAD_AND_SKILL = "skill"
    KNOWS = "knows"


class Why(StrEnum):
    """One reason for which somebody was chosen."""

    KNOWS = "knows"
    SPEAKS = "speaks"
    TOPIC = "topic"
    ONLY_ONE = "only_one"
    LEAST = "least"
    TURN = "turn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """A team as assigning sees it; without `sources` it works on all of them."""

    id: TeamId
    name: str
    gives: Gives
    hours: Hours = field(default_factory=Hours)
    sources: frozenset[SourceId] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A colleague as assigning sees them. `load` is how many open cases they have, `turns` when each of their teams last gave them one."""

    id: AgentId
    name: str
    role: str
    active: bool = True
    away: bool = False
    languages: frozenset[str] = frozenset()
    topics: frozenset[TopicId] = frozenset()
    capacity: int = 20
    load: int = 0
    turns: Mapping[TeamId, int] = field(default_factory=dict[TeamId, int])

    @property
    def has_room(self) -> bool:
        """Whether one more case may be given to them."""
        return self.load < self.capacity

    def sees(self, team_id: TeamId, source_id: SourceId) -> bool:
        """Tell whether a case of this team is in their scope."""
        return Scope(teams=None if self.role in SEE_EVERY_TEAM else tuple(self.turns)).holds(team_id=team_id, source_id=source_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanting:
    """A case that wants somebody. `assignee_id` had it before it was reopened, `owner` is whom the customer knows by their record.

    `knows` is the agent of the customer's last case.
    """

    id: CaseId
    source_id: SourceId
    team_id: TeamId
    language: str
    topics: frozenset[TopicId] = frozenset()
    owner: AgentId | None = None
    knows: AgentId | None = None
    assignee_id: AgentId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Who gets a case in which team, and for what reasons; `agent` is None where nobody can take it now."""

    agent: Person | None
    team: TeamId
    why: tuple[Why, ...] = ()


def team_of(source_id: SourceId, teams: Iterable[Team]) -> TeamId | None:
    """Return the one team that works on a source: the only one that names it, else the only one that works on all; None otherwise."""
    known = list(teams)
    named = [team.id for team in known if source_id in team.sources]
    general = [team.id for team in known if not team.sources]
    fitting = named or general
    return fitting[0] if len(fitting) == 1 else None


def at_work(person: Person, teams: Mapping[TeamId, Team], now: datetime) -> bool:
    """Tell whether somebody is here now: active, not away, and within the hours of a team of theirs (without a team: always)."""
    own = [teams[team_id] for team_id in person.turns if team_id in teams]
    here = not own or any(team.hours.at_work(now) for team in own)
    return person.active and not person.away and here and may(person.role, Right.WORK)


def ready(people: Iterable[Person], team: Team, now: datetime) -> list[Person]:
    """Return who of `team` may be given a case now."""
    if team.gives is Gives.NOBODY or not team.hours.at_work(now):
        return []
    own = {team.id: team}
    return [person for person in people if team.id in person.turns and person.has_room and at_work(_only_in(person, team), own, now)]


def choose(case: Wanting, people: Sequence[Person], teams: Mapping[TeamId, Team], now: datetime) -> Choice:
    """Return who gets `case` now, and why."""
    team = teams.get(case.team_id)
    if team is None:
        return Choice(agent=None, team=case.team_id)
    known = _known(case, people, teams, now) if team.gives is not Gives.NOBODY else None
    if known:
        return Choice(agent=known, team=team.id, why=(Why.KNOWS,))
    able, why = _skilled(case, ready(people, team, now))
    if not able:
        return Choice(agent=None, team=team.id)
    agent, how = _next(able, team)
    return Choice(agent=agent, team=team.id, why=(*why, how))


def choose_by(by: Method, case: Wanting, people: Sequence[Person], teams: Mapping[TeamId, Team], now: datetime) -> Choice:
    """Return who gets `case` now by this method, whatever its team does otherwise."""
    gives = Gives.ROUND_ROBIN if by is Method.TURN else Gives.LEAST_LOAD
    team = replace(teams[case.team_id], gives=gives)
    if by is not Method.KNOWS:
        return choose(case, people, {**teams, team.id: team}, now)
    agent = _known(case, people, teams, now)
    return Choice(agent=agent, team=team.id, why=(Why.KNOWS,) if agent else ())


def given(person: Person, team_id: TeamId, turn: int) -> Person:
    """Return the person after they were given a case of a team as its turn number `turn`."""
    turns = {**person.turns, team_id: turn} if team_id in person.turns else person.turns
    return replace(person, load=person.load + 1, turns=turns)


def _next(able: Sequence[Person], team: Team) -> tuple[Person, Why]:
    """Return whose turn it is, or who has the least for what they can take; of equals who waits longest."""
    if len(able) == 1:
        return able[0], Why.ONLY_ONE
    if team.gives is Gives.ROUND_ROBIN:
        return min(able, key=lambda one: (one.turns[team.id], one.id)), Why.TURN
    return min(able, key=lambda one: (one.load / one.capacity, one.turns[team.id], one.id)), Why.LEAST


def _known(case: Wanting, people: Sequence[Person], teams: Mapping[TeamId, Team], now: datetime) -> Person | None:
    """Return who knows the customer and can take the case: who had it, where it was reopened, the owner, who had the last one."""
    by_id = {person.id: person for person in people}
    for agent_id in (case.assignee_id, case.owner, case.knows):
        person = by_id.get(agent_id) if agent_id is not None else None
        room = person and (person.has_room or agent_id == case.assignee_id)
        if person and room and at_work(person, teams, now) and person.sees(case.team_id, case.source_id):
            return person
    return None


def _skilled(case: Wanting, people: list[Person]) -> tuple[list[Person], tuple[Why, ...]]:
    """Return those who fit best and what set them apart: who speaks the language, else who did not say which; then who knows the topic."""
    spoken = case.language.partition("-")[0]
    why: tuple[Why, ...] = ()
    speaking = _some(people, lambda one: spoken in one.languages)
    if len(speaking) < len(people) and speaking:
        why = (Why.SPEAKS,)
    able = speaking or _some(people, lambda one: not one.languages) or people
    versed = _some(able, lambda one: bool(one.topics & case.topics))
    if versed and len(versed) < len(able):
        return versed, (*why, Why.TOPIC)
    return able, why


def _some(people: Iterable[Person], fits: Callable[[Person], bool]) -> list[Person]:
    return [person for person in people if fits(person)]


def _only_in(person: Person, team: Team) -> Person:
    """Return the person as if this were their only team, so that its hours count and no others."""
    return replace(person, turns={team.id: person.turns[team.id]})
