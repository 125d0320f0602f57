-- In and out: imports of customers with a way back, exports, the feed of changes, signed webhooks, and syncs with outside systems.
-- depends: 0033_groups

create table import_mappings (
  id bigint generated always as identity primary key,
  name text not null unique,
  spec jsonb not null,
  agent_id bigint references agents,
  changed_at timestamptz not null
);
create trigger import_mappings_audited after insert or delete or update on import_mappings
  for each row execute function audit_row('import_mapping', 'name', 'name,spec', '');

-- A file of people on its way in. What it holds is kept as long as its import can be taken back.
create table imports (
  id bigint generated always as identity primary key,
  name text not null,
  kind text not null check (kind in ('csv', 'jsonl', 'vcard')),
  digest text not null,
  encoding text not null,
  delimiter text not null,
  columns jsonb not null,
  notes jsonb not null default '{}',
  total integer not null,
  spec jsonb not null,
  state text not null check (state in ('read', 'looking', 'looked', 'running', 'done', 'undoing', 'undone', 'cleared')),
  made integer not null default 0,
  changed integer not null default 0,
  same integer not null default 0,
  refused integer not null default 0,
  kept integer not null default 0,
  job_id bigint references jobs,
  agent_id bigint references agents,
  created_at timestamptz not null,
  finished_at timestamptz
);
comment on column imports.kept is 'of an import that was taken back: what was left, since it was used or changed meanwhile';

create table import_rows (
  import_id bigint not null references imports on delete cascade,
  number integer not null,
  line integer not null,
  cells text[] not null,
  refused text not null default '',
  primary key (import_id, number)
);

-- What each row says, matched and compared: the dry run, and then what was done.
create table import_records (
  import_id bigint not null references imports on delete cascade,
  number integer not null,
  outcome text not null check (outcome in ('read', 'made', 'changed', 'same', 'refused')),
  reason text not null default '',
  detail text not null default '',
  customer_id bigint,
  changes jsonb not null default '{}',
  name text,
  called text not null default '',
  pronoun text,
  languages text[],
  zone text,
  loyalty_number text,
  preferences text,
  concerns text,
  tags text[],
  owner_id bigint,
  do_not_contact boolean,
  reference text,
  organisation text,
  role text,
  note text,
  attributes jsonb not null default '{}',
  ways jsonb not null default '[]',
  dates jsonb not null default '[]',
  undone text not null default '',
  primary key (import_id, number)
);
comment on column import_records.changes is 'by field: what it was and what it becomes; ways, days and the like with what is added';
create index import_records_outcome on import_records (import_id, outcome, number);
create index import_records_customer on import_records (import_id, customer_id) where customer_id is not null;

-- By what the rows of one file are known, so that the second row of the same person is told from the first.
create table import_keys (
  import_id bigint not null references imports on delete cascade,
  key text not null,
  number integer not null,
  primary key (import_id, key)
);

alter table customer_changes add column import_id bigint references imports;
alter table contact_ways add column import_id bigint references imports;
alter table important_dates add column import_id bigint references imports;
alter table customer_notes add column import_id bigint references imports;
alter table organisations add column import_id bigint references imports;
alter table memberships add column import_id bigint references imports;
alter table customer_refs add column import_id bigint references imports;
create index customer_changes_import on customer_changes (import_id, customer_id) where import_id is not null;
create index organisations_import on organisations (import_id) where import_id is not null;

create index organisations_called on organisations (lower(name));

-- These serve lists of what is there, and the check that nothing of somebody who goes is left; so they hold every row.
drop index contact_ways_customer;
create index contact_ways_customer on contact_ways (customer_id);
drop index customer_notes_customer;
create index customer_notes_customer on customer_notes (customer_id, at desc, id desc);
drop index customer_files_customer;
create index customer_files_customer on customer_files (customer_id, created_at desc, id desc);
create index consents_way on consents (contact_way_id) where contact_way_id is not null;

-- Which of these rows of a table something else refers to, whatever tables there are; tables named in `but` do not count.
create function referred_to(target regclass, ids bigint[], but text[]) returns setof bigint language plpgsql stable as $$
declare
  one record;
begin
  for one in
    select c.conrelid::regclass as owner, a.attname as name
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'f' and c.confrelid = target and c.confdeltype <> 'c' and cardinality(c.conkey) = 1
      and not (c.conrelid::regclass::text = any(but))
  loop
    return query execute format('select distinct %I from %s where %I = any($1)', one.name, one.owner, one.name) using ids;
  end loop;
end $$;

-- The value of a customer's field as the history keeps it.
create function customer_field(c customers, field text) returns jsonb language sql stable as $$
  select case field
    when 'name' then to_jsonb(c.name) when 'pronoun' then to_jsonb(c.pronoun) when 'languages' then to_jsonb(c.languages)
    when 'zone' then to_jsonb(c.zone) when 'loyalty_number' then to_jsonb(c.loyalty_number)
    when 'preferences' then to_jsonb(c.preferences) when 'concerns' then to_jsonb(c.concerns) when 'tags' then to_jsonb(c.tags)
    when 'owner_id' then to_jsonb(c.owner_id) when 'do_not_contact' then to_jsonb(c.do_not_contact_since is not null)
    else c.attributes -> substr(field, 12) end
$$;

