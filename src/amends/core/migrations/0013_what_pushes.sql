-- Networks that call us, streams that are held open, and a form for everybody.
-- depends: 0011_budgets_and_alarms

create table hook_deliveries (
  source_id bigint not null references sources on delete cascade,
  delivery_id text not null,
  at timestamptz not null,
  unique (source_id, delivery_id)
);
comment on table hook_deliveries is 'calls that were taken, by the network''s own id of each; one that comes again changes nothing';
create index hook_deliveries_at on hook_deliveries (at);

create table knocks (
  source_id bigint not null references sources on delete cascade,
  door text not null check (door in ('hook', 'form')),
  caller bytea not null,
  at timestamptz not null
);
comment on table knocks is 'calls that were refused and forms that were sent, by a keyed fingerprint of the caller''s address; kept for an hour';
create index knocks_by_source on knocks (source_id, door, at);
create index knocks_at on knocks (at);

alter table watches
  add column stream_state text not null default '' check (stream_state in ('', 'opening', 'live', 'broken')),
  add column stream_note text not null default '',
  add column stream_since timestamptz,
  add column stream_cursor jsonb,
  add column stream_holder text not null default '',
  add column stream_claimed_until timestamptz,
  add column stream_heard_at timestamptz,
  add column stream_failures integer not null default 0,
  add column stream_next_at timestamptz;
comment on column watches.stream_holder is 'who holds the stream open until stream_claimed_until; each opening has a name of its own, so that one that was given up cannot write';
