-- A second person may change the words of an answer before it goes out; what its author wrote is kept beside them.
-- depends: 0096_addresses_in_one_index

alter table replies add column proposed_text text;
comment on column replies.proposed_text is 'what the author wrote, where the second person changed it; null where the words are the author''s';
