-- A case whose customer is forgotten while it is open ends neither resolved nor put aside: it leaves the backlog, and nothing else that is
-- counted of it changes.
-- depends: 0114_channels_in_trouble

alter table episodes add column erased_at timestamptz;
comment on column episodes.erased_at is 'when its customer was forgotten while it was open; it is over then, and not resolved';

alter table episode_facts add column forgotten integer;
comment on column episode_facts.forgotten is 'whole seconds from published until its customer was forgotten while it was open; null: it ended otherwise, or not';
comment on column episode_facts.resolved_at is 'when it left the backlog: resolved, or its customer forgotten';

delete from fact_slices;
delete from slice_packs;
insert into stale_slices (axis, begins)
select distinct d.axis, d.begins from episode_facts f, lateral slices_of_facts(f.published_at, f.resolved_at) d;
