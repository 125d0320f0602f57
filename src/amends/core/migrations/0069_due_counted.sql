-- What is due is counted by the index alone, also for somebody who does not see every team.
-- depends: 0068_customers_checked

create index cases_due_counted on cases (due_at, id) include (team_id, source_id) where due_at is not null;
drop index cases_due;
alter index cases_due_counted rename to cases_due;

create index follow_ups_due_counted on follow_ups (due_at, id) include (case_id) where concluded_at is null;
drop index follow_ups_due_in_order;
alter index follow_ups_due_counted rename to follow_ups_due_in_order;
