-- The customer's record: who somebody is, what they bought, what they asked of us, and who knows them.
-- depends: 0028_audited_desk

alter table customers
  add column pronoun text not null default '',
  add column languages text[] not null default '{}',
  add column zone text not null default '',
  add column loyalty_number text not null default '',
  add column preferences text not null default '',
  add column concerns text not null default '',
  add column tags text[] not null default '{}',
  add column attributes jsonb not null default '{}',
  add column owner_id bigint references agents,
  add column do_not_contact_since timestamptz,
  add column merged_into bigint references customers,
  add column erased_at timestamptz,
  add column changed_at timestamptz,
  add column version integer not null default 1;
comment on column customers.attributes is 'what the administrator defined: the value of each attribute by its key';
comment on column customers.owner_id is 'the colleague the customer knows';
comment on column customers.merged_into is 'who this record became part of; the record stays, so that its address leads on and the merge can be undone';
comment on column customers.version is 'counts what was saved, so that nobody writes over what they have not seen';
create index customers_owner on customers (owner_id) where owner_id is not null;
create index customers_merged on customers (merged_into) where merged_into is not null;
create index customers_tags on customers using gin (tags);
create index customers_attributes on customers using gin (attributes jsonb_path_ops);
create index customers_loyalty on customers (loyalty_number) where loyalty_number <> '';

-- What the administrator wants to know of every customer.
create table attributes (
  id bigint generated always as identity primary key,
  key text not null unique check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
  name text not null,
  kind text not null check (kind in ('text', 'number', 'date', 'yes_no', 'choice', 'link')),
  choices text[] not null default '{}',
  sensitive boolean not null default false,
  position integer not null default 0,
  created_at timestamptz not null,
  archived_at timestamptz
);

-- The history of every field: one row a change, only ever added to.
create table customer_changes (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  field text not null,
  was jsonb,
  became jsonb,
  origin text not null check (origin in ('agent', 'network', 'import', 'program', 'merge', 'unmerge', 'rule', 'customer')),
  origin_note text not null default '',
  agent_id bigint references agents,
  at timestamptz not null
);
create index customer_changes_customer on customer_changes (customer_id, at desc, id desc);

-- Ways to reach somebody beside their handles.
create table contact_ways (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  kind text not null check (kind in ('email', 'phone', 'post')),
  value text not null,
  normal text not null,
  label text not null default '',
  verified_at timestamptz,
  verified_how text not null default '',
  created_at timestamptz not null,
  removed_at timestamptz
);
comment on column contact_ways.normal is 'the value as it is compared: an address in lower case, a number as + and digits';
create index contact_ways_customer on contact_ways (customer_id) where removed_at is null;
create index contact_ways_normal on contact_ways (kind, normal) where removed_at is null;

-- The log of consent, only ever added to: the newest row of a customer, way and purpose is in force. Without a row there is no consent.
create table consents (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  contact_way_id bigint references contact_ways,
  author_id bigint references authors,
  purpose text not null check (purpose in ('care', 'survey', 'occasion')),
  given boolean not null,
  basis text not null,
  agent_id bigint references agents,
  at timestamptz not null,
  check (num_nonnulls(contact_way_id, author_id) <= 1)
);
comment on column consents.author_id is 'the handle it is for; with neither way nor handle it is for all';
create index consents_customer on consents (customer_id, purpose, at desc, id desc);

create table purchases (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  kind text not null check (kind in ('purchase', 'subscription')),
  name text not null,
  order_number text not null default '',
  amount numeric(14, 2),
  currency text not null default '' check (currency ~ '^([A-Z]{3})?$'),
  state text not null default '',
  bought_at timestamptz not null,
  renews_on date,
  ended_at timestamptz,
  system text not null default '',
  external_id text,
  created_at timestamptz not null,
  unique (system, external_id)
);
create index purchases_customer on purchases (customer_id, bought_at desc, id desc);
create index purchases_order on purchases (order_number) where order_number <> '';
create index purchases_renewal on purchases (renews_on) where renews_on is not null and ended_at is null;

-- Birthdays and the like; many people tell the day without the year.
create table important_dates (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  kind text not null check (kind in ('birthday', 'anniversary', 'renewal', 'other')),
  name text not null default '',
  month smallint not null check (month between 1 and 12),
  day smallint not null check (day between 1 and 31),
  year smallint check (year between 1850 and 2200),
  created_at timestamptz not null
);
create index important_dates_customer on important_dates (customer_id);
create index important_dates_day on important_dates (month, day);

-- What colleagues note of a person (a case has notes of its own), and of calls, e-mails and visits.
create table customer_notes (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  kind text not null check (kind in ('note', 'call', 'email', 'visit', 'letter')),
  incoming boolean,
  text text not null,
  pinned boolean not null default false,
  agent_id bigint references agents,
  at timestamptz not null,
  created_at timestamptz not null,
  removed_at timestamptz
);
create index customer_notes_customer on customer_notes (customer_id, at desc, id desc) where removed_at is null;

create table customer_files (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  name text not null,
  media_type text not null,
  size integer not null,
  body bytea not null,
  agent_id bigint references agents,
  created_at timestamptz not null,
  removed_at timestamptz
);
create index customer_files_customer on customer_files (customer_id, created_at desc, id desc) where removed_at is null;

create table organisations (
  id bigint generated always as identity primary key,
  name text not null,
  kind text not null check (kind in ('company', 'association')),
  domain text not null default '',
  note text not null default '',
  owner_id bigint references agents,
  attributes jsonb not null default '{}',
  created_at timestamptz not null,
  changed_at timestamptz,
  archived_at timestamptz
);
create index organisations_name on organisations using gin (lower(name) gin_trgm_ops);
create index organisations_domain on organisations (lower(domain)) where domain <> '';

-- Somebody may belong to several, and to one of them several times after another.
create table memberships (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  customer_id bigint not null references customers,
  role text not null default '',
  number text not null default '',
  since date,
  until date,
  renews_on date,
  created_at timestamptz not null,
  check (until >= since)
);
create index memberships_organisation on memberships (organisation_id, customer_id);
create index memberships_customer on memberships (customer_id);
create index memberships_renewal on memberships (renews_on) where renews_on is not null and until is null;

-- What other systems call a customer: what an import or a sync finds again, and never doubles.
create table customer_refs (
  system text not null,
  external_id text not null,
  customer_id bigint not null references customers,
  seen_at timestamptz not null,
  primary key (system, external_id)
);
create index customer_refs_customer on customer_refs (customer_id);
