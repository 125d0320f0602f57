-- Where a look says that all posts of a case are gone, and others of its source too, that is believed only when it is still so hours later.
-- depends: 0055_follow_ups_in_order

alter table cases add column look_doubted_at timestamptz;
comment on column cases.look_doubted_at is 'since when all its posts, and others of its source too, are said to be gone; null where that is not so';
