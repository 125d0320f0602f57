"""Settles when a single negative post rings. Place in the path: page When a post rings -> here -> every post from then on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.rules.alarm_quality import Preview, preview
from amends.inbox.rules.alarm_thresholds import LONGEST_COOLDOWN, MOST_FOLLOWERS, NEVER, Thresholds, wrong_in
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, AlarmThresholdsId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import alarm_quality, alarm_thresholds, events

ENVIRONMENT_ID = AlarmThresholdsId(0)
"""Stands for the thresholds of the environment, which have no row."""
WEEK = timedelta(days=7)
MOST_POSTS = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class _Standing:
    id: AlarmThresholdsId
    thresholds: Thresholds | None
    agent: str


def in_force(conn: Connection, otherwise: Thresholds) -> Thresholds:
    """Return the thresholds that count: those set last, `otherwise` where nobody set any."""
    found = alarm_thresholds.newest(conn)
    return (found.thresholds if found else None) or otherwise


def set_thresholds(
    conn: Connection, thresholds: Thresholds, *, instead_of: AlarmThresholdsId, agent_id: AgentId, now: datetime
) -> AlarmThresholdsId:
    """Let `thresholds` count from now on, and return which counted before; `Conflict` where those are not the ones somebody saw."""
    before = _locked(conn, instead_of)
    return _set(conn, checked(thresholds), before=before, agent_id=agent_id, now=now)


def bring_back(
    conn: Connection, thresholds_id: AlarmThresholdsId, *, instead_of: AlarmThresholdsId, agent_id: AgentId, now: datetime
) -> AlarmThresholdsId:
    """Let earlier thresholds count again (0: the environment's), and return which counted before; the history stays whole.

    `Conflict` where those that count are not the ones somebody saw: an undo takes back what it was offered for, nothing newer.
    """
    before = _locked(conn, instead_of)
    if thresholds_id == ENVIRONMENT_ID:
        return _set(conn, None, before=before, agent_id=agent_id, now=now)
    wanted = alarm_thresholds.find(conn, thresholds_id)
    if wanted is None:
        raise NotFound(_("There are no such thresholds."))
    return _set(conn, wanted.thresholds, before=before, agent_id=agent_id, now=now)


def checked(entered: Thresholds) -> Thresholds:
    """Return the thresholds; `Refused` says what does not fit."""
    told = {
        "urgency": _("Urgency is a whole number from 0 to %(most)s; %(most)s never rings.") % {"most": NEVER},
        "followers": _("Followers are a whole number from 0 to %(most)s.") % {"most": MOST_FOLLOWERS},
        "cooldown": _("The rest of a case is a whole number of minutes from 0 to %(most)s.")
        % {"most": LONGEST_COOLDOWN // timedelta(minutes=1)},
    }
    if wrong := wrong_in(entered):
        raise Refused(" ".join(told[name] for name in wrong))
    return entered


def past_week(conn: Connection, scope: Scope, *, now_in_force: Thresholds, tried: Thresholds, now: datetime) -> Preview:
    """Return what other thresholds would have done with last week's posts of cases that somebody sees; nothing is kept."""
    posts = alarm_quality.bad_posts(conn, scope, since=now - WEEK, limit=MOST_POSTS)
    return preview(posts, now=now_in_force, tried=tried)


def _locked(conn: Connection, seen: AlarmThresholdsId) -> _Standing:
    """Return what counts, which nobody else changes until the transaction ends; `Conflict` where it is not what was `seen`."""
    before = _standing(conn)
    if seen != before.id:
        raise Conflict(
            _("%(agent)s has set other thresholds since you opened this page. Reload it to see them; nothing was changed.")
            % {"agent": before.agent}
        )
    return before


def _standing(conn: Connection) -> _Standing:
    alarm_thresholds.lock(conn)
    found = alarm_thresholds.newest(conn)
    if found is None:
        return _Standing(id=ENVIRONMENT_ID, thresholds=None, agent="Nobody")
    return _Standing(id=found.id, thresholds=found.thresholds, agent=found.agent)


def _set(conn: Connection, wanted: Thresholds | None, *, before: _Standing, agent_id: AgentId, now: datetime) -> AlarmThresholdsId:
    if wanted == before.thresholds:
        raise Refused(_("These are the thresholds in force already."))
    thresholds_id = alarm_thresholds.insert(conn, wanted, agent_id=agent_id, now=now)
    events.add(conn, EventKind.ALARM_THRESHOLDS_SET, now=now, agent_id=agent_id, thresholds_id=thresholds_id)
    return before.id
