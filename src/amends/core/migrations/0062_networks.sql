-- Hubs that call us about feeds (WebSub): what was asked of each, and how long it promised to call.
-- depends: 0061_business_numbers

create table feed_hubs (
  watch_id bigint primary key references watches on delete cascade,
  hub text not null,
  topic text not null,
  note text not null default '',
  failures integer not null default 0,
  asked_at timestamptz not null,
  calls_until timestamptz,
  next_at timestamptz not null
);
comment on table feed_hubs is 'the hub of a watched feed, as the feed names it; without a row, or past calls_until, the feed is only fetched';
comment on column feed_hubs.calls_until is 'the end of the lease that the hub granted; null: it has granted none yet';
comment on column feed_hubs.next_at is 'when to ask again: well before the lease ends, or ever more rarely where there is none';
create index feed_hubs_next on feed_hubs (next_at);
