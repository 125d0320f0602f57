-- Screens hear that an alarm rang, grew, was seen to, was judged or ended, of whatever kind it is, and ask for what they may see of it.
-- depends: 0064_posts_put_back

create function announce_alarms() returns trigger language plpgsql as $$
begin
  perform pg_notify('amends_events', '{"alarms": true}');
  return null;
end $$;
create trigger alerts_announced after insert on alerts for each row execute function announce_alarms();
create trigger alerts_changed_announced after update of acknowledged_at, ended_at, dismissed_at, n, called, escalations on alerts for each row
  when ((old.acknowledged_at, old.ended_at, old.dismissed_at, old.n, old.called, old.escalations)
        is distinct from (new.acknowledged_at, new.ended_at, new.dismissed_at, new.n, new.called, new.escalations))
  execute function announce_alarms();
