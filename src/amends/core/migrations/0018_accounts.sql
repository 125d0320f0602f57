-- Accounts: invitations, links for a new password, a second factor, single sign-on, and sessions that their owner can tell apart.
-- depends: 0017_rights

alter table agents
  add column theme text not null default '',
  add column time_zone text not null default '',
  add column last_seen_at timestamptz,
  add column second_factor bytea,
  add column second_factor_since timestamptz,
  add column second_factor_step bigint not null default 0,
  add column sign_on_subject text unique;
comment on column agents.theme is 'light or dark; empty where the device decides';
comment on column agents.time_zone is 'as in the IANA database; empty where the device decides';
comment on column agents.second_factor is 'the sealed secret of the authenticator app; it counts once second_factor_since is set';
comment on column agents.second_factor_step is 'the time step of the last code that was taken: no code is taken twice';
comment on column agents.sign_on_subject is 'issuer and subject of the account at the single sign-on provider';

create table recovery_codes (
  agent_id bigint not null references agents on delete cascade,
  code_hash bytea not null,
  used_at timestamptz,
  primary key (agent_id, code_hash)
);

alter table sessions
  add column id bigint generated always as identity unique,
  add column way text not null default 'password' check (way in ('password', 'single_sign_on')),
  add column device text not null default '',
  add column address text not null default '',
  add column last_seen_at timestamptz;
comment on column sessions.device is 'what the browser says of itself (User-Agent)';
comment on column sessions.address is 'the IP address that the session began from';
create index sessions_agent on sessions (agent_id);

-- The password held; the code of the second factor is still due.
create table second_steps (
  token_hash bytea primary key,
  agent_id bigint not null references agents on delete cascade,
  expires_at timestamptz not null
);

alter table sign_in_failures rename column email to subject;
comment on column sign_in_failures.subject is 'at which door: an e-mail address, or what and who (code:17, from:192.0.2.1)';

create table invitations (
  id bigint generated always as identity primary key,
  email text not null,
  role text not null check (role in ('agent', 'lead', 'manager', 'admin', 'auditor')),
  token_hash bytea not null unique,
  invited_by bigint not null references agents,
  created_at timestamptz not null,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz
);
create unique index invitations_open on invitations (lower(email)) where accepted_at is null and revoked_at is null;

create table invitation_teams (
  invitation_id bigint not null references invitations on delete cascade,
  team_id bigint not null references teams on delete cascade,
  primary key (invitation_id, team_id)
);

create table password_links (
  token_hash bytea primary key,
  agent_id bigint not null references agents on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index password_links_agent on password_links (agent_id);
