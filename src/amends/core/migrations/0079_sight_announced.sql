-- Screens hear when somebody's session ends, or they may see more or less by now: their streams end at once, and open anew as they may.
-- depends: 0078_ends_of_order_numbers

create function announce_sight() returns trigger language plpgsql as $$
declare
  it jsonb := to_jsonb(coalesce(new, old));
begin
  if tg_argv[0] = 'team' then
    perform pg_notify('amends_events', json_build_object('sight', agent_id)::text)
    from team_members where team_id = (it ->> tg_argv[1])::bigint;
  else
    perform pg_notify('amends_events', json_build_object('sight', (it ->> tg_argv[1])::bigint)::text);
  end if;
  return null;
end $$;
create trigger sessions_sight after delete on sessions for each row execute function announce_sight('agent', 'agent_id');
create trigger agents_sight after update of role, active on agents for each row
  when ((old.role, old.active) is distinct from (new.role, new.active)) execute function announce_sight('agent', 'id');
create trigger team_members_sight after insert or delete on team_members for each row execute function announce_sight('agent', 'agent_id');
create trigger team_sources_sight after insert or delete on team_sources for each row execute function announce_sight('team', 'team_id');
create trigger teams_sight after update of archived_at on teams for each row
  when (old.archived_at is distinct from new.archived_at) execute function announce_sight('team', 'id');
