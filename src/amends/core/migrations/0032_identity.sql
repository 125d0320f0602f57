-- Who is who: what each link of a handle stands on, who may be the same person, and merges that can be taken back exactly.
-- depends: 0031_customer_timeline

alter table customers add constraint customers_not_of_itself check (merged_into <> id);
-- What a merge moves it names by a number.
alter table customer_refs add column id bigint generated always as identity unique;

-- The record that somebody's record became part of, by however many merges; itself where it stands alone.
create function customer_root(given bigint) returns bigint language sql stable as $$
  with recursive up(id, merged_into) as (
    select id, merged_into from customers where id = given
    union all select c.id, c.merged_into from customers c join up on c.id = up.merged_into
  ) select id from up where merged_into is null
$$;

-- A record and all that became part of it.
create function customer_parts(given bigint) returns bigint[] language sql stable as $$
  with recursive down(id) as (
    select given union all select c.id from customers c join down on c.merged_into = down.id
  ) select array_agg(id) from down
$$;

create table merges (
  id bigint generated always as identity primary key,
  survivor_id bigint not null references customers,
  absorbed_id bigint not null references customers,
  choices jsonb not null,
  before jsonb not null,
  after jsonb not null,
  consents_made bigint[] not null default '{}',
  agent_id bigint references agents,
  at timestamptz not null,
  undone_at timestamptz,
  undone_by bigint references agents,
  check (survivor_id <> absorbed_id)
);
comment on column merges.choices is 'whose value each field took';
comment on column merges.before is 'the survivor''s fields; the absorbed record keeps its own';
comment on column merges.consents_made is 'what the merge itself wrote into the log of consent, so that what one of the two revoked stays revoked';
comment on column merges.agent_id is 'none: Amends did it on strong evidence';
create unique index merges_live on merges (absorbed_id) where undone_at is null;
create index merges_survivor on merges (survivor_id, id);
create index merges_absorbed on merges (absorbed_id, id);

create table merge_moves (
  merge_id bigint not null references merges on delete cascade,
  place text not null,
  ids bigint[] not null,
  primary key (merge_id, place)
);
comment on table merge_moves is 'which rows of a table went over to the survivor, without those that an undone merge has taken back since';

-- What a link of a handle to a customer stands on; often more than one thing.
create table link_evidence (
  id bigint generated always as identity primary key,
  author_id bigint not null references customer_links on delete cascade,
  kind text not null check (kind in ('told_us', 'email', 'phone', 'order', 'agent')),
  consent text not null check (consent in ('own_words', 'own_facts', 'without')),
  post_id bigint references posts,
  note text not null default '',
  merge_id bigint references merges on delete cascade,
  agent_id bigint references agents,
  at timestamptz not null
);
comment on column link_evidence.consent is 'what the person themselves gave for it: their words, a fact of theirs that we compared, or nothing';
comment on column link_evidence.post_id is 'where they said it';
create index link_evidence_author on link_evidence (author_id, id);
create index link_evidence_merge on link_evidence (merge_id) where merge_id is not null;
create index link_evidence_post on link_evidence (post_id) where post_id is not null;
insert into link_evidence (author_id, kind, consent, note, agent_id, at)
select author_id, case basis when 'told_us' then 'told_us' else 'agent' end, case basis when 'told_us' then 'own_words' else 'without' end,
       evidence, agent_id, created_at
from customer_links where basis <> 'handle';
alter table customer_links drop column evidence, drop column agent_id;

-- By what a handle is found again elsewhere: its spelling, its owner's name in Latin letters, order numbers in its posts.
create table identity_keys (
  key text not null,
  author_id bigint not null references authors on delete cascade,
  primary key (key, author_id)
);
create index identity_keys_author on identity_keys (author_id);

create table match_suggestions (
  id bigint generated always as identity primary key,
  one_id bigint not null references customers,
  other_id bigint not null references customers,
  score real not null check (score between 0 and 1),
  reasons jsonb not null,
  evidence text[] not null,
  strong jsonb,
  state text not null default 'open' check (state in ('open', 'dismissed', 'merged')),
  found_at timestamptz not null,
  decided_at timestamptz,
  decided_by bigint references agents,
  merge_id bigint references merges,
  unique (one_id, other_id),
  check (one_id < other_id)
);
comment on column match_suggestions.evidence is 'what it stands on; once dismissed, it is suggested again only for something that is not among these';
create index match_suggestions_open on match_suggestions (score desc, id desc) where state = 'open';
comment on column match_suggestions.strong is 'what links the two by itself, as evidence; Amends makes one record of them as soon as it can';
create index match_suggestions_strong on match_suggestions (id) where state = 'open' and strong is not null;
create index match_suggestions_other on match_suggestions (other_id);
create index match_suggestions_merge on match_suggestions (merge_id) where merge_id is not null;

-- Whose likes are to be looked for (again).
create table identity_backlog (customer_id bigint primary key references customers on delete cascade);

create function identify_again() returns trigger language plpgsql as $$
begin
  insert into identity_backlog (customer_id) values (new.customer_id) on conflict do nothing;
  return null;
end $$;
create trigger customer_links_identified after insert or update of customer_id on customer_links for each row execute function identify_again();
create trigger contact_ways_identified after insert or update of customer_id, normal, verified_at on contact_ways for each row
  when (new.removed_at is null) execute function identify_again();
create trigger purchases_identified after insert or update of customer_id, order_number on purchases for each row
  when (new.order_number <> '') execute function identify_again();

create function identify_author_again() returns trigger language plpgsql as $$
begin
  insert into identity_backlog (customer_id) select customer_id from customer_links where author_id = new.id on conflict do nothing;
  return null;
end $$;
create trigger authors_identified after update of handle, name on authors for each row
  when (old.handle is distinct from new.handle or old.name is distinct from new.name) execute function identify_author_again();

create function identify_ordering_again() returns trigger language plpgsql as $$
begin
  insert into identity_backlog (customer_id)
  select l.customer_id from posts p join customer_links l using (author_id) where p.id = new.post_id on conflict do nothing;
  return null;
end $$;
create trigger verdicts_identified after insert or update of personal on verdicts for each row
  when ('order' = any (new.personal)) execute function identify_ordering_again();

insert into identity_backlog (customer_id) select id from customers;
