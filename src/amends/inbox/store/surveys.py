"""SQL of surveys: the question whether it is solved, one an episode, from planned to answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe
from amends.core.translating import ENGLISH, NATIVE_NAMES
from amends.inbox.rules.ids import AgentId, AuthorId, CaseId, CustomerId, EpisodeId, ReplyId, SurveyId
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.surveys import Answer
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyJob:
    """A survey to send, with all that says whether it may go and which way."""

    id: SurveyId
    case_id: CaseId
    episode_id: EpisodeId
    customer_id: CustomerId
    customer: str
    brand: str
    language: str
    attempts: int
    on_network: bool
    going_on: bool
    erased: bool
    do_not_contact: bool
    asked_lately: bool
    author_id: AuthorId
    can_reply: bool
    resolved_by: AgentId | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A survey as its link shows it; `episode_id` is that of the newest resolution, which a late answer speaks of."""

    id: SurveyId
    case_id: CaseId
    episode_id: EpisodeId
    brand: str
    language: str
    expires_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyRow:
    """A survey as a case or a customer shows it."""

    id: SurveyId
    case_id: CaseId
    episode: int
    state: str
    why: str
    way: str
    language: str
    due_at: datetime
    sent_at: datetime | None
    expires_at: datetime | None
    answered_at: datetime | None
    csat: int | None
    solved: bool | None
    word: str


def plan(conn: Connection, *, case_id: CaseId, episode: int, due_at: datetime, on_network: bool) -> None:
    """Plan to ask the customer of a resolved episode: in the language of the case, in whatever letters, or one that they know, of ours."""
    execute(
        conn,
        """
        insert into surveys (episode_id, case_id, customer_id, language, on_network, due_at, next_at)
        select e.id, c.id, c.customer_id, coalesce((
            select split_part(spoken, '-', 1) from unnest(array[c.language] || u.languages) with ordinality as known(spoken, place)
            where split_part(spoken, '-', 1) = any(%(ours)s) order by place limit 1
          ), %(english)s), %(on_network)s, %(due_at)s, %(due_at)s
        from cases c join episodes e on e.case_id = c.id and e.number = %(episode)s join customers u on u.id = c.customer_id
        where c.id = %(case_id)s
        on conflict (episode_id) do nothing
        """,
        {
            "case_id": case_id,
            "episode": episode,
            "due_at": due_at,
            "on_network": on_network,
            "ours": list(NATIVE_NAMES),
            "english": ENGLISH,
        },
    )


def cancel(conn: Connection, *, case_ids: Sequence[CaseId], why: str) -> None:
    """Let what has not gone out stay here."""
    execute(
        conn,
        "update surveys set state = 'cancelled', why = %(why)s where case_id = any(%(ids)s) and state in ('planned', 'sending')",
        {"ids": list(case_ids), "why": why},
    )


def plan_again(conn: Connection, *, case_id: CaseId, why: str) -> None:
    """Let the survey of a case's episode go out after all that was cancelled for that reason."""
    execute(
        conn,
        """
        update surveys s set state = 'planned', why = '' from cases c join episodes e on e.case_id = c.id and e.number = c.episode
        where c.id = %(case_id)s and s.episode_id = e.id and s.state = 'cancelled' and s.why = %(why)s
        """,
        {"case_id": case_id, "why": why},
    )


def claim(conn: Connection, *, now: datetime, until: datetime, once_in: timedelta) -> SurveyJob | None:
    """Claim the survey that is due longest until `until`, or None. Whether the customer agreed is asked of the log of consent."""
    return fetch_maybe(
        conn,
        SurveyJob,
        """
        with due as (
          select id from surveys
          where state in ('planned', 'sending') and next_at <= %(now)s and (state = 'planned' or claimed_until <= %(now)s)
          order by next_at, id limit 1 for update skip locked
        ), claimed as (
          update surveys s set state = 'sending', claimed_until = %(until)s, attempts = attempts + 1
          from due where s.id = due.id returning s.*
        )
        select s.id, s.case_id, s.episode_id, c.customer_id, u.name as customer, b.name as brand, s.language, s.attempts, s.on_network,
          c.status <> 'resolved' or e.number <> c.episode as going_on, u.erased_at is not null as erased,
          u.do_not_contact_since is not null as do_not_contact,
          exists (select from surveys o where o.customer_id = c.customer_id and o.sent_at > %(now)s - %(once_in)s) as asked_lately,
          c.author_id,
          coalesce((
            select p.can_reply from posts p where p.case_id = c.id and p.case_number is not null and p.deleted_at is null
            order by p.can_reply desc, p.published_at desc, p.id desc limit 1
          ), false) as can_reply, g.id as resolved_by
        from claimed s
        join cases c on c.id = s.case_id join episodes e on e.id = s.episode_id join customers u on u.id = c.customer_id
        join brands b on b.id = c.brand_id left join agents g on g.id = e.resolved_by and g.active
        """,
        {"now": now, "until": until, "once_in": once_in},
    )


