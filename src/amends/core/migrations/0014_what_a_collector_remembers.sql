-- A collector may keep a session over restarts, where its network gives out few of them.
-- depends: 0013_what_pushes

alter table sources add column memory bytea;
comment on column sources.memory is 'what the source''s collector asked to remember, sealed together with the mark of the credentials it belongs to';
