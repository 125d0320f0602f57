-- Where most of a batch of posts is said to be gone at once, that is believed only when it is still so hours later.
-- depends: 0014_what_a_collector_remembers

alter table rechecks add column doubted_at timestamptz;
comment on column rechecks.doubted_at is 'since when most posts of the batch are said to be gone; null where that is not so';