def seal(conn: Connection, *, survey_id: SurveyId, token_hash: bytes, expires_at: datetime) -> None:
    """Keep the fingerprint of the one link that answers the survey; an earlier link opens nothing any more."""
    query = "update surveys set token_hash = %(hash)s, expires_at = %(expires_at)s where id = %(id)s"
    execute(conn, query, {"id": survey_id, "hash": token_hash, "expires_at": expires_at})


def mark_sent(conn: Connection, *, survey_id: SurveyId, way: str, reply_id: ReplyId | None, now: datetime) -> bool:
    """Keep that it is on its way, or waits for approval; False where it was cancelled meanwhile."""
    return bool(
        execute(
            conn,
            """
            update surveys
            set state = case when %(way)s = 'network' then 'proposed' else 'sent' end, way = %(way)s, reply_id = %(reply_id)s,
              sent_at = %(now)s, claimed_until = null
            where id = %(id)s and state = 'sending'
            """,
            {"id": survey_id, "way": way, "reply_id": reply_id, "now": now},
        )
    )


def mark_skipped(conn: Connection, *, survey_id: SurveyId, why: str) -> None:
    """Keep why it does not go."""
    execute(
        conn, "update surveys set state = 'skipped', why = %(why)s, claimed_until = null where id = %(id)s", {"id": survey_id, "why": why}
    )


def try_later(conn: Connection, *, survey_id: SurveyId, why: str, at: datetime) -> None:
    """Try it again at `at`."""
    execute(
        conn,
        """
        update surveys set state = 'planned', why = %(why)s, next_at = %(at)s, claimed_until = null where id = %(id)s and state = 'sending'
        """,
        {"id": survey_id, "why": why, "at": at},
    )


def asked(conn: Connection, *, token_hash: bytes) -> Asked | None:
    """Return the survey that a link opens, with the resolution that an answer speaks of now; None also of somebody who was forgotten."""
    return fetch_maybe(
        conn,
        Asked,
        """
        select s.id, s.case_id, coalesce((
            select e.id from episodes e where e.case_id = s.case_id and e.resolved_at is not null order by e.number desc limit 1
          ), s.episode_id) as episode_id, b.name as brand, s.language, s.expires_at, s.answered_at
        from surveys s join cases c on c.id = s.case_id join brands b on b.id = c.brand_id join customers u on u.id = c.customer_id
        where s.token_hash = %(hash)s and s.expires_at is not null and u.erased_at is null
        """,
        {"hash": token_hash},
    )


def answer(conn: Connection, *, survey_id: SurveyId, given: Answer, now: datetime) -> bool:
    """Keep the answer; False where there is one already."""
    return bool(
        execute(
            conn,
            """
            update surveys set state = 'answered', answered_at = %(now)s, csat = %(csat)s, solved = %(solved)s, word = %(word)s
            where id = %(id)s and answered_at is null
            """,
            {"id": survey_id, "csat": given.csat, "solved": given.solved, "word": given.word, "now": now},
        )
    )


_ROWS: LiteralString = """
select s.id, s.case_id, e.number as episode, s.state, s.why, s.way, s.language, s.due_at, s.sent_at, s.expires_at, s.answered_at, s.csat,
  s.solved, s.word
from surveys s join episodes e on e.id = s.episode_id
"""


def of_case(conn: Connection, *, case_id: int) -> list[SurveyRow]:
    """Return the surveys of a case, the newest first."""
    return fetch_all(conn, SurveyRow, _ROWS + " where s.case_id = %(id)s order by s.id desc limit 20", {"id": case_id})


def of_customer(conn: Connection, *, customer_id: int, scope: Scope) -> list[SurveyRow]:
    """Return what a customer answered in cases within `scope`, the newest first."""
    query = _ROWS + " join cases c on c.id = s.case_id where s.customer_id = %(id)s and s.answered_at is not null" + scopes.within(scope)
    return fetch_all(conn, SurveyRow, query + " order by s.answered_at desc limit 20", {"id": customer_id} | scopes.params(scope))
