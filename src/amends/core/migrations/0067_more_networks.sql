-- Hubs that shall call us no more: each is told so, and says yes to it only while it waits here.
-- depends: 0066_networks

create table hub_farewells (
  source_id bigint not null references sources on delete cascade,
  hub text not null,
  topic text not null,
  calls_until timestamptz not null,
  failures integer not null default 0,
  next_at timestamptz not null,
  primary key (source_id, hub, topic)
);
comment on table hub_farewells is 'hubs of feeds that are watched no more, of sources that are paused for long, or that a feed no longer names';
comment on column hub_farewells.calls_until is 'the end of the lease that the hub granted; after it nothing is left to be said';
create index hub_farewells_next on hub_farewells (next_at);
