-- A clock that goes over to another policy begins that one's steps at the first: which were taken is kept for each policy.
-- depends: 0102_programs_behind_consents

alter table clock_steps add column policy_id bigint references sla_policies on delete cascade;
update clock_steps s set policy_id = v.policy_id
from clocks c join sla_policy_versions v on v.id = c.policy_version_id where c.id = s.clock_id;
-- Of a clock that is under no policy any more, the case's history still tells the steps.
delete from clock_steps where policy_id is null;
alter table clock_steps drop constraint clock_steps_pkey, alter column policy_id set not null, add primary key (clock_id, policy_id, number);
create index clock_steps_policy on clock_steps (policy_id);
