-- That an incident goes on again can be taken back: then it is fixed since it was, and whoever was told so is told no second time.
-- depends: 0081_sealed_values_in_merges

alter table incidents add column fixed_before timestamptz;
comment on column incidents.fixed_before is 'since when it was fixed, or closed as fixed, before it stood as it does now';
