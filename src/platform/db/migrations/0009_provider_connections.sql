-- A provider's own id of a person finds whoever was once said to be that person.
alter table customer_identities drop constraint customer_identities_kind_check;
alter table customer_identities add constraint customer_identities_kind_check check (kind in ('externalId', 'email', 'phone', 'profile'));

-- What an installation does by itself is credited to a machine user of its own.
alter table installations add column user_id object_id;

-- Access that an admin gave an installation at its provider. The tokens are encrypted.
create table connections (
  org_id object_id not null, installation_id object_id not null,
  tokens bytea not null, expires_at timestamptz, refresh_expires_at timestamptz not null,
  connected_by object_id, connected_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, installation_id),
  foreign key (org_id, installation_id) references installations (org_id, id) on delete cascade
);
call protect_tenant_table('connections');

-- An admin who is away at the provider, giving that access. Only the hash of what must come back is kept.
create table connection_attempts (
  org_id object_id not null, state_hash bytea not null, installation_id object_id not null, user_id object_id not null,
  expires_at timestamptz not null, created_at timestamptz not null default now(),
  primary key (org_id, state_hash),
  foreign key (org_id, installation_id) references installations (org_id, id) on delete cascade
);
call protect_tenant_table('connection_attempts');

-- What feedback said before its author changed it, and that it is gone at the provider.
alter table feedback add column removed_at timestamptz;
alter table feedback add column edited_at timestamptz;
alter table feedback add column conversation_id object_id;
create index feedback_conversation on feedback (org_id, conversation_id) where conversation_id is not null;
create table feedback_versions (
  org_id object_id not null, feedback_id object_id not null, version_at timestamptz not null,
  score double precision, title text, body text, replaced_at timestamptz not null default now(),
  primary key (org_id, feedback_id, version_at),
  foreign key (org_id, feedback_id) references feedback (org_id, id) on delete cascade
);
call protect_tenant_table('feedback_versions');

-- A trigger, so that no way of writing feedback forgets what it overwrites.
create function keep_feedback_version() returns trigger language plpgsql as $$
begin
  insert into feedback_versions (org_id, feedback_id, version_at, score, title, body)
    values (old.org_id, old.id, old.version_at, old.score, old.title, old.body) on conflict do nothing;
  new.edited_at := new.version_at;
  return new;
end $$;
create trigger feedback_changes before update of score, title, body on feedback for each row
  when (old.score is distinct from new.score or old.title is distinct from new.title or old.body is distinct from new.body)
  execute function keep_feedback_version();
