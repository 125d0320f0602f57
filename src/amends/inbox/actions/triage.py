"""Judges what was collected and puts it on the desk. Place in the path: event `post_received` -> here -> case, alert."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.clock import Clock
from amends.core.database import Connection
from amends.core.ports import Classifier, Reading
from amends.inbox.actions import alarm_thresholds, clocks, follow_up, give_out
from amends.inbox.actions.parts import Spoiled, in_parts
from amends.inbox.actions.topic_labels import save_topics
from amends.inbox.actions.tuning import tuning
from amends.inbox.rules import alerting
from amends.inbox.rules.alarm_thresholds import Thresholds
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AuthorId, CaseId, CustomerId, PostId
from amends.inbox.rules.placing import CaseState, Claimed, Placed, Thread, place
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.routing import Why, complains
from amends.inbox.rules.text import storable
from amends.inbox.rules.words import CaseStatus, Route
from amends.inbox.store import case_states, customers, earlier_complaints, events, looks, raised_alerts, untriaged
from amends.inbox.store import readings as stored_readings
from amends.triage.judge import Text, judge, unread
from amends.triage.tuning import Tuning
from amends.triage.verdict import Verdict

_TOLD_AS = {Route.OPEN: EventKind.CASE_OPENED, Route.APPEND: EventKind.POST_JOINED, Route.REOPEN: EventKind.CASE_REOPENED}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Joined:
    """A post that is now part of a stored case."""

    placed: Placed
    case_id: CaseId


def triage_pending(conn: Connection, *, classifier: Classifier, policy: Policy, clock: Clock, limit: int = 50) -> int:
    """Triage at most `limit` posts, the oldest first, and return how many; safe to run many at once.

    It takes the clock and not `now`, since the model takes its time and a post is triaged when that has spoken.
    """
    claimed = untriaged.claim(conn, limit=limit)
    if not claimed:
        return 0
    verdicts = _judge(conn, claimed, classifier, tuning(conn))
    now = clock()
    untriaged.lock_authors(conn, [post.author_id for post in claimed])
    spoiled = in_parts(conn, claimed, lambda posts: _put_on_desk(conn, posts, verdicts, policy, now))
    plain = {one.item.id: unread(one.why) for one in spoiled}
    for hopeless in in_parts(conn, [one.item for one in spoiled], lambda posts: _put_on_desk(conn, posts, plain, policy, now)):
        _set_aside(conn, hopeless, now)
    return len(claimed)


def _put_on_desk(conn: Connection, claimed: Sequence[Claimed], verdicts: Mapping[PostId, Verdict], policy: Policy, now: datetime) -> None:
    """Route the posts, open and change their cases, and raise what alarms they call for."""
    before = case_states.lock(conn, [post.thread for post in claimed])
    placed, changed = place(claimed, verdicts, before)
    case_ids = _save_cases(conn, changed, claimed, now)
    _save_posts(conn, placed, case_ids, now)
    joined = [_Joined(placed=one, case_id=case_ids[one.post.thread]) for one in placed if one.case_number is not None]
    _begin_episodes(conn, joined, now)
    looks.plan(conn, case_ids=[one.case_id for one in joined], now=now, after=policy.look_after)
    _tell(conn, joined, now)
    give_out.want(conn, {one.case_id: one.placed.post.source_id for one in joined if one.placed.begins_episode})
    _tell_woken(conn, [case for thread, case in before.items() if thread in changed], now)
    follow_up.reopened_by_post(conn, [(one.case_id, one.placed) for one in joined if one.placed.route is Route.REOPEN], now=now)
    clocks.keep(conn, sorted({one.case_id for one in joined}), now=now)
    follow_up.stir(conn, [one.post.author_id for one in placed if one.verdict and complains(one.verdict)])
    _raise_alerts(conn, joined, alarm_thresholds.in_force(conn, policy.alert), now)


def _set_aside(conn: Connection, hopeless: Spoiled[Claimed], now: datetime) -> None:
    """Keep a post beside the desk that no case can be made of, with the reason, rather than try it for ever."""
    why = storable(Why.SET_ASIDE.of(hopeless.why))
    aside = Placed(post=hopeless.item, verdict=unread(hopeless.why), route=Route.IGNORE, why=why)
    _save_posts(conn, [aside], {}, now)
    events.add_all(conn, [events.Event(kind=EventKind.POST_SET_ASIDE, post_id=aside.post.id, facts={"why": aside.why})], now=now)


def _judge(conn: Connection, claimed: Iterable[Claimed], classifier: Classifier, tuned: Tuning) -> dict[PostId, Verdict]:
    """Return a verdict on every post that may become work; one over which the judge stumbles asks for a person."""
    verdicts: dict[PostId, Verdict] = {}
    work = [post for post in claimed if not post.incoming.is_context]
    earlier = earlier_complaints.count(conn, work)

    def read(posts: Sequence[Claimed]) -> None:
        texts = [_text(post, earlier.get(post.id, 0)) for post in posts]
        verdicts.update({post.id: verdict for post, verdict in zip(posts, judge(texts, classifier, tuned), strict=True)})

    spoiled = in_parts(conn, work, read)
    return verdicts | {one.item.id: unread(one.why) for one in spoiled}


def _text(post: Claimed, earlier: int) -> Text:
    return Text(
        text=post.text,
        language_hint=post.language_hint,
        followers=post.followers,
        source_id=post.source_id,
        earlier_complaints=earlier,
        repeats=post.repeats,
    )


def _save_cases(conn: Connection, changed: dict[Thread, CaseState], claimed: Sequence[Claimed], now: datetime) -> dict[Thread, CaseId]:
    """Store opened and changed cases and return the id of each."""
    known = [case for case in changed.values() if case.id is not None]
    case_states.update(conn, known)
    opened = {thread: case for thread, case in changed.items() if case.id is None}
    posts = {post.thread: post for post in claimed}
    owners = _customers(conn, [posts[thread] for thread in opened], now)
    ids = case_states.insert(conn, [_opened(case, posts[thread], owners) for thread, case in opened.items()])
    return ids | {thread: case.id for thread, case in changed.items() if case.id is not None}


def _opened(case: CaseState, post: Claimed, owners: Mapping[AuthorId, CustomerId]) -> case_states.NewCase:
    return case_states.NewCase(
        state=case, brand_id=post.brand_id, network=post.network, region=post.region, customer_id=owners[case.author_id]
    )


def _customers(conn: Connection, posts: Sequence[Claimed], now: datetime) -> dict[AuthorId, CustomerId]:
    names = {post.author_id: post.author_name for post in posts}
    known = customers.of_authors(conn, list(names))
    unknown = {author_id: name for author_id, name in names.items() if author_id not in known}
    return known | customers.make(conn, unknown, now=now)


def _save_posts(conn: Connection, placed: Sequence[Placed], case_ids: dict[Thread, CaseId], now: datetime) -> None:
    rows = [(one, case_ids[one.post.thread] if one.case_number is not None else None) for one in placed]
    untriaged.save_routes(conn, rows, now=now)
    untriaged.save_verdicts(conn, placed, now=now)
    for encoder, readings in _read_by(placed).items():
        stored_readings.save(conn, readings, encoder=encoder)
    save_topics(conn, {one.post.id: one.verdict for one in placed if one.verdict is not None})


def _read_by(placed: Sequence[Placed]) -> dict[str, dict[PostId, Reading]]:
    """Return what was read of the posts, by the model that read it."""
    found: dict[str, dict[PostId, Reading]] = {}
    for one in placed:
        if one.verdict is not None and one.verdict.reading is not None:
            found.setdefault(one.verdict.encoder, {})[one.post.id] = one.verdict.reading
    return found


def _begin_episodes(conn: Connection, joined: Sequence[_Joined], now: datetime) -> None:
    case_states.begin_episodes(conn, [(one.placed, one.case_id) for one in joined if one.placed.begins_episode], now=now)


def _tell(conn: Connection, joined: Sequence[_Joined], now: datetime) -> None:
    """Write what happened to the cases; the facts say why and, where an episode began, which."""
    told = [
        events.Event(
            kind=_TOLD_AS[one.placed.route],
            case_id=one.case_id,
            post_id=one.placed.post.id,
            source_id=one.placed.post.source_id,
            facts={"why": one.placed.why, "episode": one.placed.episode},
        )
        for one in joined
    ]
    events.add_all(conn, told, now=now)


def _tell_woken(conn: Connection, before: Iterable[CaseState], now: datetime) -> None:
    """Write which of the cases slept until their customers wrote."""
    slept = [case.id for case in before if case.status == CaseStatus.SNOOZED]
    told = [events.Event(kind=EventKind.CASE_WOKEN, case_id=case_id, facts={"woken_by": "customer"}) for case_id in slept]
    events.add_all(conn, told, now=now)


def _raise_alerts(conn: Connection, joined: Sequence[_Joined], thresholds: Thresholds, now: datetime) -> None:
    """Raise the alarms that these posts call for, at most one a case within the cool-down."""
    last = raised_alerts.last_raised(conn, [one.case_id for one in joined])
    raises: list[raised_alerts.Raise] = []
    for one in joined:
        post, verdict = one.placed.post, one.placed.verdict
        before = last.get(one.case_id, alerting.SILENT)
        heard = alerting.Heard(published_at=post.published_at, followers=post.followers, rung=before)
        alarm = alerting.decide(verdict, heard, thresholds=thresholds, now=now) if verdict else None
        if alarm:
            raises.append(raised_alerts.Raise(case_id=one.case_id, post_id=post.id, alarm=alarm))
            last[one.case_id] = before.again(alarm.severity, now)
    raised = raised_alerts.insert(conn, raises, now=now)
    events.add_all(conn, [_alert_event(alert) for alert in raised], now=now)


def _alert_event(alert: raised_alerts.Raised) -> events.Event:
    return events.Event(
        kind=EventKind.ALERT_RAISED,
        case_id=alert.case_id,
        post_id=alert.post_id,
        facts={"alert_id": alert.id, "rule": alert.rule, "severity": alert.severity, "reason": alert.reason},
    )
