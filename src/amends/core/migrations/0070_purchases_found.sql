-- An order number is found however it is written (`ab 10017`, `AB-10017`); the log of openings names the merge desk.
-- depends: 0069_due_counted

-- As `rules/identity.order_key` does: upper case, without spaces, dashes and other signs.
create function order_key(given text) returns text language sql immutable strict parallel safe
  return regexp_replace(upper(normalize(given, nfkc)), '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u2212]', '', 'g');

create index purchases_key on purchases (order_key(order_number) text_pattern_ops) where order_number <> '';
drop index purchases_order;
drop index purchases_order_begins;

alter table openings drop constraint openings_place_check;
alter table openings add constraint openings_place_check check (place in ('case', 'customer', 'file', 'merge', 'program', 'sensitive'));
