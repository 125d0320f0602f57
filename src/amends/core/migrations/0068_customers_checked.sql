-- An order number links by itself only beside an address or a phone number of who bought, told in private too; that may come in another message.
-- depends: 0067_more_networks

create or replace function identify_ordering_again() returns trigger language plpgsql as $$
begin
  insert into identity_backlog (customer_id)
  select l.customer_id from posts p join customer_links l using (author_id)
  where p.id = new.post_id and ('order' = any (new.personal) or p.visibility = 'direct') on conflict do nothing;
  return null;
end $$;
drop trigger verdicts_identified on verdicts;
create trigger verdicts_identified after insert or update of personal on verdicts for each row
  when (new.personal && array['order', 'email', 'phone']) execute function identify_ordering_again();

-- What was about to link by a number alone is looked at anew, and asked until then.
insert into identity_backlog (customer_id)
select one_id from match_suggestions where state = 'open' and strong @> '[{"kind": "order"}]'
union select other_id from match_suggestions where state = 'open' and strong @> '[{"kind": "order"}]' on conflict do nothing;
update match_suggestions set strong = null where state = 'open' and strong @> '[{"kind": "order"}]';

-- A file of 50,000 companies is one thing that somebody did, not 50,000: the log tells of the import, and a line a company cost more than they.
drop trigger organisations_audited on organisations;
create trigger organisations_audited
  after update of name, kind, domain, note, owner_id, remind_days, archived_at on organisations for each row
  execute function audit_row('organisation', 'name', 'name,kind,domain,note,owner_id,remind_days,archived_at', '');
create trigger organisations_made_audited after insert on organisations for each row when (new.import_id is null)
  execute function audit_row('organisation', 'name', 'name,kind,domain,note,owner_id,remind_days,archived_at', '');
create trigger organisations_gone_audited after delete on organisations for each row when (old.import_id is null)
  execute function audit_row('organisation', 'name', 'name,kind,domain,note,owner_id,remind_days,archived_at', '');
create trigger imports_audited after update of state on imports for each row when (new.state in ('running', 'undoing'))
  execute function audit_row('customer_import', 'name', 'name,total,state', '');
