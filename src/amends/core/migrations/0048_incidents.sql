-- Incidents: one cause behind many complaints, who is on it, what is said of it, and who was told when it was mended.
-- depends: 0047_clusters

create table incidents (
  id bigint generated always as identity primary key,
  brand_id bigint not null references brands,
  name text not null,
  severity text not null check (severity in ('minor', 'high', 'critical')),
  status text not null check (status in ('investigating', 'identified', 'mending', 'fixed', 'closed')),
  started_at timestamptz not null,
  fixed_at timestamptz,
  closed_at timestamptz,
  agent_id bigint not null references agents,
  created_at timestamptz not null,
  check ((status in ('investigating', 'identified', 'mending')) = (fixed_at is null and closed_at is null)),
  check ((status = 'closed') = (closed_at is not null))
);
comment on column incidents.agent_id is 'who said that it is one';
comment on column incidents.fixed_at is 'since when the cause is gone; null where it never was';
create index incidents_newest on incidents (id desc);
create index incidents_going_on on incidents (id desc) where closed_at is null;

-- Each case that ever belonged to an incident: a row says how it came, and how it went where it did.
create table incident_cases (
  incident_id bigint not null references incidents,
  case_id bigint not null references cases on delete cascade,
  how text not null check (how in ('hand', 'bulk', 'query', 'cluster', 'rule')),
  reason text not null default '',
  agent_id bigint references agents,
  joined_at timestamptz not null,
  left_at timestamptz,
  left_reason text not null default '',
  primary key (incident_id, case_id)
);
create index incident_cases_case on incident_cases (case_id) where left_at is null;
create index incident_cases_newest on incident_cases (incident_id, joined_at desc, case_id desc) where left_at is null;

create table incident_people (
  incident_id bigint not null references incidents,
  agent_id bigint not null references agents,
  since timestamptz not null,
  primary key (incident_id, agent_id)
);

-- What is said of it, once for all of its cases, in each language.
create table incident_notes (
  id bigint generated always as identity primary key,
  incident_id bigint not null references incidents,
  status text not null,
  agent_id bigint not null references agents,
  at timestamptz not null,
  removed_at timestamptz
);
create index incident_notes_newest on incident_notes (incident_id, id desc) where removed_at is null;
create table incident_note_texts (
  note_id bigint not null references incident_notes on delete cascade,
  language text not null,
  text text not null,
  primary key (note_id, language)
);

-- What everybody is answered when it is fixed, in each language, with variables.
create table incident_texts (
  incident_id bigint not null references incidents,
  language text not null,
  text text not null,
  primary key (incident_id, language)
);

-- A round of answers: one for each time that the cause was gone.
create table incident_rounds (
  id bigint generated always as identity primary key,
  incident_id bigint not null references incidents,
  fixed_at timestamptz not null,
  state text not null check (state in ('paused', 'running', 'stopped')),
  per_minute integer not null check (per_minute between 1 and 120),
  agent_id bigint not null references agents,
  created_at timestamptz not null,
  unique (incident_id, fixed_at)
);
create index incident_rounds_running on incident_rounds (id) where state = 'running';

-- One answer for each person: proposed, approved by somebody, handed to the replies, or skipped and why.
create table incident_answers (
  id bigint generated always as identity primary key,
  round_id bigint not null references incident_rounds on delete cascade,
  customer_id bigint not null references customers,
  case_id bigint not null references cases on delete cascade,
  source_id bigint not null references sources,
  language text not null,
  text text not null default '',
  parts text[] not null default '{}',
  state text not null check (state in ('proposed', 'approved', 'queued', 'skipped')),
  why text not null default '',
  note text not null default '',
  seen_posts integer,
  seen_reply bigint,
  agent_id bigint references agents,
  decided_at timestamptz,
  queued_at timestamptz,
  reply_id bigint references replies on delete set null,
  unique (round_id, customer_id)
);
comment on column incident_answers.text is 'the words as somebody changed or approved them; empty: those of the template';
comment on column incident_answers.parts is 'the posts that it goes out as, where it is too long for one';
comment on column incident_answers.reply_id is 'the reply it became; null where that was taken back or thrown away';
create index incident_answers_shown on incident_answers (round_id, state, id);
create index incident_answers_approved on incident_answers (round_id, id) where state = 'approved';
create index incident_answers_pace on incident_answers (source_id, queued_at desc) where queued_at is not null;
create index incident_answers_customer on incident_answers (customer_id);
create index incident_answers_case on incident_answers (case_id);
create index incident_answers_reply on incident_answers (reply_id) where reply_id is not null;

-- A case may sleep until an incident is over. When it is, `until` is set, and the case wakes as any other whose time has come.
alter table snoozes add column incident_id bigint references incidents;
create index snoozes_of_incident on snoozes (incident_id) where incident_id is not null;

create trigger incidents_audited after insert or delete or update of name, brand_id, severity, status, started_at, fixed_at on incidents
  for each row execute function audit_row('incident', 'name', 'name,brand_id,severity,status,started_at,fixed_at', '');
create trigger incident_rounds_audited after insert or delete or update of state, per_minute on incident_rounds
  for each row execute function audit_row('incident_round', 'incident_id', 'state,per_minute', '');
