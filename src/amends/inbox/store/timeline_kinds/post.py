"""What the customer posted, by all their handles; rows of one moment come together, since the index of an author's posts knows no id."""

from amends.core.database import Connection, fetch_all
from amends.core.translating import N_
from amends.inbox.store import scopes
from amends.inbox.store.timeline_kinds._entry import Asked, Entry

NAME = N_("Posts")


def rows(conn: Connection, asked: Asked) -> list[Entry]:
    """Return posts, as far as the reader sees them."""
    return fetch_all(
        conn,
        Entry,
        """
        select 'post' as kind, p.id, p.published_at as at, p.text, p.network, p.case_id, a.handle as by,
               coalesce(v.sentiment, '') as mood, coalesce(v.language, p.language_hint) as language,
               jsonb_build_object('permalink', p.permalink, 'deleted', p.deleted_at is not null, 'edited', p.edited_at is not null,
                                  'shared', p.shared_id is not null, 'pictures', jsonb_array_length(p.media),
                                  'private', p.visibility not in ('public', 'unlisted')) as facts
        from (
          select one.* from unnest(%(authors)s::bigint[]) handle(author_id)
          cross join lateral (
            select * from posts
            where author_id = handle.author_id and published_at <= %(at)s and (published_at, id) < (%(at)s, %(id)s)
              and (%(part)s = '' or text ilike %(part)s)
        """
        + scopes.posts_within(asked.scope)
        + """
            order by published_at desc fetch first %(limit)s rows with ties
          ) one
          order by one.published_at desc, one.id desc limit %(limit)s
        ) p
        join authors a on a.id = p.author_id left join verdicts v on v.post_id = p.id
        order by p.published_at desc, p.id desc
        """,
        asked.params("post"),
    )
