-- What a program wrote into the log of consent, and what it decided on a suggestion, names the program beside the person whose token it is.
-- depends: 0099_an_answer_that_did_not_hold_is_one

alter table consents add column program text not null default '';
alter table match_suggestions add column program text not null default '';
comment on column match_suggestions.program is 'the token that it was decided with';

-- Who added what stands in the timeline itself is read from the history, for the few that a page shows.
create index customer_changes_added on customer_changes (field, ((became ->> 'id')::bigint))
  where was is null and field in ('notes', 'files', 'purchases');
