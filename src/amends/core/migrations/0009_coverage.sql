-- The ledger: which stretches of time each watch has read, which it has not and why, and the long ways back that are still being read.
-- depends: 0008_language_and_chances

alter table watches add column walk_began_at timestamptz, add column walk_pages integer not null default 0;
comment on column watches.walk_began_at is 'when the walk under way asked for its first page; null between two walks';

-- One row a stretch, not one a visit: stretches that touch are one.
create table coverage (
  id bigint generated always as identity primary key,
  watch_id bigint not null references watches on delete cascade,
  since timestamptz not null,
  until timestamptz not null,
  check (since <= until)
);
create index coverage_of_watch on coverage (watch_id, until desc);

-- The older part of a walk that was too long to be waited for, read in a lane of its own.
create table backfills (
  id bigint generated always as identity primary key,
  watch_id bigint not null references watches on delete cascade,
  cursor jsonb not null,
  since timestamptz,
  until timestamptz not null,
  reached timestamptz,
  pages integer not null default 0,
  posts bigint not null default 0,
  failures integer not null default 0,
  note text not null default '',
  created_at timestamptz not null,
  next_at timestamptz not null,
  claimed_until timestamptz,
  done_at timestamptz
);
create index backfills_next on backfills (next_at) where done_at is null;
create index backfills_of_watch on backfills (watch_id);
comment on column backfills.since is 'where covered time ends below it; null for the way back of a first visit';
comment on column backfills.reached is 'when the oldest post read so far was published';

create table gaps (
  id bigint generated always as identity primary key,
  watch_id bigint not null references watches on delete cascade,
  kind text not null,
  note text not null default '',
  since timestamptz,
  until timestamptz,
  backfill_id bigint references backfills,
  filled_at timestamptz,
  lost_note text,
  check (filled_at is null or lost_note is null)
);
create unique index gaps_growing on gaps (watch_id) where until is null;
create index gaps_of_watch on gaps (watch_id, until desc);
comment on column gaps.since is 'null: the network does not say since when';
comment on column gaps.until is 'null while it grows';
comment on column gaps.lost_note is 'why it can never be filled, in the words of the network''s file';
