-- A customer's answers that did not hold are counted anew: each was counted once for every look at it.
-- depends: 0098_programs_in_histories

update customer_facts set stale_at = now() where relapses > 0;
