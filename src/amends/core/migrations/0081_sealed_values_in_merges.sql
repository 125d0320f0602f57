-- Of two records that become one, somebody may choose whose sealed value counts; taking the merge back brings both back.
-- depends: 0080_our_posts

alter table sensitive_values add column taken_by bigint references merges;
alter table sensitive_values add column aside_of bigint references merges;
comment on column sensitive_values.taken_by is 'the merge by which the record took this over from the absorbed one, which keeps its own';
comment on column sensitive_values.aside_of is 'the merge in which another value was chosen: it waits until that is taken back';

alter table sensitive_values drop constraint sensitive_values_customer_id_attribute_id_key;
create unique index sensitive_values_one on sensitive_values (customer_id, attribute_id) where aside_of is null;
create index sensitive_values_taken on sensitive_values (taken_by) where taken_by is not null;
create index sensitive_values_aside on sensitive_values (aside_of) where aside_of is not null;

-- What went over in merges until now is with the survivor alone: whoever is part of another has their own again.
with went as (
  select v.id, v.attribute_id, v.sealed, v.agent_id, v.set_at, g.merge_id, m.absorbed_id,
    lag(g.merge_id) over (partition by v.id order by g.merge_id) as taken_by,
    lead(g.merge_id) over (partition by v.id order by g.merge_id) is null as is_last
  from merge_moves g join merges m on m.id = g.merge_id and m.undone_at is null
  cross join unnest(g.ids) as row_of(id) join sensitive_values v on v.id = row_of.id
  where g.place = 'sensitive_values'
), kept as (
  insert into sensitive_values (customer_id, attribute_id, sealed, agent_id, set_at, taken_by)
  select absorbed_id, attribute_id, sealed, agent_id, set_at, taken_by from went
)
update sensitive_values v set taken_by = w.merge_id from went w where w.id = v.id and w.is_last;
delete from merge_moves where place = 'sensitive_values';
