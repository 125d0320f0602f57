-- Alarms of sources beside those of cases; what collecting may cost and did cost; how often a source is heard; who we are there.
-- depends: 0010_ledger

-- An alert is about a post of a case, or about a source: then `key` tells it from the source's other ones, also from those that are over.
alter table alerts
  alter column case_id drop not null,
  alter column post_id drop not null,
  add column source_id bigint references sources on delete cascade,
  add column key text,
  add column since timestamptz,
  add column ended_at timestamptz,
  add column acknowledged_at timestamptz,
  add column acknowledged_by bigint references agents,
  add constraint alerts_about check (
    (case_id is not null and post_id is not null and source_id is null and key is null and since is null)
    or (case_id is null and post_id is null and source_id is not null and key is not null and since is not null)
  );
comment on column alerts.since is 'when the trouble of the source began, which is before it was raised';
create unique index alerts_source on alerts (source_id, key);
create index alerts_source_open on alerts (source_id) where source_id is not null and ended_at is null;

-- The newest row of a source counts; `a_day` is null where there is no limit.
create table budgets (
  id bigint generated always as identity primary key,
  source_id bigint not null references sources on delete cascade,
  unit text not null check (unit in ('reads', 'money')),
  a_day double precision check (a_day > 0),
  share smallint not null check (share between 1 and 99),
  agent_id bigint not null references agents,
  created_at timestamptz not null
);
create index budgets_source on budgets (source_id, id desc);
comment on column budgets.a_day is 'reads, or US dollars, for one day in UTC';
comment on column budgets.share is 'per cent of it for what concerns us; the rest is for what is searched';

-- No foreign key to watches: what a watch cost stays counted when it is removed.
create table spend (
  source_id bigint not null references sources on delete cascade,
  day date not null,
  watch_id bigint not null,
  purpose text not null,
  reads bigint not null,
  dollars double precision not null,
  primary key (source_id, day, watch_id, purpose)
);
comment on column spend.watch_id is '0 where it was no watch: posts of cases looked at again';
comment on column spend.purpose is 'the kind of the watch, or looks';
comment on column spend.dollars is 'at the price of the moment in which they were read';

-- What a watch that is being visited may read at most, so that two visits at once do not both take what is left.
alter table watches add column granted integer not null default 0;

-- How many posts of others a source published in each hour, counted as they come in.
create table rhythm (
  source_id bigint not null references sources on delete cascade,
  hour timestamptz not null,
  posts integer not null,
  last_at timestamptz not null,
  primary key (source_id, hour)
);

-- Who we are on a source's network, what we may there and what it costs, asked once a day.
create table standings (
  source_id bigint primary key references sources on delete cascade,
  next_at timestamptz not null,
  checked_at timestamptz,
  user_id text not null default '',
  handle text not null default '',
  can_reply boolean not null default false,
  rights text[] not null default '{}',
  cost text not null default '',
  warnings text[] not null default '{}',
  expires_at timestamptz,
  trouble text not null default ''
);
create index standings_next on standings (next_at);
