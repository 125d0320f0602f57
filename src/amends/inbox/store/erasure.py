"""SQL of forgetting somebody: every word by which they are known goes, and what is only counted stays.

What stays: that there were posts, cases, episodes and answers, when, of what mood and how they ended; that consent was given and revoked;
that colleagues opened the record. `tests/actions/test_erasing.py` looks for every table that may hold words of a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AuthorId, CaseId, CustomerId

NOBODY = "—"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Whether a record is still one of its own."""

    merged_into: int | None
    erased_at: datetime | None


def standing(conn: Connection, customer_id: CustomerId) -> Standing | None:
    """Return how the record stands, or None where there is none."""
    return fetch_maybe(conn, Standing, "select merged_into, erased_at from customers where id = %(id)s", {"id": customer_id})


def family(conn: Connection, customer_id: CustomerId) -> list[CustomerId]:
    """Return the customer and every record that became part of it."""
    return fetch_values(
        conn,
        """
        with recursive part as (
          select id from customers where id = %(id)s
          union select c.id from customers c join part on c.merged_into = part.id
        )
        select id from part order by id
        """,
        {"id": customer_id},
    )


def authors(conn: Connection, customers: Sequence[CustomerId]) -> list[AuthorId]:
    """Return their handles."""
    return fetch_values(
        conn, "select author_id from customer_links where customer_id = any(%(ids)s) order by author_id", {"ids": list(customers)}
    )


def open_cases(conn: Connection, customers: Sequence[CustomerId]) -> list[CaseId]:
    """Return their cases that are not over."""
    return fetch_values(
        conn,
        "select id from cases where customer_id = any(%(ids)s) and status in ('open', 'waiting', 'snoozed') order by id",
        {"ids": list(customers)},
    )


def is_answer_going_out(conn: Connection, customers: Sequence[CustomerId]) -> bool:
    """Tell whether an answer to them is on its way this very moment."""
    return fetch_values(
        conn,
        """
        select exists (
          select from replies r join cases c on c.id = r.case_id where c.customer_id = any(%(ids)s) and r.state = 'sending'
        )
        """,
        {"ids": list(customers)},
    )[0]


def blank_record(conn: Connection, customers: Sequence[CustomerId], *, now: datetime) -> None:
    """Empty the records themselves, with all that hangs on them but the numbers in other systems (`sync_news.add_erased`).

    Rows of files go by `import_forget`, before: they are found by the addresses that go here.
    """
    ids = {"ids": list(customers), "now": now, "nobody": NOBODY}
    execute(
        conn,
        """
        update customers set name = %(nobody)s, pronoun = '', languages = '{}', zone = '', loyalty_number = '', preferences = '',
          concerns = '', tags = '{}', attributes = '{}', owner_id = null, erased_at = %(now)s, changed_at = %(now)s, version = version + 1,
          do_not_contact_since = coalesce(do_not_contact_since, %(now)s)
        where id = any(%(ids)s)
        """,
        ids,
    )
    execute(conn, "update consents set contact_way_id = null, basis = '' where customer_id = any(%(ids)s)", ids)
    execute(conn, "update customer_changes set was = null, became = null, origin_note = '' where customer_id = any(%(ids)s)", ids)
    _blank_identity(conn, customers)
    execute(conn, "update privacy_requests set how = '' where customer_id = any(%(ids)s)", ids)
    execute(
        conn,
        """
        with secrets as (delete from sensitive_values where customer_id = any(%(ids)s)
        ), ways as (delete from contact_ways where customer_id = any(%(ids)s)
        ), bought as (delete from purchases where customer_id = any(%(ids)s)
        ), dates as (delete from important_dates where customer_id = any(%(ids)s)
        ), noted as (delete from customer_notes where customer_id = any(%(ids)s)
        ), filed as (delete from customer_files where customer_id = any(%(ids)s)
        )
        delete from memberships where customer_id = any(%(ids)s)
        """,
        ids,
    )
    _blank_exports(conn)
    _blank_messages(conn, customers)


def _blank_exports(conn: Connection) -> None:
    """Take away the files that were exported: they have everybody in them, so they go as a whole."""
    execute(
        conn,
        """
        with cleared as (update exports set state = 'cleared' where state = 'ready' returning id)
        delete from export_pieces p using cleared c where p.export_id = c.id
        """,
    )


def _blank_messages(conn: Connection, customers: Sequence[CustomerId]) -> None:
    """Take the words of surveys, of messages on occasions and of answers after an incident away; marks are counted and stay.

    A message on an occasion, or a survey, that waits as an answer does not go out any more, so it does not count as sent.
    """
    ids = {"ids": list(customers)}
    execute(
        conn,
        """
        with given as (
          select s.id, s.state = 'proposed' and r.state <> 'sent' as waits
          from surveys s left join replies r on r.id = s.reply_id where s.customer_id = any(%(ids)s)
        )
        update surveys s set word = '', sent_at = case when waits then null else sent_at end,
          state = case when waits then 'skipped' else state end, why = case when waits then 'erased' else why end
        from given where s.id = given.id
        """,
        ids,
    )
    execute(
        conn,
        """
        with given as (
          select m.id, m.state = 'sent' and r.state <> 'sent' as waits
          from occasion_messages m left join replies r on r.id = m.reply_id where m.customer_id = any(%(ids)s)
        )
        update occasion_messages m set subject = '', text = '', stop_hash = null,
          sent_at = case when waits then null else sent_at end,
          state = case when waits or state in ('proposed', 'queued', 'failed') then 'stopped' else state end
        from given where m.id = given.id
        """,
        ids,
    )
    execute(
        conn,
        """
        with given as (
          select a.id, exists (select from replies r where r.id = a.reply_id and r.state = 'sent') as is_out
          from incident_answers a where a.customer_id = any(%(ids)s)
        )
        update incident_answers a set text = '', parts = '{}', note = '',
          state = case when is_out then state else 'skipped' end, why = case when is_out then why else 'gone' end
        from given where a.id = given.id
        """,
        ids,
    )


