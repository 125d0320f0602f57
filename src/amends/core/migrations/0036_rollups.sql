-- The numbers: one fact a row for each episode, and the facts of each half day packed column by column, so that a year is read at a stroke.
-- Everything here can be thrown away and is made anew from episodes, cases, follow-ups and topics with the same result.
-- depends: 0035_clocks

create table episode_facts (
  episode_id bigint primary key references episodes on delete cascade,
  case_id bigint not null,
  number integer not null,
  brand_id bigint not null,
  source_id bigint not null,
  network text not null,
  team_id bigint,
  agent_id bigint,
  language text not null,
  mood text not null,
  topics bigint[] not null,
  published_at timestamptz not null,
  resolved_at timestamptz,
  dismissed boolean not null,
  first_answer integer,
  ending integer,
  seen integer not null,
  triaged integer not null,
  after_7 text,
  after_30 text
);
comment on column episode_facts.agent_id is 'who has the case';
comment on column episode_facts.first_answer is 'whole seconds from published to answered; null: not answered';
comment on column episode_facts.ending is 'whole seconds from published to resolved; null: not resolved';
comment on column episode_facts.seen is 'whole seconds from published to seen';
comment on column episode_facts.triaged is 'whole seconds from seen to triaged';
comment on column episode_facts.after_7 is 'what the follow-up after about a week found; null: not concluded';
comment on column episode_facts.after_30 is 'what the follow-up after about a month found; null: not concluded';
create index episode_facts_published on episode_facts (published_at, episode_id);
create index episode_facts_resolved on episode_facts (resolved_at, episode_id) where resolved_at is not null and not dismissed;
create index episode_facts_open on episode_facts (published_at, episode_id) where resolved_at is null and not dismissed;
create index episode_facts_case on episode_facts (case_id);

-- Clocks of networks may run before ours: a length is never below nothing.
create function whole_seconds(length interval) returns integer language sql immutable as $$
  select case when length is not null then least(2147483647, greatest(0, floor(extract(epoch from length))))::integer end
$$;

-- Cases whose facts may have changed: appended by those who change them, which costs them no lock; folded every other second.
create table touched_cases (
  id bigint generated always as identity primary key,
  case_id bigint not null
);

-- Words of the facts as small numbers.
create table fact_words (
  id smallint generated always as identity primary key,
  word text not null unique
);

-- Half days of UTC on each axis (published then, resolved then, published then and still open), packed column by column: a string of
-- numbers of one width, big-endian, in the same order for each column. Those in `stale_slices` are read from the facts themselves until
-- they are packed anew. A slice of 2,000 episodes still lies in its page rather than in pieces elsewhere.
create table fact_slices (
  axis text not null check (axis in ('published', 'resolved', 'open')),
  name text not null,
  begins timestamptz not null,
  numbers bytea not null,
  primary key (axis, name, begins)
) with (toast_tuple_target = 8160);
alter table fact_slices alter column numbers set storage external;

create table stale_slices (
  id bigint generated always as identity primary key,
  axis text not null,
  begins timestamptz not null
);

create function touch_cases() returns trigger language plpgsql as $$
begin
  insert into touched_cases (case_id) select distinct case_id from fresh;
  return null;
end $$;
create trigger episodes_touch_in after insert on episodes referencing new table as fresh for each statement execute function touch_cases();
create trigger episodes_touch_again after update on episodes referencing new table as fresh for each statement execute function touch_cases();
create trigger follow_ups_touch_in after insert on follow_ups referencing new table as fresh for each statement execute function touch_cases();
create trigger follow_ups_touch_again after update on follow_ups referencing new table as fresh for each statement execute function touch_cases();
create trigger follow_ups_touch_out after delete on follow_ups referencing old table as fresh for each statement execute function touch_cases();

create function touch_changed_cases() returns trigger language plpgsql as $$
begin
  insert into touched_cases (case_id)
  select n.id from fresh n join stale o on o.id = n.id
  where (n.brand_id, n.source_id, n.network, n.team_id, n.assignee_id, n.language, n.sentiment)
    is distinct from (o.brand_id, o.source_id, o.network, o.team_id, o.assignee_id, o.language, o.sentiment);
  return null;
end $$;
create trigger cases_touch_again after update on cases referencing new table as fresh old table as stale
  for each statement execute function touch_changed_cases();

create function touch_cases_of_topics() returns trigger language plpgsql as $$
begin
  insert into touched_cases (case_id) select distinct p.case_id from fresh join posts p on p.id = fresh.post_id where p.case_id is not null;
  return null;
end $$;
create trigger post_topics_touch_in after insert on post_topics referencing new table as fresh
  for each statement execute function touch_cases_of_topics();
create trigger post_topics_touch_again after update on post_topics referencing new table as fresh
  for each statement execute function touch_cases_of_topics();
create trigger post_topics_touch_out after delete on post_topics referencing old table as fresh
  for each statement execute function touch_cases_of_topics();

create function touch_cases_of_posts() returns trigger language plpgsql as $$
begin
  insert into touched_cases (case_id)
  select distinct unnest(array_remove(array[n.case_id, o.case_id], null)) from fresh n join stale o on o.id = n.id
  where (n.case_id, n.case_number) is distinct from (o.case_id, o.case_number);
  return null;
end $$;
create trigger posts_touch_again after update on posts referencing new table as fresh old table as stale
  for each statement execute function touch_cases_of_posts();

create function slice_of(at timestamptz) returns timestamptz language sql immutable as $$
  select date_bin('12 hours', at, '2000-01-01 00:00:00+00')
$$;

create function slices_of_facts(published_at timestamptz, resolved_at timestamptz) returns table (axis text, begins timestamptz)
language sql immutable as $$
  select 'published', slice_of(published_at)
  union all select 'resolved', slice_of(resolved_at) where resolved_at is not null
  union all select 'open', slice_of(published_at) where resolved_at is null
$$;

create function stale_slices_of_facts() returns trigger language plpgsql as $$
begin
  insert into stale_slices (axis, begins)
  select distinct d.axis, d.begins from changed f, lateral slices_of_facts(f.published_at, f.resolved_at) d;
  return null;
end $$;
create trigger episode_facts_stale_in after insert on episode_facts referencing new table as changed
  for each statement execute function stale_slices_of_facts();
create trigger episode_facts_stale_new after update on episode_facts referencing new table as changed
  for each statement execute function stale_slices_of_facts();
create trigger episode_facts_stale_old after update on episode_facts referencing old table as changed
  for each statement execute function stale_slices_of_facts();
create trigger episode_facts_stale_out after delete on episode_facts referencing old table as changed
  for each statement execute function stale_slices_of_facts();

insert into touched_cases (case_id) select id from cases;

-- What the company decided about its numbers; one row.
create table number_settings (
  one boolean primary key default true check (one),
  compare_agents text[] not null default '{}',
  shows_answer_times boolean not null default false
);
insert into number_settings default values;
comment on column number_settings.compare_agents is 'the roles that may see the numbers of single agents beside one another; none: nobody';
comment on column number_settings.shows_answer_times is 'whether anybody may read how fast we answer, for a status page';
create trigger number_settings_audited after update on number_settings for each row
  execute function audit_row('number_settings', '', 'compare_agents,shows_answer_times', '');
