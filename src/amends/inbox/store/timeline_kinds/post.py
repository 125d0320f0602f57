"""What the customer posted, by all their handles; rows of one moment come together, since the index of an author's posts knows no id."""

from typing import LiteralString

from amends.core.translating import N_
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes

NAME = N_("Posts")


def rows(scope: Scope) -> LiteralString:
    """Return the SQL of posts, as far as the reader sees them."""
    return (
        """
        select 'post' as kind, p.id, p.published_at as at, p.text, '' as detail, p.network, p.case_id, a.handle as by,
               coalesce(v.sentiment, '') as mood, coalesce(v.language, p.language_hint) as language,
               jsonb_build_object('permalink', p.permalink, 'deleted', p.deleted_at is not null, 'edited', p.edited_at is not null,
                                  'shared', p.shared_id is not null, 'pictures', jsonb_array_length(p.media),
                                  'private', p.visibility not in ('public', 'unlisted')) as facts
        from (
          select one.* from customer_links handle
          cross join lateral (
            select * from posts
            where author_id = handle.author_id and published_at <= %(at)s and (published_at, id) < (%(at)s, %(below_post)s)
              and (%(part)s = '' or text ilike %(part)s)
        """
        + scopes.posts_within(scope)
        + """
            order by published_at desc fetch first %(limit)s rows with ties
          ) one
          where handle.customer_id = %(customer_id)s
          order by one.published_at desc, one.id desc limit %(limit)s
        ) p
        join authors a on a.id = p.author_id left join verdicts v on v.post_id = p.id
        """
    )
