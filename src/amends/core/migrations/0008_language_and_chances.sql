-- The language of a post can be corrected, and the chances of all intents are kept to show why one was chosen.
-- depends: 0007_edited_posts

alter table corrections drop constraint corrections_field_check;
alter table corrections add constraint corrections_field_check check (field in ('mood', 'intent', 'language'));
comment on column verdicts.said is 'what the model said where an agent corrected a label: language, sentiment, intent, complaint, urgency, …';

alter table verdicts add column intents real[] not null default '{}';
comment on column verdicts.intents is 'the chances of complaint, question, request, praise and other, empty where the model does not know them';
