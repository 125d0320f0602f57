-- The audit log names calendars, rotas, brands and incidents by what they are called, as it does people, teams, sources and topics.
-- depends: 0117_forgotten_while_open

create or replace function audit_name(col text, val text) returns text language sql stable as $$
  select coalesce(case col
    when 'source_id' then (select network || ' ' || handle from sources where id = val::bigint)
    when 'agent_id' then (select name from agents where id = val::bigint)
    when 'team_id' then (select name from teams where id = val::bigint)
    when 'topic_id' then (select name from topics where id = val::bigint)
    when 'calendar_id' then (select name from calendars where id = val::bigint)
    when 'rota_id' then (select name from rotas where id = val::bigint)
    when 'brand_id' then (select name from brands where id = val::bigint)
    when 'incident_id' then (select name from incidents where id = val::bigint)
  end, val)
$$;
