-- Making a case of a post that had none can be taken back.
-- depends: 0060_alarm_thresholds

alter table relevance_examples add column beside boolean not null default false;
comment on column relevance_examples.beside is 'whether a kept post stood beside a case before an agent made work of it; taking that back puts it there again';
