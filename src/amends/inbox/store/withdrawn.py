"""SQL of posts that the network deleted or hid: every word of theirs goes, and what is nobody's words remains."""

from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import PostId, SourceId
from amends.inbox.store.incoming import Touched


def blank(conn: Connection, *, source_id: SourceId, post_ids: Sequence[PostId], now: datetime) -> list[Touched]:
    """Take what these posts said out of every table that keeps it, and return them; they never come back.

    The address goes too, since some networks put the words of a title into it. In the ledger one entry remains, by which the row that
    is left can be rebuilt.
    """
    return fetch_all(
        conn,
        Touched,
        """
        with locked as (select id from posts where id = any(%(ids)s) and deleted_at is null order by id for no key update
        ), blanked as (
          update posts p set text = '', media = '[]', mentions = '{}', permalink = '', region = '', reworded = false, deleted_at = %(now)s
          from locked where p.id = locked.id
          returning p.*
        ), forgotten as (
          delete from raw_bodies r using blanked b where r.source_id = %(source_id)s and r.external_id = b.external_id
        ), remembered as (
          insert into raw_bodies (source_id, external_id, seen_at, facts)
          select b.source_id, b.external_id, %(now)s, jsonb_build_object('language_hint', b.language_hint, 'published_at', b.published_at,
            'edited_at', b.edited_at, 'seen_at', b.seen_at, 'root_id', b.root_id, 'parent_id', b.parent_id, 'quoted_id', b.quoted_id,
            'shared_id', b.shared_id, 'metrics', b.metrics, 'visibility', b.visibility, 'is_own', b.is_own, 'can_reply', b.can_reply,
            'why_no_reply', b.why_no_reply, 'beside', b.beside, 'seen_by', b.seen_by, 'author', jsonb_build_object(
              'external_id', a.external_id, 'handle', a.handle, 'name', a.name, 'followers', a.followers, 'verified', a.verified,
              'avatar_url', a.avatar_url))
          from blanked b join authors a on a.id = b.author_id order by b.id
        ), outdated as (
          delete from post_versions v using blanked b where v.post_id = b.id
        ), unlearnt as (
          delete from topic_examples e using blanked b where e.post_id = b.id
        ), unmarked as (
          delete from relevance_examples e using blanked b where e.post_id = b.id
        ), unread as (
          delete from readings r using blanked b where r.post_id = b.id
        )
        select id, external_id, case_id from blanked
        """,
        {"source_id": source_id, "ids": list(post_ids), "now": now},
    )
