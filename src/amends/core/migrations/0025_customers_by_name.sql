-- depends: 0016_teams_and_deadlines
-- The command bar finds customers by a part of their name as one types.
create index customers_name on customers using gin (name gin_trgm_ops);
