"""Settles when a single negative post rings. Place in the path: page When a post rings -> here -> every post from then on."""

from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import N_, _
from amends.core.written import number
from amends.inbox.actions.setting_history import History, Version
from amends.inbox.rules.alarm_quality import Preview, preview
from amends.inbox.rules.alarm_thresholds import LONGEST_COOLDOWN, MOST_FOLLOWERS, NEVER, Thresholds, wrong_in
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, AlarmThresholdsId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import alarm_quality, alarm_thresholds, events
from amends.inbox.store.alarm_thresholds import SetThresholds

ENVIRONMENT_ID = AlarmThresholdsId(0)
"""Stands for the thresholds of the environment, which have no row."""
WEEK = timedelta(days=7)
MOST_POSTS = 20_000


def in_force(conn: Connection, otherwise: Thresholds) -> Thresholds:
    """Return the thresholds that count: those set last, `otherwise` where nobody set any."""
    return HISTORY.in_force(conn).value or otherwise


def set_thresholds(
    conn: Connection, thresholds: Thresholds | None, *, instead_of: AlarmThresholdsId, agent_id: AgentId, now: datetime
) -> AlarmThresholdsId:
    """Let `thresholds` count from now on (None: the environment's), and return which counted before.

    `Conflict` where those are not the ones somebody saw.
    """
    wanted = thresholds and checked(thresholds)
    before = HISTORY.replaced(conn, wanted, instead_of=instead_of)
    thresholds_id = alarm_thresholds.insert(conn, wanted, agent_id=agent_id, now=now)
    events.add(conn, EventKind.ALARM_THRESHOLDS_SET, now=now, agent_id=agent_id, thresholds_id=thresholds_id)
    return before.id


def bring_back(
    conn: Connection, thresholds_id: AlarmThresholdsId, *, instead_of: AlarmThresholdsId, agent_id: AgentId, now: datetime
) -> AlarmThresholdsId:
    """Let earlier thresholds count again (0: the environment's), as a new row; return which counted before."""
    return set_thresholds(conn, HISTORY.earlier(conn, thresholds_id), instead_of=instead_of, agent_id=agent_id, now=now)


def checked(entered: Thresholds) -> Thresholds:
    """Return the thresholds; `Refused` says what does not fit."""
    told = {
        "urgency": _("Urgency is a whole number from 0 to %(most)s; %(most)s never rings.") % {"most": NEVER},
        "followers": _("Followers are a whole number from 0 to %(most)s.") % {"most": number(MOST_FOLLOWERS)},
        "cooldown": _("The rest of a case is a whole number of minutes from 0 to %(most)s.")
        % {"most": number(LONGEST_COOLDOWN // timedelta(minutes=1))},
    }
    if wrong := wrong_in(entered):
        raise Refused(" ".join(told[name] for name in wrong))
    return entered


def past_week(conn: Connection, scope: Scope, *, now_in_force: Thresholds, tried: Thresholds, now: datetime) -> Preview:
    """Return what other thresholds would have done with last week's posts of cases that somebody sees; nothing is kept."""
    posts = alarm_quality.bad_posts(conn, scope, since=now - WEEK, limit=MOST_POSTS)
    return preview(posts, now=now_in_force, tried=tried)


def _version(row: SetThresholds | None) -> Version[AlarmThresholdsId, Thresholds | None] | None:
    return Version(id=row.id, value=row.thresholds, agent=row.agent) if row else None


HISTORY: History[AlarmThresholdsId, Thresholds | None] = History(
    first=Version(id=ENVIRONMENT_ID, value=None),
    lock=alarm_thresholds.lock,
    newest=lambda conn: _version(alarm_thresholds.newest(conn)),
    find=lambda conn, thresholds_id: _version(alarm_thresholds.find(conn, thresholds_id)),
    newer=N_("%(agent)s has set other thresholds since you opened this page. Reload it to see them; nothing was changed."),
    absent=N_("There are no such thresholds."),
    same=N_("These are the thresholds in force already."),
)
