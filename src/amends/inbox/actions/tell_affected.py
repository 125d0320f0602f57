"""Tells everybody whom an incident touched that it is mended, each in their language, each answer looked at by somebody.

Place in the path: an incident is fixed -> answers proposed -> approved, changed or skipped, one by one -> here, at the pace of each
source, everything is asked once more -> the replies, which send each once. What stops in between goes on where it was.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.incidents import incident_of
from amends.inbox.actions.reply import Manner, queue_reply
from amends.inbox.actions.send_reply import retry_reply
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules import telling as rule
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.holding import Held, Seen
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.incidents import understood
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.seen import mark
from amends.inbox.rules.telling import State, Why
from amends.inbox.rules.text import can_be_seen
from amends.inbox.rules.words import ReplyState
from amends.inbox.store import events, incident_affected, incident_answers, incident_rounds
from amends.inbox.store.incident_affected import Proposal
from amends.inbox.store.incident_answers import Answer, Approved
from amends.inbox.store.incident_rounds import Round

LONGEST_NOTE = 300


def write(  # noqa: PLR0913
    conn: Connection, incident_id: int, language: str, text: str, *, scope: Scope, agent_id: AgentId, now: datetime, seen: str = ""
) -> None:
    """Keep what people are told in a language; an empty text forgets it. What nobody touched says it anew, of the cases within `scope`.

    `seen` is the `mark` of the words that their writer saw, if they say so: `Conflict` where they were written anew since.
    """
    incident = incident_of(conn, incident_id)
    told = f"incident {incident.id} in {language}"
    unchanged(conn, told, lambda: incident_rounds.texts(conn, incident.id).get(language, ""), mark, seen)
    incident_rounds.put_text(conn, incident.id, language, rule.checked(text) if text.strip() else "")
    _tell(conn, incident_id, "written", agent_id, now)
    if round_of(conn, incident_id) is not None:
        propose(conn, incident_id, scope=scope, agent_id=agent_id, now=now)


def propose(conn: Connection, incident_id: int, *, scope: Scope, agent_id: AgentId, now: datetime) -> int:
    """Propose an answer for everybody whom it touches, those who joined since too; return how many are new or changed.

    Only for cases within `scope`, which is what the proposer sees. `Refused` while it is not fixed. What somebody decided stays as it is.
    """
    incident = incident_of(conn, incident_id)
    fixed_at = rule.since(incident.fixed_at)
    incident_rounds.begin(conn, incident.id, fixed_at=fixed_at, per_minute=rule.USUAL_PACE, agent_id=agent_id, now=now)
    there, texts = _running(conn, incident_id), incident_rounds.texts(conn, incident_id)
    touched = incident_affected.everybody(conn, scope, incident_id, fixed_at=fixed_at)
    texted = {one.case_id: bool(understood(texts, one.spoken)) for one in touched}
    proposals = [Proposal(affected=one, why=rule.why_not(one.person) or ("" if texted[one.case_id] else Why.NO_TEXT)) for one in touched]
    return incident_affected.propose(conn, scope, there.id, proposals)


def round_of(conn: Connection, incident_id: int) -> Round | None:
    """Return the round of an incident that is fixed, None where nothing was proposed yet."""
    return incident_rounds.of_incident(conn, incident_id, fixed_at=incident_of(conn, incident_id).fixed_at)


def steer(conn: Connection, incident_id: int, state: str, *, agent_id: AgentId, now: datetime) -> None:
    """Let the answers go (`running`), hold them (`paused`), or stop them (`stopped`); what went out stays out."""
    there = _running(conn, incident_id)
    if state not in {"running", "paused", "stopped"}:
        raise Refused(_("Answers run, are paused, or are stopped."))
    incident_rounds.set_state(conn, there.id, state)
    _tell(conn, incident_id, state, agent_id, now)


def set_pace(conn: Connection, incident_id: int, per_minute: int) -> None:
    """Settle how many answers go out a minute on one source."""
    incident_rounds.set_pace(conn, _running(conn, incident_id).id, rule.paced(per_minute))


def words_of(conn: Connection, incident_id: int, answers: Sequence[Answer], agent: str) -> dict[int, str]:
    """Return what each answer says: as somebody changed it, else the template with the person's values; `agent` would send it."""
    incident, texts = incident_of(conn, incident_id), incident_rounds.texts(conn, incident_id)
    return {one.id: one.text or rule.written(texts, _spoken_by(one), _values(one, incident.name, agent)) for one in answers}


