-- Tokens that are good once: who renews a source's tokens right now, so that no two workers use one up.
-- depends: 0065_alarms_announced

alter table sources add column renewing_until timestamptz;
comment on column sources.renewing_until is 'a worker asks the network for new tokens until then at the latest; past: it crashed; null: nobody does';
