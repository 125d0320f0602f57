-- What waits longest is found at once, and the rest that waits for its channel, however much waits and however much was told.
-- depends: 0086_amounts

drop index alert_deliveries_queued;
create index alert_deliveries_queued on alert_deliveries (next_at, id) where state = 'queued';
create index alert_deliveries_queued_of_channel on alert_deliveries (channel_id, next_at, id) where state = 'queued';
