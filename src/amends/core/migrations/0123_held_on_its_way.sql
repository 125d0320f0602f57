-- An answer that waits to be taken back, or to be tried again, is held by what its customer writes meanwhile.
-- depends: 0118_what_a_sync_leaves_out

alter table replies add column seen_posts integer;
comment on column replies.seen_posts is
  'how far in the customer''s posts its author, or who approved it, had seen the case; null where nobody says, which holds nothing';
