-- Two anniversaries of one person in one year are two times: what is planned already is named by its day, so that it is not planned anew.
-- depends: 0088_imports_of_new_people

comment on column occasion_messages.turn is
  'which time it is: the year of a birthday or of a first purchase''s day, the day of an anniversary or a renewal, the start of a round';
update occasion_messages m set turn = (m.due_at at time zone coalesce(z.name, 'UTC'))::date::text
from occasions o, customers u left join pg_timezone_names z on z.name = u.zone
where o.id = m.occasion_id and o.kind = 'anniversary' and u.id = m.customer_id;
