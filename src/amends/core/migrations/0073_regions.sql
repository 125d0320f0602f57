-- Where complaints come from: the country that the network names for a post, else where the customers of its source are.
-- depends: 0072_who_may_leave

alter table posts add column region text not null default '';
comment on column posts.region is 'the country that the network names for it as ISO 3166 (LK), or what a program or a file calls the region; empty where nobody says';
alter table cases add column region text not null default '';
comment on column cases.region is 'that of its first post; where it is empty, the one of its source counts';
alter table sources add column region text not null default '';
comment on column sources.region is 'where its customers are, as an administrator says; counts where a post names no region';

drop trigger sources_audited on sources;
create trigger sources_audited after insert or delete or update of network, handle, options, brand_id, paused_at, region, credentials on sources
  for each row execute function audit_row('source', 'network,handle', 'network,handle,options,brand_id,paused_at,region', 'credentials');

alter table surge_rules drop constraint surge_rules_apart_by_check;
alter table surge_rules add constraint surge_rules_apart_by_check
  check (apart_by in ('', 'source', 'network', 'brand', 'language', 'region', 'topic'));
