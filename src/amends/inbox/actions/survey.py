"""Asks customers whether it is solved, and hears what they say. Place in the path: resolve -> survey due -> sent -> answered -> follow-up.

A survey goes out only with the customer's consent in force at that moment: by mail, or as an answer on the network that waits for approval.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import AmendsError, DeliveryError, NotFound, Refused
from amends.core.secrets import fingerprint
from amends.core.translating import _
from amends.inbox.actions.follow_up import customer_said
from amends.inbox.actions.letters import Letter
from amends.inbox.actions.reply import Manner, queue_reply
from amends.inbox.actions.survey_links import is_ours, new_link
from amends.inbox.rules.approving import Why
from amends.inbox.rules.consent import Purpose, Target, permits
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import ReplyId
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.survey_words import LETTERS, ON_NETWORK, PAGE, filled
from amends.inbox.rules.surveys import LASTS, LONGEST_WORD, MARKS, ONCE_IN, Answer, Skip, Standing, Way, next_try, way_of
from amends.inbox.rules.text import storable
from amends.inbox.store import consents, contact_ways, events, follow_up_evidence, survey_texts, surveys
from amends.inbox.store.surveys import Asked, SurveyJob

LEASE = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """A claimed survey: the letter to hand over, or None where nothing is left to do outside the database."""

    job: SurveyJob
    letter: Letter | None = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """What the installation asks with: `can_mail` where it has a mail server, `base` the address that links begin with."""

    can_mail: bool
    base: str
    secret_key: str = field(repr=False)
    policy: Policy


def claim_survey(conn: Connection, means: Means, *, now: datetime) -> Asking | None:
    """Claim the survey that is due, None where there is none; what must not be sent, or goes by the network, is done with at once."""
    job = surveys.claim(conn, now=now, until=now + LEASE, once_in=ONCE_IN)
    if job is None:
        return None
    agreed = _agreed(conn, job)
    way = way_of(agreed.standing, can_mail=means.can_mail)
    if isinstance(way, Skip):
        surveys.mark_skipped(conn, survey_id=job.id, why=way)
        return Asking(job=job, letter=None)
    token = new_link(means.secret_key)
    surveys.seal(conn, survey_id=job.id, token_hash=fingerprint(token), expires_at=now + LASTS)
    url = f"{means.base.rstrip('/')}/survey/{token}"
    if way is Way.EMAIL:
        return Asking(job=job, letter=_letter(conn, job, agreed.email, url))
    _propose(conn, job, url, means, now)
    return Asking(job=job, letter=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Agreed:
    """How a customer stands at this moment, and the address at which they agreed to be asked (empty: none)."""

    standing: Standing
    email: str


def _agreed(conn: Connection, job: SurveyJob) -> _Agreed:
    said = consents.in_force(conn, job.customer_id)

    def agreed(target: Target) -> bool:
        return permits(said, Purpose.SURVEY, target, do_not_contact=job.do_not_contact)

    ways = [way for way in contact_ways.of_customer(conn, job.customer_id) if way.kind == "email" and way.removed_at is None]
    emails = [way.value for way in sorted(ways, key=lambda way: way.verified_at is None) if agreed(Target(contact_way_id=way.id))]
    may_answer = job.on_network and job.can_reply and job.resolved_by is not None
    standing = Standing(
        going_on=job.going_on,
        erased=job.erased,
        do_not_contact=job.do_not_contact,
        asked_lately=job.asked_lately,
        email_agreed=bool(emails),
        network_agreed=may_answer and agreed(Target(author_id=job.author_id)),
    )
    return _Agreed(standing=standing, email=emails[0] if emails else "")


def _letter(conn: Connection, job: SurveyJob, to: str, url: str) -> Letter:
    own = survey_texts.every(conn).get(job.language)
    subject, body = (own.subject, own.body) if own else LETTERS[job.language]
    return letter_of(job.language, subject, body, to=to, name=job.customer, brand=job.brand, url=url)


def letter_of(language: str, subject: str, body: str, *, to: str, name: str, brand: str, url: str) -> Letter:  # noqa: PLR0913
    """Return the letter that asks, with one link a mark; a link only chooses, what is sent is sent on the page behind it."""
    marks = "\n".join(f"{mark} {'★' * mark}{'☆' * (MARKS[-1] - mark)}  {url}?mark={mark}" for mark in reversed(MARKS))
    text = f"{filled(body, name=name, brand=brand)}\n\n{marks}"
    subject, button = filled(subject, name=name, brand=brand), PAGE[language]["title"]
    return Letter(to=to, subject=subject, text=text, url=url, button=button, language=language)


def _propose(conn: Connection, job: SurveyJob, url: str, means: Means, now: datetime) -> None:
    """Put the question into the list of answers that somebody approves; where the network takes none it is skipped."""
    if job.resolved_by is None:
        raise NotFound
    manner = Manner(read_first=(Why.SURVEY,))
    text = f"{ON_NETWORK[job.language]} {url}"
    try:
        reply_id = queue_reply(conn, case_id=job.case_id, agent_id=job.resolved_by, text=text, now=now, policy=means.policy, manner=manner)
    except AmendsError as error:
        surveys.mark_skipped(conn, survey_id=job.id, why=f"{Skip.NOT_DELIVERED}: {error}")
        return
    _sent(conn, job, Way.NETWORK, reply_id, now)


def record_asked(conn: Connection, job: SurveyJob, *, now: datetime) -> None:
    """Keep that the letter is with the mail server."""
    _sent(conn, job, Way.EMAIL, None, now)


def _sent(conn: Connection, job: SurveyJob, way: Way, reply_id: ReplyId | None, now: datetime) -> None:
    if surveys.mark_sent(conn, survey_id=job.id, way=way, reply_id=reply_id, now=now):
        events.add(conn, EventKind.SURVEY_SENT, now=now, case_id=job.case_id, survey_id=job.id, way=way)


def record_not_asked(conn: Connection, job: SurveyJob, error: DeliveryError, *, now: datetime) -> None:
    """Keep why the letter did not go: tried again later, or given up."""
    wait = None if error.permanent else next_try(job.attempts)
    if wait is None:
        surveys.mark_skipped(conn, survey_id=job.id, why=f"{Skip.NOT_DELIVERED}: {error}")
    else:
        surveys.try_later(conn, survey_id=job.id, why=str(error), at=now + wait)


def opened(conn: Connection, *, token: str, secret_key: str) -> Asked:
    """Return the survey that a link opens; looking at it changes nothing. `NotFound` where it is none of ours."""
    found = surveys.asked(conn, token_hash=fingerprint(token)) if is_ours(token, secret_key) else None
    if found is None:
        raise NotFound(_("This link leads nowhere."))
    return found


def answer(conn: Connection, asked: Asked, given: Answer, *, now: datetime) -> bool:
    """Keep what the customer says, once; False where there is an answer already or the link is too old. Whoever has the link may."""
    if given.csat is None and given.solved is None:
        raise Refused(_("An answer needs a mark, or whether it is solved."))
    word = storable(given.word).strip()[:LONGEST_WORD]
    kept = Answer(csat=given.csat, solved=given.solved, word=word)
    if now > asked.expires_at or not surveys.answer(conn, survey_id=asked.id, given=kept, now=now):
        return False
    events.add(conn, EventKind.SURVEY_ANSWERED, now=now, case_id=asked.case_id, survey_id=asked.id, csat=kept.csat, solved=kept.solved)
    if kept.says:
        follow_up_evidence.add_answer(conn, episode_id=asked.episode_id, survey_id=asked.id, says=kept.says, note=word, now=now)
        customer_said(conn, case_id=asked.case_id, episode_id=asked.episode_id, now=now)
    return True
