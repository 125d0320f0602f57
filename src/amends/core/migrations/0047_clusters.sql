-- Complaints that say the same, gathered as they come: what may be one cause behind many of them.
-- depends: 0046_promises_in_numbers

create table clusters (
  id bigint generated always as identity primary key,
  brand_id bigint not null references brands,
  encoder text not null,
  vector bytea not null,
  weight integer not null,
  topic_ids bigint[] not null default '{}',
  voices integer not null default 0,
  posts integer not null default 0,
  words text[] not null default '{}',
  worded_at integer not null default 0,
  first_at timestamptz not null,
  last_at timestamptz not null,
  made_at timestamptz not null,
  suggested_at timestamptz,
  quiet_at timestamptz,
  ended_at timestamptz,
  dismissed_at timestamptz,
  dismissed_by bigint references agents,
  confirmed_at timestamptz,
  confirmed_by bigint references agents,
  incident_id bigint,
  merged_into bigint references clusters
);
comment on column clusters.encoder is 'whose embeddings these are; those of another encoder are never compared with them';
comment on column clusters.vector is 'the sum of what its posts mean, 384 numbers of four bytes (float32, little-endian); weight says of how many';
comment on column clusters.voices is 'how many customers: somebody who posts ten times is one';
comment on column clusters.words is 'the words that tell it from other complaints, each said by three customers at least';
comment on column clusters.worded_at is 'how many voices it had when its words were found';
comment on column clusters.suggested_at is 'when it first grew against its habit, and was shown as a possible incident';
comment on column clusters.quiet_at is 'since when nobody has joined for some hours; null while it goes on';
create index clusters_alive on clusters (brand_id, encoder, last_at desc) where ended_at is null;
create index clusters_still on clusters (last_at) where ended_at is null;
create index clusters_suggested on clusters (suggested_at desc) where suggested_at is not null and merged_into is null;
create index clusters_incident on clusters (incident_id) where incident_id is not null;

-- No foreign key to posts, who are never deleted: each new member would write to its post's row.
create table cluster_posts (
  post_id bigint primary key,
  cluster_id bigint not null references clusters on delete cascade,
  published_at timestamptz not null,
  taken_at timestamptz,
  taken_by bigint references agents
);
comment on column cluster_posts.taken_at is 'when an agent said that its case does not belong here; it counts no more and joins no more';
create index cluster_posts_cluster on cluster_posts (cluster_id, published_at desc);

-- Posts of which a cluster does not know yet: read, read anew, judged otherwise, deleted.
create table cluster_backlog (
  post_id bigint primary key
);

create function cluster_read() returns trigger language plpgsql as $$
begin
  insert into cluster_backlog (post_id) select distinct post_id from fresh order by post_id on conflict do nothing;
  return null;
end $$;
create trigger readings_clustered_in after insert on readings referencing new table as fresh for each statement execute function cluster_read();
create trigger readings_clustered_out after delete on readings referencing old table as fresh for each statement execute function cluster_read();

create function cluster_again() returns trigger language plpgsql as $$
begin
  insert into cluster_backlog (post_id) values (new.post_id) on conflict do nothing;
  return null;
end $$;
create trigger readings_clustered_again after update on readings for each row
  when (old.embedding is distinct from new.embedding or old.encoder <> new.encoder) execute function cluster_again();
create trigger verdicts_clustered_again after update on verdicts for each row
  when (old.noise <> new.noise or old.sentiment <> new.sentiment or old.complaint <> new.complaint) execute function cluster_again();

-- An alarm of its own: complaints alike that fit no topic. It is a rule like those of rates, and rings, grows and ends as they do.
alter table surge_rules drop constraint surge_rules_kind_check;
alter table surge_rules add constraint surge_rules_kind_check check (kind in ('rate', 'habit', 'new_topic'));
insert into surge_rules (name, kind, condition, apart_by, minutes, least, one_in, severity, escalate_minutes, created_at)
values ('A new topic', 'new_topic', '', '', 60, 5, 1000, 'high', 15, now());
