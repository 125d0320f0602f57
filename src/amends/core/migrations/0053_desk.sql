-- What is found in the search: posts without a case too, once they were triaged; and they are found no more when they are gone.
-- depends: 0052_faster_imports

comment on column search_texts.case_id is 'null for customers and for posts without a case';

create trigger posts_searched_beside after update of triaged_at on posts for each row
  when (old.triaged_at is null and new.triaged_at is not null and new.case_id is null and old.case_id is null)
  execute function search_again('post');

drop trigger posts_searched_anew on posts;
create trigger posts_searched_anew after update of text, deleted_at, is_own on posts for each row
  when (
    (new.case_id is not null or new.triaged_at is not null)
    and (old.text is distinct from new.text or old.deleted_at is distinct from new.deleted_at or old.is_own is distinct from new.is_own)
  )
  execute function search_anew('post');
create trigger posts_searched_no_more after delete on posts for each row execute function search_no_more('post');

create or replace function search_author_again() returns trigger language plpgsql as $$
begin
  insert into search_backlog (kind, row_id)
  select 'customer', customer_id from customer_links where author_id = new.id on conflict (kind, row_id) do update set kind = excluded.kind;
  if old.handle is distinct from new.handle then
    insert into search_backlog (kind, row_id)
    select 'post', id from posts where author_id = new.id and (case_id is not null or triaged_at is not null)
    order by id on conflict (kind, row_id) do update set kind = excluded.kind;
    perform search_case(c.id) from cases c where c.author_id = new.id;
  end if;
  return null;
end $$;

-- What there is already is read bit by bit, the newest first.
insert into search_backlog (kind, row_id)
select 'post', id from posts where case_id is null and triaged_at is not null and deleted_at is null and not is_own and shared_id is null
on conflict (kind, row_id) do nothing;
