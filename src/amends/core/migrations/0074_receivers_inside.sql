-- Webhooks and customer systems may lie inside our network where who sees to the machines entered them.
-- depends: 0073_regions

alter table webhooks add column inside boolean not null default false;
comment on column webhooks.inside is 'whether it may lead inside our own network, since an administrator entered it';
alter table syncs add column inside boolean not null default false;
comment on column syncs.inside is 'whether it may lead inside our own network, since an administrator entered it';