def _blank_identity(conn: Connection, customers: Sequence[CustomerId]) -> None:
    """Empty what tied their handles to them, what merging made of the records, and who else they might have been."""
    ids = {"ids": list(customers)}
    execute(
        conn,
        """
        with tied as (
          update link_evidence e set note = '' from customer_links l where l.author_id = e.author_id and l.customer_id = any(%(ids)s)
        ), keyed as (
          delete from identity_keys k using customer_links l where l.author_id = k.author_id and l.customer_id = any(%(ids)s)
        ), waiting as (
          delete from identity_backlog where customer_id = any(%(ids)s)
        ), likened as (
          delete from match_suggestions where one_id = any(%(ids)s) or other_id = any(%(ids)s)
        )
        update merges set choices = '{}', before = '{}', after = '{}' where survivor_id = any(%(ids)s) or absorbed_id = any(%(ids)s)
        """,
        ids,
    )


def blank_cases(conn: Connection, customers: Sequence[CustomerId]) -> list[CaseId]:
    """Take the words of their cases away (previews, our answers, notes, drafts), and return the cases."""
    ids = {"ids": fetch_values(conn, "select id from cases where customer_id = any(%(ids)s) order by id", {"ids": list(customers)})}
    execute(
        conn,
        """
        update cases c set preview = '', reasons = array(
          select reason from unnest(c.reasons) with ordinality said(reason, place)
          where not exists (
            select from events e where e.case_id = c.id and e.kind = 'case_pressed' and e.facts ->> 'reason' = reason) order by place)
        where id = any(%(ids)s)
        """,
        ids,
    )
    execute(conn, "delete from drafts where case_id = any(%(ids)s)", ids)
    execute(
        conn,
        """
        delete from replies r where case_id = any(%(ids)s) and state <> 'sent'
          and not exists (select from reply_parts p where p.reply_id = r.id and p.external_id is not null)
        """,
        ids,
    )
    execute(conn, "update replies set text = '', proposed_text = null, error = '', permalink = '' where case_id = any(%(ids)s)", ids)
    execute(
        conn,
        """
        with parts as (
          update reply_parts p set text = '', permalink = '' from replies r where r.id = p.reply_id and r.case_id = any(%(ids)s)
        ), looks as (
          update reply_looks l set permalink = '' from replies r where r.id = l.reply_id and r.case_id = any(%(ids)s)
        ), pictures as (
          delete from reply_attachments where case_id = any(%(ids)s)
        ), said as (
          update note_mentions set said = '' where case_id = any(%(ids)s)
        ), noted as (
          update notes set text = '' where case_id = any(%(ids)s)
        ), promised as (
          update promises set text = '' where case_id = any(%(ids)s)
        ), belonged as (
          update incident_cases set reason = '', left_reason = '' where case_id = any(%(ids)s)
        ), concluded as (
          update follow_ups f set note = '' from follow_up_evidence v
          where v.episode_id = f.episode_id and v.note = f.note and f.case_id = any(%(ids)s)
        ), noticed as (
          update notifications set facts = facts - 'text' - 'note' where case_id = any(%(ids)s) and facts ?| '{text,note}'
        ), pressed as (
          update events set facts = facts - 'reason' where case_id = any(%(ids)s) and kind = 'case_pressed'
        ), judged as (
          update follow_up_evidence v set note = '' from episodes e where e.id = v.episode_id and e.case_id = any(%(ids)s)
        )
        update events set facts = facts - 'evidence' - 'text' - 'note' where case_id = any(%(ids)s) and facts ?| '{evidence,text,note}'
        """,
        ids,
    )
    return ids["ids"]


def blank_authors(conn: Connection, authors: Sequence[AuthorId]) -> None:
    """Take name and handle from their accounts, in the ledger too, and what tied them to a customer."""
    ids = {"ids": list(authors)}
    execute(
        conn,
        """
        update authors set external_id = 'erased:' || id, handle = 'erased', name = '', avatar_url = '', followers = null, verified = false
        where id = any(%(ids)s) and external_id <> 'deleted'
        """,
        ids,
    )
    execute(
        conn,
        """
        update raw_bodies r set facts = jsonb_set(r.facts, '{author}', jsonb_build_object('external_id', a.external_id,
          'handle', a.handle, 'name', a.name, 'followers', a.followers, 'verified', a.verified, 'avatar_url', a.avatar_url))
        from posts p join authors a on a.id = p.author_id
        where p.author_id = any(%(ids)s) and p.deleted_at is not null and r.source_id = p.source_id and r.external_id = p.external_id
          and r.facts ? 'author' and a.external_id <> 'deleted'
        """,
        ids,
    )
    execute(
        conn,
        """
        update events set facts = facts - 'evidence' where kind in ('customer_linked', 'customer_unlinked')
          and (facts ->> 'author_id')::bigint = any(%(ids)s)
        """,
        ids,
    )
