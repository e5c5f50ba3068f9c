-- What a provider has of the past: fetched page by page, and laid against what we have.
create table imports (
  org_id object_id not null, id object_id not null, installation_id object_id not null,
  kind text not null check (kind in ('backfill', 'reconciliation')),
  state text not null default 'running' check (state in ('running', 'done', 'canceled', 'failed')),
  cursor text, total integer,
  seen integer not null default 0, added integer not null default 0, changed integer not null default 0, removed integer not null default 0,
  failures integer not null default 0, reason text, next_attempt_at timestamptz,
  started_by object_id, started_at timestamptz not null default now(), updated_at timestamptz not null default now(), finished_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, installation_id) references installations (org_id, id) on delete cascade
);
create unique index imports_running on imports (org_id, installation_id) where state = 'running';
create index imports_installation on imports (org_id, installation_id, id desc);
call protect_tenant_table('imports');

-- What was fetched came with no delivery; and when the provider last had it.
alter table feedback alter column delivery_id drop not null;
alter table feedback add column seen_at timestamptz;
create index feedback_installation on feedback (org_id, installation_id, seen_at) where removed_at is null;
