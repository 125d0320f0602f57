create table if not exists accounts (
    network text not null, id text not null, handle text not null collate nocase, name text not null, person text not null,
    brand text not null, followers integer not null, language text not null, temper text not null, about text not null,
    joined_at real not null, primary key (network, id), unique (network, handle)
);
create table if not exists posts (
    seq integer primary key autoincrement, network text not null, id text not null, head integer not null, author_id text not null,
    text text not null, title text not null, subreddit text not null collate nocase, parent_id text not null, root_id text not null,
    quoted_id text not null, shared_id text not null, media text not null, language text not null, mood text not null, kind text not null,
    origin text not null, published_at real not null, edited_at real, deleted text not null default '', deleted_at real,
    locked integer not null default 0, words text not null, mentions text not null, watched text not null,
    likes integer not null default 0, shares integer not null default 0, replies integer not null default 0,
    unique (network, id)
);
create index if not exists posts_by_head on posts (network, head);
create index if not exists posts_by_author on posts (network, author_id, head);
create index if not exists posts_by_root on posts (network, root_id);
create index if not exists posts_by_parent on posts (network, parent_id);
create index if not exists posts_by_subreddit on posts (subreddit, seq);
create index if not exists posts_by_network on posts (network, seq);
create table if not exists versions (number integer primary key, post_id text not null, text text not null);
create index if not exists versions_by_post on versions (post_id, number);
create table if not exists labels (label text primary key, network text not null, post_id text not null);
create table if not exists due (
    id integer primary key autoincrement, at real not null, network text not null, answer_id text not null, author_id text not null,
    unique (network, answer_id)
);
create table if not exists facts (name text primary key, value text not null);
create table if not exists messages (id integer primary key, conversation text not null, sender_id text not null, text text not null);
create index if not exists messages_in on messages (conversation, id);
