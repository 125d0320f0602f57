-- Making a case of a post that had none can be taken back.
-- depends: 0063_imports_without_look_ups

alter table relevance_examples add column beside boolean not null default false;
comment on column relevance_examples.beside is 'whether a kept post stood beside a case before an agent made work of it; taking that back puts it there again';
