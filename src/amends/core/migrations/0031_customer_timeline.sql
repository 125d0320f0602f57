-- The timeline of a customer: what we answered and noted is found by whom it was written to, as posts are; and attributes are audited.
-- depends: 0030_reply_keys

alter table replies add column author_id bigint;
alter table notes add column author_id bigint;
comment on column replies.author_id is 'whose case it is, so that a person''s replies are read in order without going through their cases';
comment on column notes.author_id is 'whose case it is, as of replies';
update replies r set author_id = c.author_id from cases c where c.id = r.case_id;
update notes n set author_id = c.author_id from cases c where c.id = n.case_id;

create function author_of_case() returns trigger language plpgsql as $$
begin
  new.author_id := (select author_id from cases where id = new.case_id);
  return new;
end $$;
create trigger replies_of_author before insert on replies for each row execute function author_of_case();
create trigger notes_of_author before insert on notes for each row execute function author_of_case();

create index replies_author on replies (author_id, created_at desc, id desc);
create index notes_author on notes (author_id, created_at desc, id desc);

create trigger attributes_audited after insert or delete or update of name, choices, sensitive, archived_at on attributes
  for each row execute function audit_row('attribute', 'name', 'key,name,kind,choices,sensitive,archived_at', '');

-- Customers are found as one types by how an address, a loyalty number or an order begins.
create index contact_ways_begins on contact_ways (normal text_pattern_ops) where removed_at is null;
create index customers_loyalty_begins on customers (lower(loyalty_number) text_pattern_ops) where loyalty_number <> '';
create index purchases_order_begins on purchases (lower(order_number) text_pattern_ops) where order_number <> '';
