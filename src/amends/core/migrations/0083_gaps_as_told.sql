-- Which gaps of a rota were told is kept as they were seen last: one that reaches as far as we look would else be told at every look.
-- depends: 0082_fixed_before

alter table rota_gaps add column begins timestamptz;
update rota_gaps set begins = least(told_at, ends);
alter table rota_gaps alter column begins set not null;
comment on table rota_gaps is 'the gaps of each rota as they were at the last look, all of them told';
