-- Groups of customers: what they do and how they are, kept at hand for queries; segments; organisations that renew.
-- depends: 0032_identity

-- What a query asks of somebody's behaviour, counted by the worker; rebuilt from nothing by putting everybody into the backlog.
create table customer_facts (
  customer_id bigint primary key references customers on delete cascade,
  cases integer not null default 0,
  open_cases integer not null default 0,
  last_case_at timestamptz,
  last_contact_at timestamptz,
  waiting_since timestamptz,
  mood text not null default '',
  relapses integer not null default 0,
  outcome text not null default '',
  languages text[] not null default '{}',
  signals text[] not null default '{}',
  risk text not null default 'none' check (risk in ('none', 'some', 'high')),
  counted_at timestamptz not null,
  stale_at timestamptz
);
comment on column customer_facts.mood is 'how most of the last five posts sounded; empty where there is none';
comment on column customer_facts.stale_at is 'when time alone may change a signal';
create index customer_facts_stale on customer_facts (stale_at) where stale_at is not null;
create index customer_facts_risk on customer_facts (risk) where risk <> 'none';
create index customer_facts_signals on customer_facts using gin (signals) where signals <> '{}';
create index customer_facts_open on customer_facts (open_cases) where open_cases > 0;
create index customer_facts_relapses on customer_facts (relapses) where relapses > 0;
create index customer_facts_contact on customer_facts (last_contact_at);

-- Whose facts are to be counted again. Only added to, so that whoever writes a case waits for nobody; the worker takes away what it read.
create table customer_facts_backlog (
  id bigint generated always as identity primary key,
  customer_id bigint not null
);

create function count_facts_again() returns trigger language plpgsql as $$
begin
  if tg_op <> 'DELETE' and new.customer_id is not null then
    insert into customer_facts_backlog (customer_id) values (new.customer_id);
  end if;
  if tg_op <> 'INSERT' and old.customer_id is not null and (tg_op = 'DELETE' or old.customer_id is distinct from new.customer_id) then
    insert into customer_facts_backlog (customer_id) values (old.customer_id);
  end if;
  return null;
end $$;
create function count_facts_of_case() returns trigger language plpgsql as $$
begin
  insert into customer_facts_backlog (customer_id) select customer_id from cases where id = new.case_id;
  return null;
end $$;
create function count_facts_of_customer() returns trigger language plpgsql as $$
begin
  insert into customer_facts_backlog (customer_id) values (new.id);
  return null;
end $$;

create trigger cases_facts_counted after insert on cases for each row execute function count_facts_again();
create trigger cases_facts_counted_again after update of status, sentiment, waiting_since, last_post_at, language, reasons, customer_id on cases
  for each row
  when (old.status is distinct from new.status or old.sentiment is distinct from new.sentiment
        or old.waiting_since is distinct from new.waiting_since or old.last_post_at is distinct from new.last_post_at
        or old.language is distinct from new.language or old.reasons is distinct from new.reasons
        or old.customer_id is distinct from new.customer_id)
  execute function count_facts_again();
create trigger replies_facts_counted after update of state on replies for each row
  when (new.state = 'sent' and old.state is distinct from new.state) execute function count_facts_of_case();
create trigger follow_ups_facts_counted after insert or update of outcome, due_at, concluded_at on follow_ups for each row
  execute function count_facts_of_case();
create trigger purchases_facts_counted after insert or delete or update of customer_id, kind, renews_on, ended_at on purchases for each row
  execute function count_facts_again();
create trigger important_dates_facts_counted after insert or delete or update of customer_id, kind, month, day on important_dates for each row
  execute function count_facts_again();
create trigger memberships_facts_counted after insert or delete or update of customer_id, until, renews_on on memberships for each row
  execute function count_facts_again();
create trigger customer_links_facts_counted after update or delete on customer_links for each row execute function count_facts_again();
create trigger customers_facts_counted_again after update of owner_id, languages, merged_into, erased_at on customers for each row
  when (old.owner_id is distinct from new.owner_id or old.languages is distinct from new.languages
        or old.merged_into is distinct from new.merged_into or old.erased_at is distinct from new.erased_at)
  execute function count_facts_of_customer();

insert into customer_facts_backlog (customer_id) select distinct customer_id from cases;

-- The next day that falls on this day of the year; the 29th of February is the 28th where there is none, the 31st of a short month its last.
create function day_of_year_in(year integer, month integer, day integer) returns date language sql immutable as $$
  select make_date(year, month, least(day, extract(day from make_date(year, month, 1) + interval '1 month' - interval '1 day')::integer))
$$;
create function next_yearly(month integer, day integer, today date) returns date language sql immutable as $$
  select case when day_of_year_in(extract(year from today)::integer, month, day) >= today
              then day_of_year_in(extract(year from today)::integer, month, day)
              else day_of_year_in(extract(year from today)::integer + 1, month, day) end
$$;

-- A query of customers that somebody keeps.
create table segments (
  id bigint generated always as identity primary key,
  agent_id bigint not null references agents,
  name text not null,
  query text not null,
  shared boolean not null default false,
  created_at timestamptz not null,
  changed_at timestamptz,
  deleted_at timestamptz
);
create unique index segments_shared_name on segments (lower(name)) where shared and deleted_at is null;
create unique index segments_own_name on segments (agent_id, lower(name)) where not shared and deleted_at is null;
create table segment_counts (
  segment_id bigint primary key references segments on delete cascade,
  n bigint,
  counted_at timestamptz,
  cost_ms integer not null default 0,
  trouble text not null default ''
);
create trigger segments_audited after insert or delete or update of name, query, shared, deleted_at on segments
  for each row execute function audit_row('segment', 'name', 'name,query,shared,deleted_at', '');

-- How many days before a membership renews its organisation's owner is told, and of which days they were told.
alter table organisations add column remind_days smallint not null default 30 check (remind_days between 0 and 365);
create table renewal_reminders (
  organisation_id bigint not null references organisations on delete cascade,
  renews_on date not null,
  members integer not null,
  told_at timestamptz not null,
  primary key (organisation_id, renews_on)
);
create index organisations_listed on organisations (lower(name), id) where archived_at is null;
create index organisations_name_exact on organisations (lower(name));
create index memberships_roles on memberships (lower(role)) where role <> '';
create index contact_ways_domain on contact_ways (split_part(normal, '@', 2))
  where kind = 'email' and verified_at is not null and removed_at is null;
create trigger organisations_audited
  after insert or delete or update of name, kind, domain, note, owner_id, remind_days, archived_at on organisations for each row
  execute function audit_row('organisation', 'name', 'name,kind,domain,note,owner_id,remind_days,archived_at', '');

create function queue_for_owner() returns trigger language plpgsql as $$
begin
  insert into notification_queue (event_id) values (new.id) on conflict do nothing;
  return null;
end $$;
create trigger events_told_to_owner after insert on events for each row when (new.kind = 'renewal_near') execute function queue_for_owner();
