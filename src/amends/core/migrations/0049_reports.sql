-- Reports: which numbers of which span, for whom and when by mail; and what became of each sending.
-- depends: 0048_incidents

create index alerts_raised_when on alerts (raised_at, id);

create table reports (
  id bigint generated always as identity primary key,
  agent_id bigint not null references agents,
  name text not null,
  span text not null,
  condition text not null default '',
  parts text[] not null,
  zone text not null,
  language text not null,
  every text not null default '' check (every in ('', 'day', 'week', 'month')),
  on_day smallint not null default 1 check (on_day between 1 and 31),
  at_minute smallint not null default 480 check (at_minute between 0 and 1439),
  files text[] not null default '{}',
  people bigint[] not null default '{}',
  next_at timestamptz,
  paused_at timestamptz,
  trouble text not null default '',
  created_at timestamptz not null,
  deleted_at timestamptz
);
comment on column reports.agent_id is 'whose report it is: it holds what they may see';
comment on column reports.condition is 'a query of cases; empty: all';
comment on column reports.every is 'how often it goes out by mail; empty: not by itself';
comment on column reports.on_day is 'each week: 1 is Monday, 7 Sunday; each month: the day, or the last one of a shorter month';
comment on column reports.at_minute is 'minutes after midnight by the clock on the wall of the zone';
comment on column reports.people is 'who gets it by mail, as ids of agents';
comment on column reports.next_at is 'when its next turn is';
comment on column reports.trouble is 'why the desk itself paused it';
create index reports_due on reports (next_at) where next_at is not null and paused_at is null and deleted_at is null;
create index reports_of on reports (agent_id, id) where deleted_at is null;
create trigger reports_audited
  after insert or delete or update of name, span, condition, parts, zone, language, every, on_day, at_minute, files, people, paused_at, deleted_at
  on reports for each row
  execute function audit_row('report', 'name',
    'name,span,condition,parts,zone,language,every,on_day,at_minute,files,people,paused_at,deleted_at', '');

-- One row for each person and turn: what is queued goes out, and for one turn nobody is written to twice.
create table report_sendings (
  id bigint generated always as identity primary key,
  report_id bigint not null references reports on delete cascade,
  agent_id bigint not null references agents on delete cascade,
  turn timestamptz not null,
  trial boolean not null default false,
  state text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'failed', 'skipped')),
  attempts integer not null default 0,
  next_at timestamptz not null,
  sent_at timestamptz,
  why text not null default ''
);
comment on column report_sendings.turn is 'the moment for which the report was due; its span ends before it';
comment on column report_sendings.trial is 'somebody tried the report out on themselves';
comment on column report_sendings.next_at is 'from when on it may be tried; while it is sent, when that is given up as died';
create unique index report_sendings_once on report_sendings (report_id, turn, agent_id) where not trial;
create index report_sendings_due on report_sendings (next_at) where state in ('queued', 'sending');
create index report_sendings_of on report_sendings (report_id, id);
