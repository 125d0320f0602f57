-- The ledger: all that came from the networks, in its order, so that posts can be rebuilt from it; and what follows from meeting a post again.
-- depends: 0009_coverage

-- What is stored together has one number; in the order of these numbers, and of `place` within one, the posts can be stored once more.
create sequence ledger_batches;

alter table raw_bodies
  alter column body drop not null,
  add column batch bigint not null default nextval('ledger_batches'),
  add column place smallint not null default 0,
  add column watch_id bigint,
  add column beside boolean not null default false,
  add column facts jsonb;
comment on column raw_bodies.body is 'zlib-compressed; null in the last entry of a post that is gone, whose others went with it';
comment on column raw_bodies.watch_id is 'the way it came, as in posts.seen_by';
comment on column raw_bodies.beside is 'it was looked up beside a case, and brought by no watch';
comment on column raw_bodies.facts is 'what the body does not say: is_own, can_reply, why_no_reply, imported; of a post that is gone all that may remain, without its words';

-- A body is read with the eyes of the account that it came to, so its handle and options are kept as they were.
create table source_versions (
  source_id bigint not null references sources on delete cascade,
  since bigint not null default nextval('ledger_batches'),
  handle text not null,
  options jsonb not null,
  primary key (source_id, since)
);
comment on column source_versions.since is 'the number in the order of raw_bodies.batch from which it counts';

create function keep_source_version() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or (old.handle, old.options) is distinct from (new.handle, new.options) then
    insert into source_versions (source_id, handle, options) values (new.id, new.handle, new.options);
  end if;
  return null;
end $$;
create trigger source_versions_kept after insert or update of handle, options on sources for each row execute function keep_source_version();
insert into source_versions (source_id, since, handle, options) select id, 0, handle, options from sources;

alter table posts add column seen_by bigint[] not null default '{}';
comment on column posts.seen_by is 'the watches that met it, in their order, negative where the network pushed it; empty: only looked up beside a case, or imported';

-- How often a post was shared, and by whom last.
create index posts_shares on posts (source_id, shared_id, published_at desc) where shared_id is not null;
-- Where the posts of a day lie: they are stored in the order they were seen.
create index posts_seen on posts using brin (seen_at) with (pages_per_range = 32, autosummarize = on);

-- What a post said before it was edited; gone when the network deletes the post.
create table post_versions (
  post_id bigint not null references posts on delete cascade,
  written_at timestamptz not null,
  replaced_at timestamptz not null,
  text text not null
);
create index post_versions_post on post_versions (post_id, replaced_at);

-- How far each source has come with asking its network whether posts still stand there.
create table rechecks (
  source_id bigint primary key references sources on delete cascade,
  began_at timestamptz not null,
  before_at timestamptz not null,
  span smallint,
  position bigint not null default 0,
  next_at timestamptz not null
);
create index rechecks_next on rechecks (next_at);
comment on column rechecks.began_at is 'when the round under way, or the last one, began; before_at: the round before it';
comment on column rechecks.span is 'which age of posts the round has come to: 0 for those of a day, then of 2, 4, 8 days …; null between rounds';
comment on column rechecks.position is 'the newest post of that age that was asked for';
