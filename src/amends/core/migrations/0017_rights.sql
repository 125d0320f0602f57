-- Who sees what, and who changed what: counters by team and source, tokens that carry less than their owner, and the audit log.
-- depends: 0016_teams_and_deadlines

-- Counters by team and source, so that a reader sums only what they see.
drop table case_counts;
create table case_counts (
  view text not null,
  team_id bigint,
  source_id bigint not null,
  n bigint not null,
  unique nulls not distinct (view, team_id, source_id)
);
truncate case_count_deltas;
alter table case_count_deltas add column team_id bigint, add column source_id bigint not null;

create or replace function count_inserted() returns trigger language plpgsql as $$
begin
  insert into case_count_deltas (view, team_id, source_id, delta)
  select view, team_id, source_id, count(*)
  from fresh, lateral count_views(fresh.status, fresh.assignee_id, fresh.needs_look) view group by view, team_id, source_id;
  return null;
end $$;

create or replace function count_updated() returns trigger language plpgsql as $$
begin
  insert into case_count_deltas (view, team_id, source_id, delta)
  select view, team_id, source_id, sum(d) from (
    select view, team_id, source_id, 1 as d
    from fresh, lateral count_views(fresh.status, fresh.assignee_id, fresh.needs_look) view
    union all
    select view, team_id, source_id, -1
    from stale, lateral count_views(stale.status, stale.assignee_id, stale.needs_look) view
  ) changes group by view, team_id, source_id having sum(d) <> 0;
  return null;
end $$;

create or replace function count_deleted() returns trigger language plpgsql as $$
begin
  insert into case_count_deltas (view, team_id, source_id, delta)
  select view, team_id, source_id, -count(*)
  from stale, lateral count_views(stale.status, stale.assignee_id, stale.needs_look) view group by view, team_id, source_id;
  return null;
end $$;

insert into case_counts (view, team_id, source_id, n)
select view, team_id, source_id, count(*)
from cases c, lateral count_views(c.status, c.assignee_id, c.needs_look) view group by view, team_id, source_id;

-- For a reader who sees few sources: their cases are found without walking over everybody's.
create index cases_source on cases (source_id, status, last_post_at desc, id desc);

alter table api_tokens
  add column carries text not null default 'everything' check (carries in ('read', 'work', 'everything')),
  add column expires_at timestamptz,
  add column last_used_from text not null default '';
comment on column api_tokens.carries is 'how much of its owner''s rights it carries';

-- The audit log: every administrative change, with who made it and from where. It is only ever added to.
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  kind text not null,
  about text not null,
  before jsonb,
  after jsonb,
  agent_id bigint,
  who text not null,
  via text not null,
  address text not null,
  browser text not null,
  words text not null
);
comment on column audit_log.before is 'what was changed, as it was; secrets never stand here';
comment on column audit_log.agent_id is 'no foreign key: the log outlives whom it names';
comment on column audit_log.via is 'session, the name of a token, a command; empty where Amends did it by itself';
comment on column audit_log.words is 'everything above in lower case, for searching';
create index audit_log_kind on audit_log (kind, id desc);
create index audit_log_agent on audit_log (agent_id, id desc) where agent_id is not null;
create index audit_log_at on audit_log (at);
create index audit_log_words on audit_log using gin (words gin_trgm_ops);

create function keep_audit_log() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is only added to.' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_log_kept before update or delete or truncate on audit_log for each statement execute function keep_audit_log();
alter table audit_log enable always trigger audit_log_kept;

-- The transaction's origin (who, from where, when) is what a door laid into `amends.origin`.
create function write_audit(kind text, about text, before jsonb, after jsonb) returns void language sql as $$
  insert into audit_log (at, kind, about, before, after, agent_id, who, via, address, browser, words)
  select coalesce((o ->> 'at')::timestamptz, now()), kind, about, before, after, (o ->> 'agent_id')::bigint, who, via, address, browser,
         lower(concat_ws(' ', replace(kind, '_', ' '), about, who, via, address, browser, before, after))
  from (select coalesce(nullif(current_setting('amends.origin', true), ''), '{}')::jsonb as o) origin,
       lateral (select coalesce(o ->> 'who', '') as who, coalesce(o ->> 'via', '') as via,
                       coalesce(o ->> 'address', '') as address, coalesce(o ->> 'browser', '') as browser) said
$$;

create function audit_name(col text, val text) returns text language sql stable as $$
  select coalesce(case col
    when 'source_id' then (select network || ' ' || handle from sources where id = val::bigint)
    when 'agent_id' then (select name from agents where id = val::bigint)
    when 'team_id' then (select name from teams where id = val::bigint)
    when 'topic_id' then (select name from topics where id = val::bigint)
  end, val)
$$;

