-- What a customer system outside has still to be told: merges, merges taken back, and erasures.
-- depends: 0056_looks_that_are_doubted

alter table customer_refs add column part_of text;
comment on column customer_refs.part_of is 'the number of the same system that this one became part of by a merge; null: it stands for itself';

-- Told in order and dropped once told. It names nobody but by the other system's own numbers, which of an erased person stand nowhere else.
create table sync_news (
  id bigint generated always as identity primary key,
  sync_id bigint not null references syncs on delete cascade,
  kind text not null check (kind in ('merged', 'unmerged', 'erased')),
  external_id text not null,
  other_id text check ((other_id is null) = (kind = 'erased')),
  at timestamptz not null
);
comment on column sync_news.other_id is 'the number that it became part of, or is no part of any more';
create index sync_news_next on sync_news (sync_id, id);
create index sync_news_erased on sync_news (sync_id, external_id) where kind = 'erased';
