-- A promise whose clock stands is neither kept yet nor none: the facts of those cases are counted anew.
-- depends: 0050_on_call

insert into touched_cases (case_id) select distinct case_id from clocks where kind = 'resolution' and due_at is null;