create table exports (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('csv', 'jsonl', 'vcard')),
  which text not null,
  state text not null check (state in ('queued', 'ready', 'cleared')),
  n integer not null default 0,
  size bigint not null default 0,
  job_id bigint references jobs,
  agent_id bigint references agents,
  created_at timestamptz not null,
  finished_at timestamptz
);
comment on column exports.which is 'who is in it: a text of the search, empty for everybody';
create table export_pieces (
  export_id bigint not null references exports on delete cascade,
  position bigint not null,
  body text not null,
  primary key (export_id, position)
);

-- The feed of changes. A transaction's number orders it: what a reader has passed, no commit that comes later can slip behind.
create table customer_feed (
  xid xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  customer_id bigint not null,
  kind text not null check (kind in ('created', 'changed', 'merged', 'erased', 'deleted')),
  version integer not null,
  merged_into bigint,
  origin text not null default '',
  at timestamptz not null default now(),
  primary key (xid, id)
);
comment on column customer_feed.customer_id is 'no foreign key: that somebody is gone is told too';
comment on column customer_feed.origin is 'the system that the change came from, which is not told of it again';
create index customer_feed_at on customer_feed (at);

-- Up to where the feed was cleared away: who stands before that must read everything anew.
create table customer_feed_cleared (cleared_to xid8 not null, cleared_id bigint not null);
insert into customer_feed_cleared values ('0', 0);

create function feed_origin() returns text language sql stable as $$ select coalesce(current_setting('amends.synced', true), '') $$;

create function feed_made() returns trigger language plpgsql as $$
begin
  insert into customer_feed (customer_id, kind, version, origin) select id, 'created', version, feed_origin() from fresh;
  return null;
end $$;
create trigger customers_feed_made after insert on customers referencing new table as fresh
  for each statement execute function feed_made();

create function feed_changed() returns trigger language plpgsql as $$
begin
  insert into customer_feed (customer_id, kind, version, merged_into, origin)
  select n.id,
         case when n.erased_at is distinct from o.erased_at and n.erased_at is not null then 'erased'
              when n.merged_into is distinct from o.merged_into and n.merged_into is not null then 'merged' else 'changed' end,
         n.version, n.merged_into, feed_origin()
  from fresh n join stale o on o.id = n.id
  where (n.version, n.merged_into, n.erased_at) is distinct from (o.version, o.merged_into, o.erased_at);
  return null;
end $$;
create trigger customers_feed_changed after update on customers referencing old table as stale new table as fresh
  for each statement execute function feed_changed();

create function feed_deleted() returns trigger language plpgsql as $$
begin
  insert into customer_feed (customer_id, kind, version, origin) select id, 'deleted', version, feed_origin() from stale;
  return null;
end $$;
create trigger customers_feed_deleted after delete on customers referencing old table as stale
  for each statement execute function feed_deleted();

-- Who is told of changes by signed calls. Each is told in order: what could not be delivered is tried again before the next.
create table webhooks (
  id bigint generated always as identity primary key,
  name text not null,
  url text not null,
  secret bytea not null,
  kinds text[] not null,
  after_xid xid8 not null,
  after_id bigint not null,
  stopped_at timestamptz,
  why text not null default '',
  agent_id bigint references agents,
  created_at timestamptz not null,
  deleted_at timestamptz
);
comment on column webhooks.after_xid is 'up to where in the feed deliveries were laid down';
create trigger webhooks_audited after insert or delete or update of name, url, secret, kinds, stopped_at, deleted_at on webhooks
  for each row execute function audit_row('webhook', 'name', 'name,url,kinds,stopped_at,deleted_at', 'secret');

create table webhook_deliveries (
  id bigint generated always as identity primary key,
  webhook_id bigint not null references webhooks,
  kind text not null,
  customer_id bigint,
  version integer,
  merged_into bigint,
  happened_at timestamptz not null,
  state text not null default 'queued' check (state in ('queued', 'delivered', 'failed')),
  attempts integer not null default 0,
  next_at timestamptz not null,
  claimed_until timestamptz,
  tried_since timestamptz,
  status integer,
  error text not null default '',
  delivered_at timestamptz
);
create index webhook_deliveries_queued on webhook_deliveries (webhook_id, id) where state = 'queued';
create index webhook_deliveries_newest on webhook_deliveries (webhook_id, id desc);
create index webhook_deliveries_over on webhook_deliveries (happened_at) where state <> 'queued';

-- A customer system outside that is kept the same as ours.
create table syncs (
  id bigint generated always as identity primary key,
  kind text not null,
  system text not null unique check (system ~ '^[a-z][a-z0-9_-]{0,39}$'),
  url text not null,
  secret bytea not null,
  pulled_to text not null default '',
  after_xid xid8 not null,
  after_id bigint not null,
  every_seconds integer not null default 300 check (every_seconds between 10 and 86400),
  next_at timestamptz not null,
  claimed_until timestamptz,
  failures integer not null default 0,
  error text not null default '',
  pulled integer not null default 0,
  pushed integer not null default 0,
  synced_at timestamptz,
  stopped_at timestamptz,
  agent_id bigint references agents,
  created_at timestamptz not null
);
create trigger syncs_audited after insert or delete or update of kind, system, url, secret, every_seconds, stopped_at on syncs
  for each row execute function audit_row('sync', 'system', 'kind,system,url,every_seconds,stopped_at', 'secret');

-- Answers to requests with an idempotency key: the same key answers the same again.
create table idempotent_answers (
  agent_id bigint not null references agents,
  key text not null,
  digest text not null,
  answer jsonb not null,
  at timestamptz not null,
  primary key (agent_id, key)
);
create index idempotent_answers_at on idempotent_answers (at);
