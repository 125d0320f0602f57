-- Of somebody new the row says all, so that what would change need not be kept beside it; and one index of names of organisations is enough.
-- depends: 0087_deliveries_in_order

comment on column import_records.changes is
  'of somebody who is there, by field: what it was and what it becomes, or what is added; empty of somebody new, whose other columns say it all';
drop index organisations_called;
