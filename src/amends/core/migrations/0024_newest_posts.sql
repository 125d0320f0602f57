-- The newest post of each source, kept where the source is: the page of sources looks for it in no million posts.
-- depends: 0023_flow

alter table sources add column newest_published_at timestamptz, add column newest_seen_at timestamptz;
comment on column sources.newest_seen_at is 'when a new post came last; newest_published_at is when the newest one of that page was published';
update sources s set newest_published_at = p.published_at, newest_seen_at = p.seen_at
from (select distinct on (source_id) source_id, published_at, seen_at from posts order by source_id, seen_at desc) p where p.source_id = s.id;
