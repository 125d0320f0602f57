-- How the company's order numbers look, so that they are known for personal data in posts. The newest row is in force; the others tell who changed what.

create table order_shapes (
  id bigint generated always as identity primary key,
  shapes text[] not null,
  agent_id bigint not null references agents,
  set_at timestamptz not null
);
comment on column order_shapes.shapes is 'one a pattern: # stands for a digit, @ for a letter, everything else for itself';
