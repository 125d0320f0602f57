-- Which channels are in trouble is known at once, so that what waits for them holds up no other.
-- depends: 0113_no_index_of_looks_by_day

create index alert_deliveries_in_trouble on alert_deliveries (channel_id) where state = 'queued' and error <> '';
