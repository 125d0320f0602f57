-- Who paid much is found by what was paid, however many customers there are.
-- depends: 0085_follow_ups_within_sight

create index purchases_amount on purchases (amount);
