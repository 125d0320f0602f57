-- An answer that a colleague gave on the network itself, and tells us of: it counts as one, is sent nowhere and looked for nowhere.
-- depends: 0116_audited_by_name 0118_what_a_sync_leaves_out

alter table replies
  add column elsewhere boolean not null default false,
  add constraint replies_elsewhere_is_out check (not elsewhere or state in ('queued', 'sent'));
comment on column replies.elsewhere is 'its agent says that they gave it on the network itself; it never was to go out from here';
create index replies_not_found on replies (post_id) where elsewhere and external_id is null;

-- What was told is taken back by deleting it, which no answer that is out was before.
create function count_facts_of_case_left() returns trigger language plpgsql as $$
begin
  insert into customer_facts_backlog (customer_id) select customer_id from cases where id = old.case_id;
  return null;
end $$;
create trigger replies_facts_counted_less after delete on replies for each row
  when (old.state = 'sent') execute function count_facts_of_case_left();
