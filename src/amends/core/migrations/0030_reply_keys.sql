-- A reply that was taken back or thrown away leaves its key here, so that a late repeat of its sending does not queue it anew.
-- depends: 0029_customer_record

create table reply_keys (
  key uuid primary key,
  case_id bigint not null references cases on delete cascade,
  spent_at timestamptz not null
);
comment on column reply_keys.spent_at is 'when the reply of this key was taken back or thrown away; after some days nobody repeats it any more';
create index reply_keys_case on reply_keys (case_id);
create index reply_keys_spent on reply_keys (spent_at);
