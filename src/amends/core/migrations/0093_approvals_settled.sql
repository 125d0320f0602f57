-- An answer that is thrown away, such as one of an occasion that was stopped, waits for approval no more: who was told that it does is told so.
-- depends: 0092_imports_look_nobody_up

create or replace function queue_for_notifications() returns trigger language plpgsql as $$
begin
  insert into notification_queue (event_id)
  select f.id from fresh f
  where f.kind in ('reply_failed', 'reply_approved', 'reply_given_back', 'reply_vanished', 'reply_not_visible', 'reply_proposed',
                   'reply_approval_undone', 'reply_undone', 'reply_discarded', 'rule_stopped', 'cases_handed_over', 'hand_over_undone',
                   'colleagues_told')
    or (f.kind = 'case_assigned' and f.facts ->> 'assignee_id' is not null)
    or (f.kind = 'alert_raised' and f.case_id is not null)
    or (f.kind = 'note_added' and exists (select from note_mentions m where m.note_id = (f.facts ->> 'note_id')::bigint))
    or (f.kind in ('post_joined', 'case_reopened', 'case_woken', 'follow_up_concluded')
        and exists (select from cases c where c.id = f.case_id and c.assignee_id is not null));
  return null;
end $$;
