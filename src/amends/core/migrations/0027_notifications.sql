-- Who is mentioned in a note, what each person is told, and how they want to be told.
-- depends: 0024_newest_posts

create table note_mentions (
  id bigint generated always as identity primary key,
  note_id bigint not null references notes on delete cascade,
  case_id bigint not null references cases on delete cascade,
  agent_id bigint references agents on delete cascade,
  team_id bigint references teams on delete cascade,
  said text not null,
  check (num_nonnulls(agent_id, team_id) = 1),
  unique nulls not distinct (note_id, agent_id, team_id)
);
comment on column note_mentions.said is 'the words behind the @ as they stand in the note, whatever the person is called by now';
create index note_mentions_agent on note_mentions (agent_id, case_id) where agent_id is not null;
create index note_mentions_team on note_mentions (team_id, case_id) where team_id is not null;
create index note_mentions_case on note_mentions (case_id);

-- What somebody is told: once for each event, however often it is looked at.
create table notifications (
  id bigint generated always as identity primary key,
  agent_id bigint not null references agents on delete cascade,
  event_id bigint not null,
  kind text not null,
  at timestamptz not null,
  case_id bigint references cases on delete cascade,
  post_id bigint,
  by_agent_id bigint references agents on delete set null,
  facts jsonb not null default '{}',
  read_at timestamptz,
  unique (agent_id, event_id)
);
create index notifications_unread on notifications (agent_id, id) where read_at is null;
create index notifications_of on notifications (agent_id, case_id, id);
create index notifications_at on notifications (at);
create index notifications_case on notifications (case_id) where case_id is not null;

create table notification_settings (
  agent_id bigint primary key references agents on delete cascade,
  ways jsonb not null default '{}',
  muted_sources bigint[] not null default '{}',
  muted_teams bigint[] not null default '{}',
  quiet jsonb not null default '[]',
  critical_breaks boolean not null default true,
  quiet_away boolean not null default true
);
comment on column notification_settings.ways is 'kind: off, centre or browser; what is not named is as it comes';
comment on column notification_settings.quiet is 'spans as [weekday from 0, first minute, last minute]; one that ends before it begins goes over midnight';

-- Events that somebody may want to hear of, from the moment they happen until it is written down for whom.
create table notification_queue (event_id bigint primary key);

create function queue_for_notifications() returns trigger language plpgsql as $$
begin
  insert into notification_queue (event_id)
  select f.id from fresh f
  where f.kind in ('reply_failed', 'reply_approved', 'reply_given_back', 'reply_vanished', 'reply_not_visible', 'reply_proposed',
                   'reply_approval_undone', 'reply_undone', 'rule_stopped', 'cases_handed_over', 'hand_over_undone', 'colleagues_told')
    or (f.kind = 'case_assigned' and f.facts ->> 'assignee_id' is not null)
    or (f.kind = 'alert_raised' and f.case_id is not null)
    or (f.kind = 'note_added' and exists (select from note_mentions m where m.note_id = (f.facts ->> 'note_id')::bigint))
    or (f.kind in ('post_joined', 'case_reopened', 'case_woken', 'follow_up_concluded')
        and exists (select from cases c where c.id = f.case_id and c.assignee_id is not null));
  return null;
end $$;
create trigger events_told after insert on events referencing new table as fresh for each statement
  execute function queue_for_notifications();
