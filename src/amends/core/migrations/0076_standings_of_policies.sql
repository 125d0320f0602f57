-- Which policies stood in which order, from when on: what is changed later promises nothing for clocks that began before.
-- depends: 0075_digits_of_order_numbers

create table sla_standings (
  id bigint generated always as identity primary key,
  created_at timestamptz not null,
  version_ids bigint[] not null,
  applied boolean not null default false
);
comment on table sla_standings is 'the policies in force from a moment on, in order, each in its version';
comment on column sla_standings.applied is 'whether they were applied to all clocks that ran then';

create index sla_standings_applied on sla_standings (created_at) where applied;

-- The past as far as it is known: when policies were removed and brought back is, in which order they stood is not.
with told as materialized (
  select id, at, (facts ->> 'policy_id')::bigint as policy_id, kind = 'sla_restored' as stands
  from events where kind in ('sla_removed', 'sla_restored')
)
insert into sla_standings (created_at, applied, version_ids)
select at, bool_or(applied), array(
  select v.id from sla_policies p
  cross join lateral (
    select id from sla_policy_versions where policy_id = p.id and created_at <= at order by number desc limit 1) v
  where p.created_at <= at and coalesce(
      (select stands from told where told.policy_id = p.id and told.at <= m.at order by told.id desc limit 1),
      p.deleted_at is null or p.deleted_at > at
    )
  order by p.position, p.id)
from (
  select created_at, false from sla_policy_versions union select deleted_at, false from sla_policies where deleted_at is not null
  union select at, false from told union select created_at, true from jobs where kind = 'clocks') m(at, applied)
group by at order by at;
