-- The looks at resolutions are found by their episode, since the headline number asks for those of the episodes resolved in a span.
-- depends: 0112_numbers_of_this_desk

drop index follow_ups_by_day;
