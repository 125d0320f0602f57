-- What is searched: posts of cases, replies, notes and customers, as the words that `inbox.rules.tokens` finds in them.
-- depends: 0024_newest_posts

create table search_texts (
  kind text not null check (kind in ('post', 'reply', 'note', 'customer')),
  row_id bigint not null,
  case_id bigint,
  at timestamptz not null,
  words tsvector not null,
  parts text not null default '',
  primary key (kind, row_id)
);
comment on column search_texts.words is 'folded words at their places, and without a place what it is filtered by: kind=note, lang=ta, network=x';
comment on column search_texts.parts is 'the handles of a customer, found by any part of them';
-- Without a pending list: what is written is written in the background, what is read is read by somebody who waits.
create index search_texts_words on search_texts using gin (words) with (fastupdate = off);
create index search_texts_parts on search_texts using gin (parts gin_trgm_ops) where kind = 'customer';
create index search_texts_newest on search_texts (at desc, row_id desc, kind desc) where kind <> 'customer';
create index search_texts_newest_customers on search_texts (at desc, row_id desc) where kind = 'customer';
create index search_texts_case on search_texts (case_id);

-- What is to be read (again). Whoever writes a row locks its place here, also where it waits already, so that nobody reads it meanwhile.
create table search_backlog (
  row_id bigint not null,
  kind text not null,
  primary key (kind, row_id)
);

create function search_again() returns trigger language plpgsql as $$
begin
  insert into search_backlog (kind, row_id) values (tg_argv[0], new.id) on conflict (kind, row_id) do update set kind = excluded.kind;
  return null;
end $$;

-- Words that stand no more are found no more from that moment on.
create function search_anew() returns trigger language plpgsql as $$
begin
  insert into search_backlog (kind, row_id) values (tg_argv[0], new.id) on conflict (kind, row_id) do update set kind = excluded.kind;
  delete from search_texts where kind = tg_argv[0] and row_id = new.id;
  return null;
end $$;

create function search_no_more() returns trigger language plpgsql as $$
begin
  delete from search_backlog where kind = tg_argv[0] and row_id = old.id;
  delete from search_texts where kind = tg_argv[0] and row_id = old.id;
  return null;
end $$;

create trigger posts_searched after insert on posts for each row when (new.case_id is not null) execute function search_again('post');
create trigger posts_searched_again after update of case_id on posts for each row
  when (old.case_id is distinct from new.case_id) execute function search_anew('post');
create trigger posts_searched_anew after update of text, deleted_at on posts for each row
  when (new.case_id is not null and (old.text is distinct from new.text or old.deleted_at is distinct from new.deleted_at))
  execute function search_anew('post');

create trigger replies_searched after insert on replies for each row execute function search_again('reply');
create trigger replies_searched_anew after update of text on replies for each row
  when (old.text is distinct from new.text) execute function search_anew('reply');
create trigger replies_searched_no_more after delete on replies for each row execute function search_no_more('reply');

create trigger notes_searched after insert on notes for each row execute function search_again('note');
create trigger notes_searched_anew after update of text on notes for each row
  when (old.text is distinct from new.text) execute function search_anew('note');
create trigger notes_searched_no_more after delete on notes for each row execute function search_no_more('note');

create trigger customers_searched after insert on customers for each row execute function search_again('customer');
create trigger customers_searched_anew after update of name on customers for each row
  when (old.name is distinct from new.name) execute function search_anew('customer');
create trigger customers_searched_no_more after delete on customers for each row execute function search_no_more('customer');

create function search_linked() returns trigger language plpgsql as $$
begin
  insert into search_backlog (kind, row_id)
  select distinct 'customer', id
  from (values (case when tg_op <> 'INSERT' then old.customer_id end), (case when tg_op <> 'DELETE' then new.customer_id end)) linked(id)
  where id is not null order by id on conflict (kind, row_id) do update set kind = excluded.kind;
  return null;
end $$;
create trigger customer_links_searched after insert or update or delete on customer_links for each row execute function search_linked();

-- The texts of a case say its language, its network and its author's handle.
create function search_case(given bigint) returns void language sql as $$
  insert into search_backlog (kind, row_id)
  select kind, row_id from search_texts where case_id = given order by kind, row_id on conflict (kind, row_id) do update set kind = excluded.kind
$$;
create function search_case_again() returns trigger language plpgsql as $$
begin
  perform search_case(new.id);
  return null;
end $$;
create trigger cases_searched_again after update of language on cases for each row
  when (old.language is distinct from new.language) execute function search_case_again();

create function search_author_again() returns trigger language plpgsql as $$
begin
  insert into search_backlog (kind, row_id)
  select 'customer', customer_id from customer_links where author_id = new.id on conflict (kind, row_id) do update set kind = excluded.kind;
  if old.handle is distinct from new.handle then
    insert into search_backlog (kind, row_id)
    select 'post', id from posts where author_id = new.id and case_id is not null order by id on conflict (kind, row_id) do update set kind = excluded.kind;
    perform search_case(c.id) from cases c where c.author_id = new.id;
  end if;
  return null;
end $$;
create trigger authors_searched_again after update of handle, name on authors for each row
  when (old.handle is distinct from new.handle or old.name is distinct from new.name) execute function search_author_again();

-- What there is already is read bit by bit, the newest first.
insert into search_backlog (kind, row_id)
select 'post', id from posts where case_id is not null and deleted_at is null
union all select 'reply', id from replies
union all select 'note', id from notes
union all select 'customer', id from customers;
