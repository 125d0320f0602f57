-- What somebody may ask of us: to see what we hold, to be forgotten; how long we keep what; and who opened whose record.
-- depends: 0037_follow_up

create table privacy_requests (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  kind text not null check (kind in ('file', 'erasure')),
  asked_at timestamptz not null,
  due_at timestamptz not null,
  how text not null default '',
  agent_id bigint references agents,
  done_at timestamptz,
  done_by bigint references agents,
  refused_why text not null default '',
  outcome jsonb not null default '{}'
);
comment on column privacy_requests.due_at is 'a month after it was asked (GDPR, article 12, paragraph 3)';
comment on column privacy_requests.how is 'how the person asked, and how we know that it was they';
create index privacy_requests_open on privacy_requests (due_at, id) where done_at is null;
create index privacy_requests_done on privacy_requests (done_at desc, id desc) where done_at is not null;
create unique index privacy_requests_once on privacy_requests (customer_id, kind) where done_at is null;

-- Who opened whose record: one row for each time, and no second one while the same colleague goes on looking.
create table openings (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  agent_id bigint not null references agents,
  place text not null check (place in ('case', 'customer', 'file', 'program')),
  at timestamptz not null
);
create index openings_customer on openings (customer_id, id desc);
create index openings_agent on openings (agent_id, id desc);
create index openings_at on openings (at);

-- How long what is kept. Every setting is kept, the newest of a kind and source is in force; without a source it holds for all others.
create table retention_sets (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('context', 'closed_posts', 'answers', 'notes', 'files', 'changes', 'openings', 'customers')),
  source_id bigint references sources,
  days integer check (days between 1 and 36500),
  agent_id bigint references agents,
  set_at timestamptz not null
);
comment on column retention_sets.days is 'null: for ever';
create index retention_sets_newest on retention_sets (kind, source_id, id desc);
create trigger retention_sets_audited after insert on retention_sets
  for each row execute function audit_row('retention', 'kind,source_id', 'kind,source_id,days', '', 'kind');

create index posts_context on posts (published_at, id) where case_id is null and deleted_at is null and not is_own;
create index events_linked on events (((facts ->> 'author_id')::bigint)) where kind in ('customer_linked', 'customer_unlinked');