def approve(  # noqa: PLR0913
    conn: Connection, answer: Answer, text: str, *, parts: Sequence[str], seen: Seen, agent_id: AgentId, now: datetime
) -> None:
    """Let one answer go, in these words; `seen` is how far its approver had seen the case.

    `Conflict` where it is approved in other words: that is taken back first.
    """
    if not can_be_seen(text):
        raise Refused(_("An answer needs some words."))
    if answer.state == State.APPROVED and answer.text != text.strip():
        raise Conflict(_("A colleague has decided about this answer meanwhile; look at it again."))
    if answer.state == State.SKIPPED and answer.why in rule.FOR_GOOD:
        raise Refused(_("This person cannot be told: %(why)s.") % {"why": rule.WHYS[Why(answer.why)]})
    overruled = answer.why if answer.state == State.SKIPPED else ""
    _decided(
        incident_answers.decide(
            conn,
            answer.id,
            was=answer.state,
            state=State.APPROVED,
            text=text.strip(),
            parts=parts,
            seen=seen,
            why=overruled,
            agent_id=agent_id,
            now=now,
        )
    )


def skip(conn: Connection, answer: Answer, note: str, *, agent_id: AgentId, now: datetime) -> None:
    """Leave somebody out, and keep why."""
    words = " ".join(note.split())[:LONGEST_NOTE]
    _decided(
        incident_answers.decide(
            conn, answer.id, was=answer.state, state=State.SKIPPED, why=Why.BY_HAND, note=words, agent_id=agent_id, now=now
        )
    )


def look_again(conn: Connection, answer: Answer, *, agent_id: AgentId, now: datetime) -> None:
    """Propose one answer again that was approved or left out; one that failed is tried again as it is."""
    if answer.reply_id is not None and answer.reply_state == ReplyState.FAILED:
        retry_reply(conn, reply_id=answer.reply_id, agent_id=agent_id, now=now)
        return
    if answer.state == State.SKIPPED and answer.why in rule.FOR_GOOD:
        raise Refused(_("This person cannot be told: %(why)s.") % {"why": rule.WHYS[Why(answer.why)]})
    _decided(incident_answers.decide(conn, answer.id, was=answer.state, state=State.PROPOSED, text=answer.text, agent_id=agent_id, now=now))


def hand_over_one(conn: Connection, *, policy: Policy, now: datetime) -> bool:
    """Hand the next approved answer to the replies, where its person may still be told; False where none may go now."""
    next_one = incident_answers.claim(conn, now=now)
    if next_one is None:
        return False
    why = _why_not(conn, next_one)
    if why is not None:
        incident_answers.put_back(conn, next_one.id, state=State.SKIPPED, why=why)
        return True
    _hand_over(conn, next_one, policy, now)
    return True


def _hand_over(conn: Connection, answer: Approved, policy: Policy, now: datetime) -> None:
    manner = Manner(parts=tuple(answer.parts), seen=Seen(posts=answer.seen_posts, reply=answer.seen_reply))
    try:
        with conn.transaction(), events.because(conn, {"incident": answer.incident_id}):
            reply_id = queue_reply(
                conn,
                case_id=answer.case_id,
                agent_id=answer.agent_id,
                text=answer.text,
                manner=manner,
                policy=policy,
                now=now,
            )
    except Held:
        incident_answers.put_back(conn, answer.id, state=State.PROPOSED, why=Why.WROTE)
    except (Refused, NotFound) as error:
        incident_answers.put_back(conn, answer.id, state=State.SKIPPED, why=Why.REFUSED, note=str(error)[:LONGEST_NOTE])
    else:
        incident_answers.hand_over(conn, answer.id, reply_id, now=now)


def _why_not(conn: Connection, answer: Approved) -> Why | None:
    there = incident_affected.one(conn, answer.incident_id, answer.case_id, fixed_at=answer.fixed_at)
    if there is None:
        return Why.GONE
    return rule.why_not(there.person, by_hand=answer.by_hand)


def _running(conn: Connection, incident_id: int) -> Round:
    found = round_of(conn, incident_id)
    if found is None:
        raise Conflict(_("No answers are proposed yet."))
    return found


def _spoken_by(answer: Answer) -> list[str]:
    return [answer.language, *answer.languages]


def _values(answer: Answer, incident: str, agent: str) -> Mapping[str, str | int]:
    return {
        "customer.name": answer.customer,
        "customer.first_name": answer.customer.partition(" ")[0],
        "customer.handle": answer.handle,
        "agent.name": agent,
        "agent.first_name": agent.partition(" ")[0],
        "brand": answer.brand,
        "incident": incident,
        "case.id": answer.case_id,
        "lang": answer.language,
        "network": answer.network,
    }


def _decided(changed: bool) -> None:
    if not changed:
        raise Conflict(_("This answer is on its way already, or a colleague was faster; look at it again."))


def _tell(conn: Connection, incident_id: int, change: str, agent_id: AgentId, now: datetime) -> None:
    events.add(conn, EventKind.INCIDENT_ANSWERS, now=now, agent_id=agent_id, incident_id=incident_id, change=change)
