-- Companies, brands, shortcuts -----------------------------------------------------------------------------------------

create table companies (
  org_id object_id not null, id object_id not null,
  name text not null, external_id text,
  emails jsonb not null default '[]', phones jsonb not null default '[]', domains text[] not null default '{}',
  tags text[] not null default '{}', custom jsonb not null default '{}',
  profile jsonb not null default '{}', -- the platform's other writable fields, kept as they came
  rev integer not null default 1, created_by object_id, modified_by object_id, imported_at timestamptz,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  modified_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (org_id, id)
);
create unique index companies_external on companies (org_id, external_id) where external_id is not null and deleted_at is null;
create index companies_recent on companies (org_id, updated_at desc, id desc) where deleted_at is null;
call protect_tenant_table('companies');

alter table customers add column company_id object_id;
create index customers_company on customers (org_id, company_id, updated_at desc) where company_id is not null;

create table brands (
  org_id object_id not null, id object_id not null,
  name text not null, display_name text, icon_url text, is_default boolean not null default false,
  custom jsonb not null default '{}',
  rev integer not null default 1, created_by object_id, modified_by object_id,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (org_id, id)
);
create unique index brands_name on brands (org_id, lower(name)) where deleted_at is null;
create unique index brands_default on brands (org_id) where is_default and deleted_at is null;
call protect_tenant_table('brands');

alter table conversations add column brand_id object_id;
alter table close_events add column brand_id object_id;

-- Prepared texts: `{{customer.name}}` and the like are filled in where one is used.
create table shortcuts (
  org_id object_id not null, id object_id not null,
  name text not null, keyword text, body text not null, subject text, channels text[] not null default '{}',
  folder text, shared boolean not null default true, owner_id object_id,
  changes jsonb not null default '{}', -- what using it sets on the conversation: tags, status, priority …
  rev integer not null default 1, created_by object_id, modified_by object_id,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (org_id, id)
);
create unique index shortcuts_keyword on shortcuts (org_id, lower(keyword)) where keyword is not null and deleted_at is null;
call protect_tenant_table('shortcuts');

-- Sub-statuses and what a conversation needs before it is done ----------------------------------------------------------

create table sub_statuses (
  org_id object_id not null, id object_id not null,
  name text not null, status text not null check (status in ('open', 'snoozed', 'done')), position double precision not null default 0,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (org_id, id)
);
create unique index sub_statuses_name on sub_statuses (org_id, status, lower(name)) where deleted_at is null;
call protect_tenant_table('sub_statuses');

alter table orgs add column required_for_done text[] not null default '{}';

-- Attachments, drafts, redactions ---------------------------------------------------------------------------------------

create table attachments (
  org_id object_id not null, id object_id not null,
  name text not null, content_type text not null, content_length integer not null,
  uploaded_at timestamptz, redacted_at timestamptz,
  detected_type text, -- what its first bytes say it is; null: they say nothing
  sha256 text,
  created_by object_id, created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id)
);
call protect_tenant_table('attachments');

alter table messages add column attachments jsonb not null default '[]', add column redacted_at timestamptz;
alter table notes add column attachments jsonb not null default '[]';

create table drafts (
  org_id object_id not null, id object_id not null, customer_id object_id not null, conversation_id object_id,
  channel text not null, content jsonb not null default '{}', -- in the words of the wire, as the channel has them
  attachments jsonb not null default '[]',
  status text not null default 'draft' check (status in ('draft', 'scheduled', 'sent', 'error', 'deleted')),
  send_at timestamptz, error text, message_id object_id, note_id object_id,
  auto boolean not null default false, source text,
  rev integer not null default 1, created_by object_id, modified_by object_id,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), modified_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, customer_id) references customers (org_id, id)
);
create index drafts_customer on drafts (org_id, customer_id, updated_at desc) where status in ('draft', 'scheduled', 'error');
create unique index drafts_note on drafts (org_id, conversation_id) where channel = 'note' and status in ('draft', 'scheduled');
call protect_tenant_table('drafts');

-- Merges of customers, with all that takes one back ----------------------------------------------------------------------

create table customer_merges (
  org_id object_id not null, id object_id not null, source_id object_id not null, target_id object_id not null,
  status text not null check (status in ('complete', 'undone')),
  before jsonb not null, -- both customers as they were
  moved jsonb not null,  -- the ids of what went from the one to the other
  created_by object_id, undone_by object_id, undone_at timestamptz,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id)
);
create index customer_merges_source on customer_merges (org_id, source_id);
create index customer_merges_target on customer_merges (org_id, target_id);
call protect_tenant_table('customer_merges');
alter table customers add column merged_into object_id;

-- Notifications to users --------------------------------------------------------------------------------------------------

create table notifications (
  org_id object_id not null, id object_id not null, user_id object_id not null,
  kind text not null, title text not null, body text, object_type text, object_id object_id, customer_id object_id,
  created_by object_id, read_at timestamptz, created_at timestamptz not null default now(),
  primary key (org_id, id)
);
create index notifications_user on notifications (org_id, user_id, id desc);
create index notifications_unread on notifications (org_id, user_id) where read_at is null;
call protect_tenant_table('notifications');

-- Who did what: written with the change itself, from its event, and never changed afterwards ------------------------------

create table audit_logs (
  org_id object_id not null, id object_id not null,
  event_name text not null, event_verb text not null, object_type text not null, object_id object_id not null,
  user_id object_id not null, user_type text not null, client text, ip text, changes jsonb,
  created_at timestamptz not null default now(),
  primary key (org_id, id)
);
create index audit_logs_object on audit_logs (org_id, object_id, id desc);
create index audit_logs_user on audit_logs (org_id, user_id, id desc);
call protect_tenant_table('audit_logs');
revoke update, delete on audit_logs from tellback_app;