-- audit_row(noun, columns that name the row, columns shown, columns whose change is told without their content, column of the series).
-- A table that is only added to (a series) has the row before as what was: of the same value in that column, or of the whole table.
create function audit_row() returns trigger language plpgsql as $$
declare
  shown text[] := string_to_array(tg_argv[2], ',');
  hidden text[] := string_to_array(tg_argv[3], ',');
  was jsonb;
  new_row jsonb;
  before jsonb;
  after jsonb;
begin
  if tg_op <> 'INSERT' then was := to_jsonb(old); end if;
  if tg_op <> 'DELETE' then new_row := to_jsonb(new); end if;
  if tg_nargs > 4 then
    execute format('select to_jsonb(t) from %I t where id < $1 and (%L = '''' or to_jsonb(t) ->> %L = $2) order by id desc limit 1',
                   tg_table_name, tg_argv[4], tg_argv[4]) into was using new.id, new_row ->> tg_argv[4];
  end if;
  select jsonb_object_agg(key, was -> key) filter (where was is not null),
         jsonb_object_agg(key, new_row -> key) filter (where new_row is not null)
    into before, after
    from unnest(shown) key
    where was is null or new_row is null or was -> key is distinct from new_row -> key;
  if tg_op = 'UPDATE' then
    select coalesce(before, '{}') || coalesce(jsonb_object_agg(key, '(hidden)'), '{}'),
           coalesce(after, '{}') || coalesce(jsonb_object_agg(key, '(hidden, new)'), '{}')
      into before, after from unnest(hidden) key where was -> key is distinct from new_row -> key;
    if after = '{}' then return null; end if;
  end if;
  perform write_audit(
    tg_argv[0] || case when tg_op = 'INSERT' and was is null then '_added' when tg_op = 'DELETE' then '_removed' else '_changed' end,
    (select coalesce(string_agg(nullif(audit_name(col, coalesce(new_row, was) ->> col), ''), ' · '), '')
     from unnest(string_to_array(tg_argv[1], ',')) col),
    before, after);
  return null;
end $$;

create trigger agents_audited after insert or delete or update of email, name, role, active, languages on agents
  for each row execute function audit_row('agent', 'name', 'email,name,role,active,languages', '');
create trigger teams_audited after insert or delete or update on teams
  for each row execute function audit_row('team', 'name', 'name', '');
create trigger team_members_audited after insert or delete on team_members
  for each row execute function audit_row('team_member', 'team_id,agent_id', 'team_id,agent_id', '');
create trigger team_sources_audited after insert or delete on team_sources
  for each row execute function audit_row('team_source', 'team_id,source_id', 'team_id,source_id', '');
create trigger api_tokens_audited after insert or delete or update of name, carries, expires_at, revoked_at on api_tokens
  for each row execute function audit_row('token', 'name,agent_id', 'name,carries,expires_at,revoked_at', '');
create trigger sources_audited after insert or delete or update of network, handle, options, brand_id, paused_at, credentials on sources
  for each row execute function audit_row('source', 'network,handle', 'network,handle,options,brand_id,paused_at', 'credentials');
create trigger watches_audited after insert or delete on watches
  for each row execute function audit_row('watch', 'source_id,kind,query', 'kind,query', '');
create trigger alert_channels_audited after insert or delete or update of label, target, active on alert_channels
  for each row execute function audit_row('channel', 'label', 'kind,label,active', 'target');
create trigger budgets_audited after insert on budgets
  for each row execute function audit_row('budget', 'source_id', 'unit,a_day,share', '', 'source_id');
create trigger urgency_weights_audited after insert on urgency_weights
  for each row execute function audit_row('weights', '', 'weights', '', '');
create trigger order_shapes_audited after insert on order_shapes
  for each row execute function audit_row('order_shapes', '', 'shapes', '', '');

-- What Amends plants or learns by itself is no administrative change; what somebody does to topics and models is.
create trigger topics_audited after insert or delete or update of name, brand_id, archived_at on topics
  for each row when (coalesce(current_setting('amends.origin', true), '') <> '')
  execute function audit_row('topic', 'name', 'name,brand_id,archived_at', '');
create trigger topic_sentences_audited after insert on topic_examples
  for each row when (new.post_id is null and coalesce(current_setting('amends.origin', true), '') <> '')
  execute function audit_row('topic_sentence', 'topic_id', 'fits,text', '');
create trigger topic_sentences_gone_audited after delete on topic_examples
  for each row when (old.post_id is null and coalesce(current_setting('amends.origin', true), '') <> '')
  execute function audit_row('topic_sentence', 'topic_id', 'fits,text', '');
create trigger heads_audited after insert or update of adopted_at, retired_at on heads
  for each row when (coalesce(current_setting('amends.origin', true), '') <> '')
  execute function audit_row('model', 'version', 'version,adopted_at,retired_at', '');
