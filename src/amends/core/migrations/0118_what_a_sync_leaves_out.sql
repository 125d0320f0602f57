-- What a sync leaves out stands on its page; whom a system deleted it is not told of any more; and a system that never heard of
-- somebody, or not for so long that the feed has forgotten it, is told of everybody.
-- depends: 0117_forgotten_while_open

alter table customer_refs add column gone_at timestamptz;
comment on column customer_refs.gone_at is 'since when the system has nobody by this number any more; nothing is told it under the number';

alter table syncs add column walk_began timestamptz, add column walked_to bigint;
comment on column syncs.walked_to is 'up to which customer the system was told of everybody; null: of everybody, and the feed says the rest';

-- Cleared as soon as the person is taken whole. `pieces` are what was left and why, in the language of who set the sync up.
create table sync_left_out (
  sync_id bigint not null references syncs on delete cascade,
  external_id text not null,
  pieces jsonb not null,
  at timestamptz not null,
  primary key (sync_id, external_id)
);
create index sync_left_out_newest on sync_left_out (sync_id, at desc, external_id);
