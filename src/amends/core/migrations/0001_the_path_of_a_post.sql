-- The whole path of a complaint: source, post, verdict, case, reply, alert, follow-up, event.
-- Times are timestamptz; ids are bigint identities; choices are text with a check, mirrored by a StrEnum in the code.

create extension if not exists pg_trgm;

create table brands (
  id bigint generated always as identity primary key,
  slug text not null unique,
  name text not null
);

create table agents (
  id bigint generated always as identity primary key,
  email text not null,
  name text not null,
  role text not null check (role in ('agent', 'manager', 'admin')),
  password_hash text not null,
  active boolean not null default true,
  created_at timestamptz not null
);
create unique index agents_email on agents (lower(email));

create table sessions (
  token_hash bytea primary key,
  agent_id bigint not null references agents on delete cascade,
  csrf_token text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

create table sign_in_failures (
  email text not null,
  at timestamptz not null
);
create index sign_in_failures_email on sign_in_failures (email, at);

create table api_tokens (
  id bigint generated always as identity primary key,
  agent_id bigint not null references agents on delete cascade,
  name text not null,
  token_hash bytea not null unique,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- What we watch. Health lives on the watch, since a source can be half well.

create table sources (
  id bigint generated always as identity primary key,
  brand_id bigint not null references brands,
  network text not null,
  handle text not null,
  credentials bytea not null,
  options jsonb not null default '{}',
  paused_at timestamptz,
  created_at timestamptz not null,
  unique (network, handle)
);

create table watches (
  id bigint generated always as identity primary key,
  source_id bigint not null references sources on delete cascade,
  kind text not null,
  query text not null default '',
  cursor jsonb,
  state text not null default 'new' check (state in ('new', 'ok', 'waiting', 'retrying', 'stopped')),
  state_note text not null default '',
  state_since timestamptz not null,
  failures integer not null default 0,
  next_at timestamptz not null,
  claimed_until timestamptz,
  last_ok_at timestamptz,
  last_new_at timestamptz,
  reads bigint not null default 0,
  unique (source_id, kind, query)
);
create index watches_next on watches (next_at) where state <> 'stopped';

-- Who wrote: an author is a handle on a network, a customer is the person; each link says on what ground it stands.

create table authors (
  id bigint generated always as identity primary key,
  network text not null,
  external_id text not null,
  handle text not null,
  name text not null default '',
  followers integer,
  verified boolean not null default false,
  avatar_url text not null default '',
  unique (network, external_id)
);

create index authors_handle on authors (lower(handle) text_pattern_ops);
create index authors_alike on authors (lower(regexp_replace(handle, '[^[:alnum:]]', '', 'g')));

create table customers (
  id bigint generated always as identity primary key,
  name text not null,
  created_at timestamptz not null
);

create table customer_links (
  author_id bigint primary key references authors,
  customer_id bigint not null references customers,
  basis text not null check (basis in ('handle', 'told_us', 'agent', 'verified')),
  evidence text not null default '',
  agent_id bigint references agents,
  created_at timestamptz not null
);
create index customer_links_customer on customer_links (customer_id);

-- The desk. A case is one author's complaint in one thread; an episode runs from open to resolved.

create table cases (
  id bigint generated always as identity primary key,
  brand_id bigint not null references brands,
  source_id bigint not null references sources,
  network text not null,
  author_id bigint not null references authors,
  customer_id bigint not null references customers,
  root_external_id text not null,
  status text not null check (status in ('open', 'waiting', 'resolved', 'dismissed')),
  preview text not null,
  language text not null,
  sentiment text not null,
  urgency smallint not null,
  reasons text[] not null default '{}',
  needs_look boolean not null default false,
  assignee_id bigint references agents,
  episode integer not null default 1,
  opened_at timestamptz not null,
  last_post_at timestamptz not null,
  waiting_since timestamptz,
  resolved_at timestamptz,
  customer_posts integer not null,
  unread boolean not null default true,
  look_at timestamptz,
  looks integer not null default 0
);
create unique index cases_thread on cases (source_id, root_external_id, author_id);
create index cases_author on cases (author_id, opened_at desc);
create index cases_customer on cases (customer_id, opened_at desc);
create index cases_by_newest on cases (status, last_post_at desc, id desc);
create index cases_by_urgency on cases (status, urgency desc, id desc);
create index cases_by_waiting on cases (status, coalesce(waiting_since, 'infinity'::timestamptz), id);
create index cases_assignee on cases (assignee_id, status, last_post_at desc, id desc);
create index cases_unassigned on cases (status, last_post_at desc, id desc) where assignee_id is null;
create index cases_needs_look on cases (status, last_post_at desc, id desc) where needs_look;
create index cases_look on cases (look_at) where look_at is not null;
create index cases_preview on cases using gin (preview gin_trgm_ops);

create table episodes (
  id bigint generated always as identity primary key,
  case_id bigint not null references cases on delete cascade,
  number integer not null,
  published_at timestamptz not null,
  seen_at timestamptz not null,
  triaged_at timestamptz not null,
  answered_at timestamptz,
  resolved_at timestamptz,
  resolved_by bigint references agents,
  dismissed_at timestamptz,
  outcome text check (outcome in ('held', 'relapsed', 'silent', 'unknown')),
  unique (case_id, number)
);
create index episodes_published on episodes (published_at);
create index episodes_resolved on episodes (resolved_at) where resolved_at is not null;

-- No foreign keys to sources and authors, who are never deleted: each new post would lock its source's one row and write to its author's.
create table posts (
  id bigint generated always as identity primary key,
  source_id bigint not null,
  network text not null,
  external_id text not null,
  author_id bigint not null,
  text text not null,
  language_hint text not null default '',
  published_at timestamptz not null,
  edited_at timestamptz,
  deleted_at timestamptz,
  seen_at timestamptz not null,
  triaged_at timestamptz,
  permalink text not null,
  root_id text not null,
  parent_id text,
  quoted_id text,
  shared_id text,
  mentions text[] not null default '{}',
  media jsonb not null default '[]',
  metrics jsonb not null default '{}',
  visibility text not null default 'public',
  is_own boolean not null default false,
  can_reply boolean not null default true,
  why_no_reply text not null default '',
  -- Read only to show what a case is about, by no watch; a watch that meets it makes it work.
  beside boolean not null default false,
  route text check (route in ('open', 'append', 'reopen', 'context', 'ignore')),
  route_why text not null default '',
  case_id bigint references cases,
  case_number integer,
  unique (source_id, external_id)
);
comment on column posts.case_number is 'which of the customer''s posts in the case this is, from 1, in the order they reached the desk';
create index posts_untriaged on posts (id) where triaged_at is null;
create index posts_thread on posts (source_id, root_id, published_at);
create index posts_case on posts (case_id, published_at) where case_id is not null;
create index posts_author on posts (author_id, published_at desc);

-- The network's body as it came, zlib-compressed; appended to, never changed, and gone when the network deletes the post.
create table raw_bodies (
  source_id bigint not null,
  external_id text not null,
  seen_at timestamptz not null,
  body bytea not null
);
create index raw_bodies_post on raw_bodies (source_id, external_id);

create table verdicts (
  post_id bigint primary key references posts on delete cascade,
  model text not null,
  language text not null,
  sentiment text not null check (sentiment in ('negative', 'neutral', 'positive')),
  negative real not null,
  neutral real not null,
  positive real not null,
  complaint real not null,
  confidence real not null,
  urgency smallint not null check (urgency between 0 and 100),
  reasons text[] not null,
  needs_look boolean not null,
  created_at timestamptz not null
);

create table replies (
  id bigint generated always as identity primary key,
  case_id bigint not null references cases on delete cascade,
  post_id bigint not null references posts,
  agent_id bigint not null references agents,
  text text not null,
  episode integer not null,
  answers integer not null,
  follow_up_after interval,
  key uuid not null unique,
  state text not null check (state in ('queued', 'sending', 'sent', 'failed')),
  error text not null default '',
  attempts integer not null default 0,
  created_at timestamptz not null,
  first_try_at timestamptz,
  next_at timestamptz not null,
  claimed_until timestamptz,
  sent_at timestamptz,
  external_id text,
  permalink text not null default '',
  checked_at timestamptz,
  visible boolean
);
comment on column replies.answers is 'the agent had seen the customer''s posts of the case up to this case_number';
comment on column replies.follow_up_after is 'where set, the case is resolved when the reply is out, and followed up this much later';
create index replies_case on replies (case_id, created_at);
create index replies_unsent on replies (next_at) where state in ('queued', 'sending');
create index replies_unproven on replies (next_at) where state = 'sent' and checked_at is null;
create index replies_external on replies (external_id) where external_id is not null;

create table notes (
  id bigint generated always as identity primary key,
  case_id bigint not null references cases on delete cascade,
  agent_id bigint not null references agents,
  text text not null,
  created_at timestamptz not null
);
create index notes_case on notes (case_id, created_at);

create table follow_ups (
  id bigint generated always as identity primary key,
  case_id bigint not null references cases on delete cascade,
  episode_id bigint not null unique references episodes on delete cascade,
  planned_at timestamptz not null,
  due_at timestamptz not null,
  concluded_at timestamptz,
  outcome text check (outcome in ('held', 'relapsed', 'silent', 'unknown')),
  evidence_post_id bigint references posts,
  note text not null default ''
);
create index follow_ups_due on follow_ups (due_at) where concluded_at is null;
create index follow_ups_case on follow_ups (case_id);
create index follow_ups_concluded on follow_ups (concluded_at) where concluded_at is not null;

create table alert_channels (
  id bigint generated always as identity primary key,
  kind text not null,
  target bytea not null,
  label text not null unique,
  active boolean not null default true
);

create table alerts (
  id bigint generated always as identity primary key,
  case_id bigint not null references cases on delete cascade,
  post_id bigint not null references posts,
  rule text not null,
  severity text not null check (severity in ('high', 'critical')),
  reason text not null,
  raised_at timestamptz not null,
  unique (post_id, rule)
);
create index alerts_case on alerts (case_id, raised_at desc);

create table alert_deliveries (
  id bigint generated always as identity primary key,
  alert_id bigint not null references alerts on delete cascade,
  channel_id bigint not null references alert_channels on delete cascade,
  state text not null check (state in ('queued', 'delivered', 'failed')),
  attempts integer not null default 0,
  next_at timestamptz not null,
  claimed_until timestamptz,
  delivered_at timestamptz,
  error text not null default '',
  unique (alert_id, channel_id)
);
create index alert_deliveries_queued on alert_deliveries (next_at) where state = 'queued';

-- Each part of the worker says here that it lives, and what hinders it (the model is missing, …).
create table heartbeats (
  part text primary key,
  at timestamptz not null,
  trouble text not null default ''
);

-- Outbox, timeline and audit log in one.
create table events (
  id bigint generated always as identity primary key,
  kind text not null,
  at timestamptz not null,
  case_id bigint,
  post_id bigint,
  agent_id bigint,
  source_id bigint,
  facts jsonb not null default '{}',
  relayed_at timestamptz
);
create index events_unrelayed on events (id) where relayed_at is null;
create index events_case on events (case_id, id) where case_id is not null;

-- Screens and the relay hear of new events when the transaction commits; the payload is only a hint where to look.
create function announce_events() returns trigger language plpgsql as $$
begin
  perform pg_notify('amends_events', coalesce((
    select json_build_object('last', max(id), 'cases', (
      select coalesce(json_agg(case_id), '[]') from (select distinct case_id from fresh where case_id is not null limit 100) touched
    ))::text from fresh having max(id) is not null), '{}'));
  return null;
end $$;

create trigger events_announced after insert on events referencing new table as fresh for each statement execute function announce_events();

-- Counters that do not scan: every change of a case appends deltas, the sweep folds them, a reader adds both up.
create table case_counts (
  view text primary key,
  n bigint not null
);

create table case_count_deltas (
  id bigint generated always as identity primary key,
  view text not null,
  delta integer not null
);

create function count_views(status text, assignee bigint, look boolean) returns setof text language sql immutable as $$
  select 'status:' || status
  union all select 'unassigned' where status = 'open' and assignee is null
  union all select 'needs_look' where status = 'open' and look
  union all select 'mine:' || assignee where status in ('open', 'waiting') and assignee is not null
$$;

create function count_inserted() returns trigger language plpgsql as $$
begin
  insert into case_count_deltas (view, delta)
  select view, count(*) from fresh, lateral count_views(fresh.status, fresh.assignee_id, fresh.needs_look) view group by view;
  return null;
end $$;

create function count_updated() returns trigger language plpgsql as $$
begin
  insert into case_count_deltas (view, delta)
  select view, sum(d) from (
    select view, 1 as d from fresh, lateral count_views(fresh.status, fresh.assignee_id, fresh.needs_look) view
    union all
    select view, -1 from stale, lateral count_views(stale.status, stale.assignee_id, stale.needs_look) view
  ) changes group by view having sum(d) <> 0;
  return null;
end $$;

create function count_deleted() returns trigger language plpgsql as $$
begin
  insert into case_count_deltas (view, delta)
  select view, -count(*) from stale, lateral count_views(stale.status, stale.assignee_id, stale.needs_look) view group by view;
  return null;
end $$;

create trigger cases_counted_in after insert on cases referencing new table as fresh for each statement execute function count_inserted();
create trigger cases_counted_again after update on cases referencing new table as fresh old table as stale for each statement execute function count_updated();
create trigger cases_counted_out after delete on cases referencing old table as stale for each statement execute function count_deleted();
