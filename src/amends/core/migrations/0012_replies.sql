-- Answers of several posts, with pictures, in private; and the looks whether the public sees them.
-- depends: 0011_budgets_and_alarms

alter table replies
  add column private boolean not null default false,
  add column advice text not null default '',
  add column seen text check (seen in ('visible', 'apart', 'hidden', 'complaint_gone')),
  add column look_at timestamptz,
  add column stage integer not null default 0,
  add column misses integer not null default 0;
comment on column replies.seen is 'what we believe of its visibility; null where nobody could look yet';
comment on column replies.look_at is 'when it is looked for in public next; null where it is not';
comment on column replies.stage is 'how many of the planned looks are done';
comment on column replies.misses is 'looks in a row that did not find it, since it is not believed at once';

update replies set seen = case when visible then 'visible' else 'hidden' end where visible is not null;
update replies set look_at = next_at where state = 'sent' and checked_at is null;
drop index replies_unproven;
create index replies_look on replies (look_at) where look_at is not null;

-- One row a look that the network answered.
create table reply_looks (
  id bigint generated always as identity primary key,
  reply_id bigint not null references replies on delete cascade,
  at timestamptz not null,
  seen text not null check (seen in ('visible', 'apart', 'hidden', 'complaint_gone')),
  permalink text not null default ''
);
create index reply_looks_reply on reply_looks (reply_id, id);

-- The posts of an answer that goes out as several, each under the one before; none for an answer of one post.
create table reply_parts (
  reply_id bigint not null references replies on delete cascade,
  number integer not null,
  text text not null,
  key uuid not null unique,
  first_try_at timestamptz,
  external_id text,
  permalink text not null default '',
  published_at timestamptz,
  primary key (reply_id, number)
);
create index reply_parts_external on reply_parts (external_id) where external_id is not null;

-- Pictures that go out with an answer; of no answer while the agent still writes. The bytes go when the network has shown them.
create table reply_attachments (
  id bigint generated always as identity primary key,
  case_id bigint not null references cases on delete cascade,
  agent_id bigint not null references agents,
  reply_id bigint references replies on delete cascade,
  place integer not null default 0,
  content_type text not null,
  size integer not null,
  content bytea,
  alt text not null default '',
  created_at timestamptz not null
);
create index reply_attachments_reply on reply_attachments (reply_id, place) where reply_id is not null;
create index reply_attachments_loose on reply_attachments (created_at) where reply_id is null;

-- An alert may be about an answer of ours; each answer of a post may raise its own, also twice (it vanished, came back, vanished).
alter table alerts add column reply_id bigint references replies on delete cascade;
alter table alerts drop constraint if exists alerts_post_id_rule_key;
create unique index alerts_once on alerts (post_id, rule) where reply_id is null;

alter table replies
  add column proof_after interval default interval '1 minute',
  add column out_at timestamptz;
alter table replies alter column proof_after drop default;
comment on column replies.proof_after is 'it is looked for in public this much after it went out; null where it is not, as in private';
comment on column replies.out_at is 'when we learnt that it was out, by our own clock; sent_at is by the network''s';
update replies set out_at = sent_at where state = 'sent';