create function feed_audit_logs() returns trigger language plpgsql as $$
declare
  actor text := nullif(current_setting('tellback.user_id', true), '');
begin
  if actor is not null then
    insert into audit_logs (org_id, id, event_name, event_verb, object_type, object_id, user_id, user_type, client, ip, changes)
      select e.org_id, e.id, e.name, substring(e.name from '[^.]*$'), e.object_type, e.object_id, actor,
        coalesce(nullif(current_setting('tellback.user_type', true), ''), 'user'), nullif(current_setting('tellback.client', true), ''),
        nullif(current_setting('tellback.ip', true), ''), e.data -> 'changes'
      from added e;
  end if;
  return null;
end $$;
create trigger feed_audit_logs after insert on events referencing new table as added
  for each statement execute function feed_audit_logs();

-- Work on many at once ------------------------------------------------------------------------------------------------------

create table bulk_jobs (
  org_id object_id not null, id object_id not null,
  context text not null, method text not null, path text not null, items jsonb not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'complete', 'canceled')),
  results jsonb not null default '[]', -- one for each item that is done, in order
  actor jsonb not null, created_by object_id not null,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), completed_at timestamptz,
  primary key (org_id, id)
);
create index bulk_jobs_recent on bulk_jobs (org_id, id desc);
call protect_tenant_table('bulk_jobs');

-- Requests that must not take effect twice ----------------------------------------------------------------------------------

create table idempotency_keys (
  org_id object_id not null, user_id object_id not null, key text not null,
  request_hash bytea not null, status integer, reply text, -- null until the answer is known
  created_at timestamptz not null default now(),
  primary key (org_id, user_id, key)
);
create index idempotency_keys_age on idempotency_keys (org_id, created_at);
call protect_tenant_table('idempotency_keys');

-- How many requests were granted in the minute that began at `minute`. Nothing is lost with it but a count.
create unlogged table rate_limits (
  org_id object_id not null, bucket text collate "C" not null, minute timestamptz not null, granted integer not null,
  primary key (org_id, bucket)
);
call protect_tenant_table('rate_limits');

-- Grants up to `wanted` of this minute's requests; says how many, and how many there are left to grant.
create function take_requests(org object_id, wanted_bucket text, most integer, wanted integer)
  returns table (granted integer, left_over integer, ends_at timestamptz) language plpgsql as $$
declare
  this_minute timestamptz := date_trunc('minute', clock_timestamp());
  used integer;
begin
  perform set_config('tellback.org_id', org, true);
  insert into rate_limits as r (org_id, bucket, minute, granted) values (org, wanted_bucket, this_minute, wanted)
    on conflict (org_id, bucket) do update set minute = this_minute,
      granted = case when r.minute = this_minute then r.granted + wanted else wanted end
    returning r.granted into used;
  granted := greatest(0, least(wanted, most - (used - wanted)));
  left_over := greatest(0, most - used);
  ends_at := this_minute + interval '1 minute';
  return next;
end $$;

alter table kobjects add column company_id object_id;
create index kobjects_company on kobjects (org_id, company_id, klass, updated_at desc) where company_id is not null;

-- Apps that others make: who publishes them, their versions, and what an installation brings ----------------------------------

create table app_registrations (
  org_id object_id not null, id object_id not null,
  app text not null, url text, client_id text collate "C" not null, sealed_secret bytea not null,
  created_by object_id, created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id)
);
create unique index app_registrations_app on app_registrations (org_id, app);
create unique index app_registrations_client on app_registrations (org_id, client_id);
call protect_tenant_table('app_registrations');

-- A version never changes; the newest is the one published last, for an older one is refused.
create table app_definitions (
  org_id object_id not null, id object_id not null,
  app text not null, version text not null, definition jsonb not null, created_by object_id,
  created_at timestamptz not null default now(),
  primary key (org_id, id)
);
create unique index app_definitions_version on app_definitions (org_id, app, version);
create index app_definitions_newest on app_definitions (org_id, app, id desc);
call protect_tenant_table('app_definitions');

-- An installed app acts by a key of its own, and has webhooks of its own.
alter table api_keys add column installation_id object_id;
create index api_keys_installation on api_keys (org_id, installation_id) where installation_id is not null;
alter table outbound_webhooks add column installation_id object_id;
create index outbound_webhooks_installation on outbound_webhooks (org_id, installation_id) where installation_id is not null;

create table app_logs (
  org_id object_id not null, id object_id not null,
  app text not null, level text not null, code text, name text, message text not null, body jsonb,
  created_by object_id, created_at timestamptz not null default now(),
  primary key (org_id, id)
);
create index app_logs_app on app_logs (org_id, app, id desc);
call protect_tenant_table('app_logs');

-- Feedback has events of its own beside those of the object that it is shown as ------------------------------------------------

create or replace function feed_outbound_webhooks() returns trigger language plpgsql as $$
begin
  insert into webhook_transactions (org_id, id, webhook_id, event_id, event_name, object_type, object_id)
    select e.org_id, left(e.id, 16) || substr(md5(e.id || w.id || told.name), 1, 8), w.id, e.id, told.name, told.object_type, e.object_id
    from added e
    cross join lateral (
      values (e.name, e.object_type), (case when e.data ? 'feedback' then 'tellback.feedback.' || substring(e.name from '[^.]*$') end, 'feedback')
    ) told (name, object_type)
    join outbound_webhooks w on w.org_id = e.org_id and w.status = 'enabled' and told.name = any (w.events);
  if found then
    perform pg_notify('tellback_webhooks', (select org_id from added limit 1));
  end if;
  return null;
end $$;
