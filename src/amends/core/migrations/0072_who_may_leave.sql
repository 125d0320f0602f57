-- Who may leave is gathered from the index alone, without a look at the rows of facts, which lie all over the table.
-- depends: 0071_addresses_inside

drop index customer_facts_risk;
create index customer_facts_risk on customer_facts (risk, customer_id) where risk <> 'none';
