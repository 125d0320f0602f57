-- Whose report could not be sent is told.
-- depends: 0053_desk

create trigger events_told_of_reports after insert on events for each row when (new.kind = 'report_failed')
  execute function queue_for_owner();
