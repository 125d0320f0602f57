-- Where agents write: drafts that the team shares, macros, answers that a second person lets out, translations.
-- depends: 0019_views

alter table replies drop constraint if exists replies_state_check;
alter table replies
  add constraint replies_state_check check (state in ('proposed', 'queued', 'sending', 'sent', 'failed')),
  add column proposed_why text[] not null default '{}',
  add column approved_by bigint references agents,
  add column approved_at timestamptz;
comment on column replies.proposed_why is 'why a second person reads it first: team, needs_look, reach; empty where nobody does';
create index replies_proposed on replies (created_at, id) where state = 'proposed';

-- Which answers a second person reads first. Every setting is kept, the newest is in force.
create table approval_sets (
  id bigint generated always as identity primary key,
  needs_look boolean not null,
  followers integer check (followers > 0),
  agent_id bigint not null references agents,
  set_at timestamptz not null
);
alter table teams add column approval boolean not null default false;
comment on column teams.approval is 'every answer of this team is read by a second person first';

-- What is being written. One a case and box; what was thrown away stays a while, so that it can be brought back.
create table drafts (
  id bigint generated always as identity primary key,
  case_id bigint not null references cases on delete cascade,
  box text not null check (box in ('reply', 'note')),
  text text not null,
  note text not null default '',
  agent_id bigint not null references agents,
  version integer not null default 1,
  saved_at timestamptz not null,
  dropped_at timestamptz
);
comment on column drafts.note is 'what somebody who gave an answer back said about it';
comment on column drafts.version is 'counts what was saved, so that nobody writes over what they have not seen';
create unique index drafts_one on drafts (case_id, box) where dropped_at is null;
create index drafts_dropped on drafts (dropped_at) where dropped_at is not null;

create table macros (
  id bigint generated always as identity primary key,
  name text not null,
  text text not null,
  agent_id bigint not null references agents,
  shared boolean not null default false,
  languages text[] not null default '{}',
  networks text[] not null default '{}',
  topic_ids bigint[] not null default '{}',
  least_urgency integer not null default 0 check (least_urgency between 0 and 100),
  take boolean not null default false,
  give_topic_id bigint references topics on delete set null,
  resolve boolean not null default false,
  uses integer not null default 0,
  used_at timestamptz,
  changed_at timestamptz not null,
  deleted_at timestamptz
);
comment on column macros.languages is 'it is offered where the case has one of these; empty: everywhere; so too networks and topics';
create unique index macros_shared_name on macros (lower(name)) where shared and deleted_at is null;
create unique index macros_own_name on macros (agent_id, lower(name)) where not shared and deleted_at is null;

-- A post in another language, kept as long as the post says what was translated.
create table translations (
  post_id bigint not null references posts on delete cascade,
  language text not null,
  text text not null,
  translator text not null,
  made_at timestamptz not null,
  primary key (post_id, language)
);
create function forget_translations() returns trigger language plpgsql as $$
begin
  delete from translations where post_id = old.id;
  return null;
end $$;
create trigger posts_translated_no_more after update of text on posts
  for each row when (old.text is distinct from new.text) execute function forget_translations();

create index cases_resolved_by_brand on cases (brand_id, resolved_at desc) where status = 'resolved';
