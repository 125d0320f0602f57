-- What the administrator marked as sensitive of a customer lies apart, sealed with the installation's key.
-- depends: 0039_occasions

create table sensitive_values (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  attribute_id bigint not null references attributes,
  sealed bytea not null,
  agent_id bigint references agents,
  set_at timestamptz not null,
  unique (customer_id, attribute_id)
);

alter table openings drop constraint openings_place_check;
alter table openings add constraint openings_place_check check (place in ('case', 'customer', 'file', 'program', 'sensitive'));
