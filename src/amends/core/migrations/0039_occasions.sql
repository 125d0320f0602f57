-- Messages on occasions: a birthday, an anniversary, a renewal, "we mended what you complained about"; only with consent, and each once.
-- depends: 0038_privacy

create table occasions (
  id bigint generated always as identity primary key,
  name text not null,
  kind text not null check (kind in ('birthday', 'anniversary', 'first_purchase', 'renewal', 'mended')),
  days_before integer not null default 0 check (days_before between 0 and 90),
  hour smallint not null default 10 check (hour between 6 and 21),
  approval boolean not null default true,
  on_network boolean not null default false,
  audience text not null default '',
  active boolean not null default false,
  agent_id bigint not null references agents,
  created_at timestamptz not null,
  archived_at timestamptz
);
comment on column occasions.audience is 'whom it is for, as a query of customers; empty: everybody whose day it is';
comment on column occasions.hour is 'the hour of the person''s own day from which it may go out';
comment on column occasions.on_network is 'where there is no address with consent, as an answer on the network where the person wrote';
comment on column occasions.agent_id is 'in whose name it goes out on a network';

create table occasion_texts (
  occasion_id bigint not null references occasions on delete cascade,
  language text not null,
  subject text not null,
  text text not null,
  primary key (occasion_id, language)
);

-- How often we may write to one person on occasions. Every setting is kept, the newest is in force.
create table occasion_caps (
  id bigint generated always as identity primary key,
  most integer not null check (most between 1 and 100),
  days integer not null check (days between 1 and 366),
  agent_id bigint references agents,
  set_at timestamptz not null
);
insert into occasion_caps (most, days, set_at) values (2, 30, now());

create table occasion_messages (
  id bigint generated always as identity primary key,
  occasion_id bigint not null references occasions,
  customer_id bigint not null references customers,
  turn text not null,
  state text not null check (state in ('proposed', 'queued', 'sending', 'sent', 'failed', 'skipped', 'stopped')),
  why text not null default '',
  planned_at timestamptz not null,
  due_at timestamptz not null,
  approved_by bigint references agents,
  claimed_until timestamptz,
  attempts integer not null default 0,
  contact_way_id bigint references contact_ways on delete set null,
  reply_id bigint references replies on delete set null,
  language text not null default '',
  subject text not null default '',
  text text not null default '',
  sent_at timestamptz,
  stop_hash bytea unique,
  unique (occasion_id, customer_id, turn)
);
comment on column occasion_messages.turn is 'which time it is: the year of a birthday, the day of a renewal, the start of a round';
comment on column occasion_messages.stop_hash is 'SHA-256 of the token by which the person stops such messages';
create index occasion_messages_due on occasion_messages (due_at, id) where state in ('queued', 'sending');
create index occasion_messages_proposed on occasion_messages (occasion_id, id) where state = 'proposed';
create index occasion_messages_of on occasion_messages (occasion_id, id desc);
create index occasion_messages_customer on occasion_messages (customer_id, sent_at desc) where sent_at is not null;
create index occasion_messages_person on occasion_messages (customer_id, id desc);
create index purchases_bought on purchases (bought_at);

create trigger occasions_audited after insert or delete or update of name, kind, days_before, hour, approval, on_network, audience, active, archived_at
  on occasions for each row
  execute function audit_row('occasion', 'name', 'name,kind,days_before,hour,approval,on_network,audience,active,archived_at', '');
create trigger occasion_caps_audited after insert on occasion_caps
  for each row execute function audit_row('occasion_cap', '', 'most,days', '', '');
