-- The company's own topics, what is noise to it, and the examples from which both are learnt.
-- depends: 0002_readings_and_jobs

create table topics (
  id bigint generated always as identity primary key,
  shipped text unique,
  brand_id bigint references brands,
  name text not null,
  created_at timestamptz not null,
  archived_at timestamptz
);
create unique index topics_name on topics (coalesce(brand_id, 0), lower(name)) where archived_at is null;
comment on column topics.shipped is 'the key under which it came with Amends; null where the company made it';
comment on column topics.brand_id is 'null: for posts of every brand';

-- An example is either a sentence (text) or a post (post_id), whose words stay where they are and go when the network deletes them.
create table topic_examples (
  id bigint generated always as identity primary key,
  topic_id bigint not null references topics on delete cascade,
  fits boolean not null,
  post_id bigint references posts on delete cascade,
  text text not null default '',
  language text not null default '',
  agent_id bigint references agents,
  created_at timestamptz not null,
  encoder text,
  embedding bytea,
  check ((post_id is null) = (text <> ''))
);
create unique index topic_examples_post on topic_examples (topic_id, post_id) where post_id is not null;
create index topic_examples_topic on topic_examples (topic_id, id desc);
create index topic_examples_unread on topic_examples (id) where encoder is null;
comment on column topic_examples.fits is 'false: a counter-example, not of this topic';
comment on column topic_examples.encoder is 'the weights that read it; null or another''s: the worker reads it anew';

-- Sentences that came with Amends: what noise looks like, and posts beside which noise and topics stand out.
create table prototypes (
  id bigint generated always as identity primary key,
  kind text not null,
  text text not null unique,
  encoder text,
  embedding bytea
);
create index prototypes_unread on prototypes (id) where encoder is null;
comment on column prototypes.kind is 'a kind of noise; else care (work for a desk) or ordinary (about nothing in particular)';

-- Sentences that somebody tries topics with; the worker reads them, the screen shows what they match, and soon they are gone.
create table trials (
  id bigint generated always as identity primary key,
  agent_id bigint not null references agents on delete cascade,
  text text not null,
  created_at timestamptz not null,
  encoder text,
  embedding bytea
);
create index trials_unread on trials (id) where encoder is null;

-- What was learnt from examples: one row a topic, a kind of noise, a source.
create table matchers (
  kind text not null check (kind in ('topic', 'noise', 'source')),
  name text not null,
  encoder text not null,
  weights bytea not null,
  examples integer not null,
  found_right real not null,
  found_of real not null,
  fitted_at timestamptz not null,
  primary key (kind, name)
);
comment on column matchers.weights is 'numbers of four bytes (float32, little-endian), the shift last: a post matches from a score of 0.5 on';
comment on column matchers.found_right is 'of what it finds, the share that is right, each example judged by the others';
comment on column matchers.found_of is 'of the examples, the share that it finds, each judged by the others';

create table post_topics (
  post_id bigint not null references posts on delete cascade,
  topic_id bigint not null references topics on delete cascade,
  fits boolean not null default true,
  score real not null,
  agent_id bigint references agents,
  published_at timestamptz not null,
  primary key (post_id, topic_id),
  check (fits or agent_id is not null)
);
create index post_topics_newest on post_topics (published_at, topic_id) where fits;
comment on column post_topics.agent_id is 'who said so; null: the model, which never overwrites an agent';

-- What agents said is for us and what is not; each source learns from its own.
create table relevance_examples (
  post_id bigint primary key references posts on delete cascade,
  source_id bigint not null references sources on delete cascade,
  kept boolean not null,
  agent_id bigint references agents,
  created_at timestamptz not null,
  encoder text,
  embedding bytea
);
create index relevance_examples_source on relevance_examples (source_id, created_at desc);
create index relevance_examples_unread on relevance_examples (post_id) where encoder is null;

create index verdicts_thrown on verdicts (post_id desc) where noise <> '';

-- Matchers whose examples changed since they were fitted: work that is undone.
create table unlearnt (
  kind text not null check (kind in ('topic', 'noise', 'source')),
  name text not null,
  agent_id bigint references agents,
  why text not null,
  primary key (kind, name)
);
comment on column unlearnt.name is 'the source; empty for all topics and all kinds of noise, which are learnt together';
