-- What a half day of facts was packed into has a name, and another one when it is packed anew: who keeps numbers that were read knows by it
-- whether they are true still. Names are drawn, not counted, so that no two databases have one in common.
-- depends: 0093_approvals_settled

create table slice_packs (
  axis text not null check (axis in ('published', 'resolved', 'open')),
  begins timestamptz not null,
  pack bigint not null default hashtextextended(gen_random_uuid()::text, 0),
  primary key (axis, begins)
);
insert into slice_packs (axis, begins) select distinct axis, begins from fact_slices where name = 'at';
