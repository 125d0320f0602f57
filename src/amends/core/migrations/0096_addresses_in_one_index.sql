-- Addresses and numbers stand in one index, not in two: that by which they are found by their beginning finds the whole of one as well.
-- depends: 0095_order_numbers_in_ascii

drop index contact_ways_normal;
alter index contact_ways_begins rename to contact_ways_normal;
