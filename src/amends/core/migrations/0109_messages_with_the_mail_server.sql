-- A message that is with the mail server can no longer be stopped, and counts among those that its address got.
-- depends: 0107_steps_of_each_policy

alter table occasion_messages add column handed_at timestamptz;
comment on column occasion_messages.handed_at is 'since when the mail server may have it, at this try';
create index occasion_messages_way on occasion_messages (contact_way_id) where contact_way_id is not null;
