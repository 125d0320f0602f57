-- What the night learnt is told from what somebody learnt at the command line, who has no account either.
-- depends: 0118_what_a_sync_leaves_out

alter table heads add column at_night boolean not null default false;
comment on column heads.at_night is 'the nightly job asked for it; without that and without created_by somebody did at the command line';

update heads h set at_night = true where created_by is null and exists (
  select from jobs j where j.kind = 'learn' and j.why = 'nightly' and h.created_at between j.created_at and coalesce(j.finished_at, now())
);
