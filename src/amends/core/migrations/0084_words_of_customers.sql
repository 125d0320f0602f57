-- The words of customers alone: what is in every post and in no name is found nowhere at once, and not by reading all customers.
-- depends: 0083_gaps_as_told

create index search_texts_words_of_customers on search_texts using gin (words) with (fastupdate = off) where kind = 'customer';
