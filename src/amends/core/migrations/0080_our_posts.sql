-- What is kept too long: our answers as networks show them are found without reading every post.
-- depends: 0079_sight_announced

create index posts_ours on posts (id) where is_own and deleted_at is null;
