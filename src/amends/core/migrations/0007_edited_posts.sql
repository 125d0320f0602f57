-- Posts whose words changed on the network after they were triaged: work that is undone.
-- depends: 0006_learning

alter table posts add column reworded boolean not null default false;
create index posts_reworded on posts (id) where reworded;
comment on column posts.reworded is 'its author edited it after it was triaged, and nobody has judged the new words yet';
