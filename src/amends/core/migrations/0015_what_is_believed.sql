-- Where most of a batch of posts is said to be gone at once, that is believed only when it is still so hours later.
-- depends: 0014_what_a_collector_remembers

alter table rechecks add column doubted_at timestamptz;
comment on column rechecks.doubted_at is 'since when most posts of the batch are said to be gone; null where that is not so';

-- A version without the date of an edit is the first one, where the network dates its edits: when it comes late, it is no edit.
alter table posts add column edit_undated boolean not null default false;
comment on column posts.edit_undated is 'its network does not say when it was edited: edited_at is when we saw it';
