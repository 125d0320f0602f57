-- Views in the query language: until when we should have answered, saved views with their counts, and the indices that filters need.
-- depends: 0018_accounts

create extension if not exists btree_gin;

-- From this urgency on, an answer is due so many minutes after the customer began to wait. Without a brand: for those that have no own.
create table answer_targets (
  brand_id bigint references brands on delete cascade,
  least_urgency smallint not null check (least_urgency between 0 and 100),
  minutes integer not null check (minutes between 1 and 43200),
  unique nulls not distinct (brand_id, least_urgency)
);
insert into answer_targets (brand_id, least_urgency, minutes) values (null, 70, 60), (null, 40, 240), (null, 0, 1440);

-- Goes by what the posts say: points for waiting would shorten the time that they come from.
create function answer_due(brand bigint, said smallint, since timestamptz) returns timestamptz language sql stable as $$
  select since + minutes * interval '1 minute' from answer_targets
  where (brand_id = brand or brand_id is null) and least_urgency <= said order by brand_id nulls last, least_urgency desc limit 1
$$;

-- In the database, since a dozen statements write what a deadline follows from, and a forgotten one would be a promise that nobody keeps.
create function keep_due() returns trigger language plpgsql as $$
begin
  if new.status = 'open' and new.waiting_since is not null then
    if tg_op = 'INSERT' or (new.status, new.waiting_since, new.urgency, new.brand_id)
        is distinct from (old.status, old.waiting_since, old.urgency, old.brand_id) then
      new.due_at := answer_due(new.brand_id, new.urgency, new.waiting_since);
    end if;
  else
    new.due_at := null;
  end if;
  return new;
end $$;
create trigger cases_due_kept before insert or update of status, waiting_since, urgency, brand_id on cases
  for each row execute function keep_due();
update cases set due_at = answer_due(brand_id, urgency, waiting_since) where status = 'open' and waiting_since is not null;

create index cases_by_due on cases (status, coalesce(due_at, 'infinity'::timestamptz), id);
-- A rare combination of filters is gathered from here, where walking in the list's order would pass by a million others.
create index cases_narrow on cases using gin (brand_id, source_id, network, language, sentiment, reasons);
create index cases_opened on cases (opened_at);
create index cases_resolved on cases (resolved_at) where resolved_at is not null;
create index customers_name on customers using gin (lower(name) gin_trgm_ops);
create index authors_followers on authors (followers) where followers is not null;
create index post_topics_of on post_topics (topic_id, post_id) where fits;
create index verdicts_intent on verdicts (intent, post_id);

-- A view that somebody keeps: for themselves, for a team, or for everyone. A deleted one stays for a while, for the undo.
create table saved_views (
  id bigint generated always as identity primary key,
  agent_id bigint not null references agents on delete cascade,
  audience text not null check (audience in ('me', 'team', 'all')),
  team_id bigint references teams on delete cascade,
  name text not null,
  query text not null,
  sort text not null,
  colour text not null default '',
  place integer not null,
  created_at timestamptz not null,
  deleted_at timestamptz,
  check ((audience = 'team') = (team_id is not null))
);
create index saved_views_agent on saved_views (agent_id) where deleted_at is null;
comment on column saved_views.agent_id is 'who made it';

-- Kept by the worker, and only while somebody looks: a page never counts a saved view itself.
create table saved_view_counts (
  view_id bigint not null references saved_views on delete cascade,
  agent_id bigint not null,
  n integer,
  counted_at timestamptz,
  cost_ms integer not null default 0,
  wanted_at timestamptz not null,
  primary key (view_id, agent_id)
);
create index saved_view_counts_wanted on saved_view_counts (wanted_at);
comment on column saved_view_counts.agent_id is 'for whom it was counted; 0 where it is the same for everybody';
comment on column saved_view_counts.n is 'null: not counted yet, or too dear to be counted';
