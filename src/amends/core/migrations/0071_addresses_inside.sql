-- An address of somebody's own may lead inside our network where who sees to the machines entered it for them.
-- depends: 0070_purchases_found

alter table alert_channels add column inside boolean not null default false;
comment on column alert_channels.inside is 'of somebody''s own address: whether it may lead inside our own network, since an administrator entered it for them';
