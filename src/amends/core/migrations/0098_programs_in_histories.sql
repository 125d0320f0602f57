-- What a program merged, took apart or tied to somebody names the program beside the person whose token it is.
-- depends: 0097_approved_in_other_words

alter table customer_changes add column program text not null default '';
comment on column customer_changes.program is 'the token that a merge or its undoing came with; of other changes by programs origin_note is it';
alter table merges add column program text not null default '', add column undone_program text not null default '';
alter table link_evidence add column program text not null default '';
