-- An order number is found by its end too, as people say it on the phone: 77899 of LK-2026/778-99.
-- depends: 0077_promises_as_signals

create index purchases_key_ends on purchases (reverse(order_key(order_number)) text_pattern_ops) where order_number <> '';
