-- Follow-up until we know: two looks an episode, each piece of evidence a row, plans by topic and urgency, and surveys.
-- depends: 0036_rollups

create table follow_up_plans (
  id bigint generated always as identity primary key,
  brand_id bigint references brands,
  topic_id bigint references topics on delete cascade,
  least_urgency smallint not null default 0 check (least_urgency between 0 and 100),
  first_days smallint not null check (first_days between 1 and 364),
  last_days smallint not null check (last_days between 2 and 365),
  survey_days smallint check (survey_days between 0 and 364),
  on_network boolean not null default false,
  created_at timestamptz not null,
  archived_at timestamptz,
  check (first_days < last_days),
  check (survey_days < last_days)
);
comment on table follow_up_plans is 'when to look whether a resolution held; the plan that says most of a case is its plan';
comment on column follow_up_plans.brand_id is 'null: of every brand; so too the topic';
comment on column follow_up_plans.survey_days is 'how many days after the resolve the customer is asked; null: never';
comment on column follow_up_plans.on_network is 'whether the question may be proposed as an answer on the network, for an agent to approve';
create unique index follow_up_plans_of on follow_up_plans (coalesce(brand_id, 0), coalesce(topic_id, 0), least_urgency) where archived_at is null;
create trigger follow_up_plans_audited
  after insert or delete or update of brand_id, topic_id, least_urgency, first_days, last_days, survey_days, on_network, archived_at
  on follow_up_plans for each row
  execute function audit_row('follow_up_plan', 'topic_id,least_urgency',
    'brand_id,topic_id,least_urgency,first_days,last_days,survey_days,on_network,archived_at', '');

alter table follow_ups
  drop constraint follow_ups_episode_id_key,
  add column days smallint,
  add column stirred boolean not null default false,
  add column asks boolean not null default false;
update follow_ups set days = greatest(1, least(365, round(extract(epoch from due_at - planned_at) / 86400)));
alter table follow_ups alter column days set default 7, alter column days set not null, add constraint follow_ups_days_check check (days between 1 and 365);
create unique index follow_ups_look on follow_ups (episode_id, days);
create index follow_ups_stirred on follow_ups (id) where stirred;
create index follow_ups_asking on follow_ups (due_at, id) where asks;
create index follow_ups_by_day on follow_ups (days, planned_at);
comment on column follow_ups.days is 'how many days after the resolve this look is due';
comment on column follow_ups.stirred is 'the customer complained somewhere, or got another handle: look at once, not only on the due date';
comment on column follow_ups.asks is 'nobody knows: an agent is asked';

-- Somebody's handle became a customer's: what they wrote with it speaks to that customer's follow-ups too.
create function stir_follow_ups() returns trigger language plpgsql as $$
begin
  update follow_ups f set stirred = true from cases c
  where c.customer_id = new.customer_id and f.case_id = c.id and f.concluded_at is null and not f.stirred;
  return null;
end $$;
create trigger customer_links_stirred after update of customer_id on customer_links
  for each row when (old.customer_id is distinct from new.customer_id) execute function stir_follow_ups();

-- The question whether it is solved: one an episode.
create table surveys (
  id bigint generated always as identity primary key,
  episode_id bigint not null unique references episodes on delete cascade,
  case_id bigint not null references cases on delete cascade,
  customer_id bigint not null references customers,
  language text not null,
  on_network boolean not null,
  way text not null default '' check (way in ('', 'email', 'network')),
  state text not null default 'planned' check (state in ('planned', 'sending', 'sent', 'proposed', 'skipped', 'cancelled', 'answered')),
  why text not null default '',
  due_at timestamptz not null,
  next_at timestamptz not null,
  claimed_until timestamptz,
  attempts integer not null default 0,
  token_hash bytea unique,
  reply_id bigint references replies on delete set null,
  sent_at timestamptz,
  expires_at timestamptz,
  answered_at timestamptz,
  csat smallint check (csat between 1 and 5),
  solved boolean,
  word text not null default ''
);
create index surveys_due on surveys (next_at) where state in ('planned', 'sending');
create index surveys_case on surveys (case_id);
create index surveys_customer on surveys (customer_id, answered_at desc) where answered_at is not null;
create index surveys_answered on surveys (answered_at) where answered_at is not null;
create index surveys_sent on surveys (sent_at) where sent_at is not null;
comment on column surveys.token_hash is 'the fingerprint of the one link that answers it; the link itself is kept nowhere';
comment on column surveys.why is 'why it was not sent, or does not go any more';
comment on column surveys.solved is 'what they say to "is it solved?"; null where they only gave marks';

-- The words of the question, where the company has its own; one row a language.
create table survey_texts (
  language text primary key,
  subject text not null,
  body text not null,
  changed_at timestamptz not null
);
create trigger survey_texts_audited after insert or delete or update of subject, body on survey_texts
  for each row execute function audit_row('survey_text', 'language', 'language,subject,body', '');

-- What speaks for or against a resolution, one row each; only ever added to, save that an agent's word can be taken back.
create table follow_up_evidence (
  id bigint generated always as identity primary key,
  episode_id bigint not null references episodes on delete cascade,
  follow_up_id bigint references follow_ups on delete cascade,
  kind text not null check (kind in ('post', 'survey', 'agent')),
  says text not null check (says in ('held', 'relapsed', 'silent', 'unknown', 'doubt', 'other')),
  post_id bigint references posts,
  survey_id bigint references surveys on delete cascade,
  agent_id bigint references agents,
  likeness real,
  note text not null default '',
  at timestamptz not null,
  created_at timestamptz not null,
  taken_back_at timestamptz,
  check (num_nonnulls(post_id, survey_id, agent_id) = 1)
);
create unique index follow_up_evidence_post on follow_up_evidence (episode_id, post_id) where post_id is not null;
create unique index follow_up_evidence_survey on follow_up_evidence (survey_id) where survey_id is not null;
create index follow_up_evidence_episode on follow_up_evidence (episode_id, at);
comment on column follow_up_evidence.follow_up_id is 'for which look an agent said it; null: it speaks to every look that covers its time';
comment on column follow_up_evidence.says is 'doubt: may be about it, an agent is asked; other: complained about something else';
comment on column follow_up_evidence.likeness is 'how like the complaint the post is, by what both mean (cosine); null where that is not known';
