-- What was added to the desk after the audit log joins it; and a new post that joins a case takes no word out of the search, since none is there.
-- depends: 0027_notifications

drop trigger teams_audited on teams;
create trigger teams_audited after insert or delete or update of name, zone, hours, holidays, gives, approval, archived_at on teams
  for each row execute function audit_row('team', 'name', 'name,zone,hours,holidays,gives,approval,archived_at', '');
drop trigger agents_audited on agents;
create trigger agents_audited after insert or delete or update of email, name, role, active, languages, capacity on agents
  for each row execute function audit_row('agent', 'name', 'email,name,role,active,languages,capacity', '');
create trigger answer_targets_audited after insert or delete or update on answer_targets
  for each row execute function audit_row('deadline', 'brand_id,least_urgency', 'brand_id,least_urgency,minutes', '');
create trigger approval_sets_audited after insert on approval_sets
  for each row execute function audit_row('approvals', '', 'needs_look,followers', '', '');
create trigger macros_audited
  after insert or delete or update of name, text, shared, languages, networks, topic_ids, least_urgency, take, give_topic_id, resolve, deleted_at
  on macros for each row
  execute function audit_row('macro', 'name',
    'name,text,shared,languages,networks,topic_ids,least_urgency,take,give_topic_id,resolve,deleted_at', '');
create trigger automation_rules_audited
  after insert or delete or update of name, position, trigger, hours, condition, deeds, stops, active, deleted_at on automation_rules
  for each row
  execute function audit_row('rule', 'name', 'name,position,trigger,hours,condition,deeds,stops,active,deleted_at', '');

drop trigger posts_searched_again on posts;
create trigger posts_searched_again after update of case_id on posts for each row
  when (old.case_id is null and new.case_id is not null) execute function search_again('post');
create trigger posts_searched_elsewhere after update of case_id on posts for each row
  when (old.case_id is not null and old.case_id is distinct from new.case_id) execute function search_anew('post');
