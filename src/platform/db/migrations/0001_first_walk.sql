-- The server works as tellback_app: it owns nothing, so row-level security holds for it.
do $$ begin
  if not exists (select from pg_roles where rolname = 'tellback_app') then
    create role tellback_app nologin;
  end if;
exception when duplicate_object or unique_violation then null; -- another database of this cluster made it meanwhile
end $$;
grant tellback_app to current_user;

-- 24 lower-case hex characters, time-ordered; compared byte by byte whatever the database's collation is.
create domain object_id as text collate "C";

create function current_org() returns text language sql stable parallel safe
  as $$ select nullif(current_setting('tellback.org_id', true), '') $$;

-- Every tenant table passes through here once, right after its creation.
create procedure protect_tenant_table(tenant_table regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tenant_table);
  execute format('alter table %s force row level security', tenant_table);
  execute format('create policy tenant on %s using (org_id = current_org()) with check (org_id = current_org())', tenant_table);
  execute format('grant select, insert, update, delete on %s to tellback_app', tenant_table);
end $$;

-- Sign-in (tables of the auth library; they know accounts, not organisations) ------------------------------------

create table auth_user (
  id text primary key, name text not null, email text not null unique, "emailVerified" boolean not null,
  image text, "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now()
);
create table auth_session (
  id text primary key, "expiresAt" timestamptz not null, token text not null unique,
  "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now(),
  "ipAddress" text, "userAgent" text, "userId" text not null references auth_user (id) on delete cascade
);
create index on auth_session ("userId");
create table auth_account (
  id text primary key, "accountId" text not null, "providerId" text not null,
  "userId" text not null references auth_user (id) on delete cascade,
  "accessToken" text, "refreshToken" text, "idToken" text, "accessTokenExpiresAt" timestamptz,
  "refreshTokenExpiresAt" timestamptz, scope text, password text,
  "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now()
);
create index on auth_account ("userId");
create table auth_verification (
  id text primary key, identifier text not null, value text not null, "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now()
);
create index on auth_verification (identifier);
grant select, insert, update, delete on auth_user, auth_session, auth_account, auth_verification to tellback_app;

-- Which user of which organisation an account signs in as. Small and cross-org: a reference table when sharded.
create table auth_member (
  account_id text not null references auth_user (id) on delete cascade,
  org_id object_id not null, user_id object_id not null,
  primary key (account_id, org_id)
);
grant select, insert, update, delete on auth_member to tellback_app;

-- Organisations and who works there ------------------------------------------------------------------------------

create table orgs (
  org_id object_id primary key, name text not null,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now()
);
call protect_tenant_table('orgs');

create table users (
  org_id object_id not null, id object_id not null,
  user_type text not null default 'user', name text not null, email text, roles text[] not null default '{}',
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (org_id, id)
);
create unique index users_email on users (org_id, lower(email)) where email is not null;
call protect_tenant_table('users');

create table api_keys (
  org_id object_id not null, id object_id not null, user_id object_id not null,
  name text not null, roles text[] not null, token_hash bytea not null, last_token_chars text not null,
  cidrs text[] not null default '{}', expires_at timestamptz,
  last_accessed_at timestamptz, ip_address text, user_agent text,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), revoked_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, user_id) references users (org_id, id)
);
create unique index api_keys_token on api_keys (org_id, token_hash);
call protect_tenant_table('api_keys');

-- Customers ------------------------------------------------------------------------------------------------------

create table customers (
  org_id object_id not null, id object_id not null,
  name text not null default '', external_id text,
  emails jsonb not null default '[]', phones jsonb not null default '[]',
  tags text[] not null default '{}', custom jsonb not null default '{}',
  profile jsonb not null default '{}', -- the platform's other writable fields, kept as they came
  klasses text[] not null default '{}', -- names of the klasses this customer has objects of
  rev integer not null default 1,
  created_by object_id, modified_by object_id, imported_at timestamptz,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  modified_at timestamptz not null default now(), last_activity_at timestamptz, deleted_at timestamptz,
  primary key (org_id, id)
);
create index customers_recent on customers (org_id, updated_at desc, id desc) where deleted_at is null;
call protect_tenant_table('customers');

-- What finds a customer: one row per external id, e-mail (lower case) and phone (E.164).
create table customer_identities (
  org_id object_id not null, kind text not null check (kind in ('externalId', 'email', 'phone')),
  value text collate "C" not null, customer_id object_id not null, verified boolean not null,
  primary key (org_id, kind, value),
  foreign key (org_id, customer_id) references customers (org_id, id) on delete cascade
);
create index customer_identities_customer on customer_identities (org_id, customer_id);
call protect_tenant_table('customer_identities');

-- The words of a customer's names and addresses in lower case: a prefix is one range scan, whatever the number of customers.
-- A read model without a foreign key, as half a dozen rows are written for every new customer.
create table customer_words (
  org_id object_id not null, word text collate "C" not null, customer_id object_id not null,
  primary key (org_id, word, customer_id)
);
create index customer_words_customer on customer_words (org_id, customer_id);
call protect_tenant_table('customer_words');

-- Custom objects -------------------------------------------------------------------------------------------------

create table klasses (
  org_id object_id not null, id object_id not null,
  name text not null, display_name text not null, icon text, color text, status text not null default 'enabled',
  app text, json_schema jsonb, mixins jsonb not null default '{}', created_by object_id, modified_by object_id,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id)
);
create unique index klasses_name on klasses (org_id, name);
call protect_tenant_table('klasses');

-- Custom attributes of a resource: customer, kobject.<klass>, …
create table metadata (
  org_id object_id not null, resource text not null,
  properties jsonb not null default '{}', standard_properties jsonb not null default '{}',
  relationships jsonb not null default '{}', validations jsonb not null default '[]',
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, resource)
);
call protect_tenant_table('metadata');

create table kobjects (
  org_id object_id not null, id object_id not null,
  klass text not null, customer_id object_id, external_id text,
  source object_id not null default '', -- the installation whose external ids these are; '' for the API's own
  title text not null, description text, icon text, images jsonb not null default '[]',
  data jsonb not null default '{}', custom jsonb not null default '{}', tags text[] not null default '{}',
  version_at timestamptz not null, -- the provider's updated_at: the larger one wins
  rev integer not null default 1, created_by object_id, modified_by object_id, imported_at timestamptz,
  created_at timestamptz not null, updated_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, customer_id) references customers (org_id, id)
);
create unique index kobjects_external on kobjects (org_id, klass, external_id, source);
create index kobjects_customer on kobjects (org_id, customer_id, klass, updated_at desc);
create index kobjects_klass on kobjects (org_id, klass, created_at desc, id desc);
call protect_tenant_table('kobjects');

-- Feedback: one review or one survey answer; shares its id with its custom object ---------------------------------

create table feedback (
  org_id object_id not null, id object_id not null,
  app text not null, installation_id object_id not null, delivery_id object_id not null,
  kind text not null check (kind in ('review', 'survey')), metric text not null,
  score double precision, scale_min double precision not null, scale_max double precision not null,
  sentiment text check (sentiment in ('negative', 'neutral', 'positive')),
  customer_id object_id, unmatched_reason text, respondent jsonb not null default '{}',
  title text, body text, product jsonb, permalink text, verified boolean,
  reply_state text not null default 'none' check (reply_state in ('none', 'published')), reply_text text, replied_at timestamptz,
  trust text not null check (trust in ('signed', 'secret', 'refetched', 'imported')), test boolean not null default false,
  latest_attribute text, -- the customer attribute that shows the newest score of this metric
  responded_at timestamptz not null, version_at timestamptz not null,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, id) references kobjects (org_id, id) on delete cascade,
  foreign key (org_id, customer_id) references customers (org_id, id)
);
create index feedback_latest on feedback (org_id, customer_id, latest_attribute, responded_at desc, id desc);
create index feedback_unmatched on feedback (org_id, responded_at desc, id desc) where customer_id is null;
create index feedback_recent on feedback (org_id, responded_at desc, id desc);
call protect_tenant_table('feedback');

-- The timeline: a read model, one index range scan per page --------------------------------------------------------

create table timeline (
  org_id object_id not null, customer_id object_id not null, at timestamptz not null, item_id object_id not null,
  kind text not null check (kind in ('kobject')),
  primary key (org_id, customer_id, at, item_id)
);
call protect_tenant_table('timeline');

-- Apps -------------------------------------------------------------------------------------------------------------

create table installations (
  org_id object_id not null, id object_id not null,
  app text not null, name text not null, version text not null,
  status text not null default 'active' check (status in ('active', 'needs_reconnect', 'disabled')), status_reason text,
  settings jsonb not null default '{}', secrets bytea, -- AES-256-GCM; the key is outside the database
  rev integer not null default 1, created_by object_id,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id)
);
create unique index installations_name on installations (org_id, app, lower(name));
call protect_tenant_table('installations');

create table hooks (
  org_id object_id not null, id object_id not null,
  type text not null check (type in ('form', 'web', 'email')), hash text not null,
  title text not null, description text not null default '', event_name text not null, debug boolean not null default false,
  installation_id object_id, webhook text, -- set on an app's hook: whose it is and which of its webhooks answers
  created_by object_id, created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, installation_id) references installations (org_id, id) on delete cascade
);
create unique index hooks_hash on hooks (org_id, hash);
create index hooks_installation on hooks (org_id, installation_id);
call protect_tenant_table('hooks');

-- Intake -------------------------------------------------------------------------------------------------------------

create table deliveries (
  org_id object_id not null, id object_id not null,
  hook_id object_id not null, installation_id object_id, dedupe_key text collate "C" not null,
  status text not null, trust text not null check (trust in ('signed', 'secret', 'refetched', 'imported', 'none')),
  content_type text, headers jsonb not null, sealed_headers bytea, body bytea not null,
  error text, effects jsonb, attempts jsonb not null default '[]', next_attempt_at timestamptz,
  duplicates integer not null default 0, last_duplicate_at timestamptz,
  received_at timestamptz not null default now(), finished_at timestamptz,
  primary key (org_id, id)
);
create unique index deliveries_dedupe on deliveries (org_id, hook_id, dedupe_key);
create index deliveries_status on deliveries (org_id, status, id desc) where status <> 'applied';
create index deliveries_installation on deliveries (org_id, installation_id, id desc);
call protect_tenant_table('deliveries');

-- What happened: feeds open browsers now, workflows and outbound webhooks by name ------------------------------------

create table events (
  org_id object_id not null, id object_id not null,
  name text not null, object_type text not null, object_id object_id not null, customer_id object_id,
  data jsonb not null default '{}', created_at timestamptz not null default now(),
  primary key (org_id, id)
);
call protect_tenant_table('events');

-- Jobs ---------------------------------------------------------------------------------------------------------------

grant select on schema_migrations to tellback_app;

-- Lets the server add a job inside the transaction that causes it; the job tables themselves stay closed to it.
create function enqueue_job(task text, payload json, run_at timestamptz, job_key text) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
  as $$ select graphile_worker.add_job(identifier => task, payload => payload, run_at => run_at, job_key => job_key) $$;

-- Intake's hot path: one call makes a group of deliveries of one organisation durable, with one job for all of them.
-- All bodies travel as one value and are cut apart here: nothing has to be escaped on either side.
create function accept_deliveries(org object_id, task text, received jsonb, bodies bytea) returns json language plpgsql as $$
declare
  accepted json;
  job_ids json;
begin
  perform set_config('tellback.org_id', org, true);
  with written as (
    insert into deliveries as d (org_id, id, hook_id, installation_id, dedupe_key, status, trust, content_type, headers, sealed_headers, error, received_at, duplicates, body)
    select org, i.id, i.hook_id, i.installation_id, i.dedupe_key, i.status, i.trust, i.content_type, i.headers::jsonb, decode(i.sealed_headers, 'base64'), i.error,
           i.received_at, i.repeats, substring(bodies from i.first for i.length)
    from jsonb_to_recordset(received) as i (id text, hook_id text, installation_id text, dedupe_key text, status text, trust text, content_type text, headers text,
           sealed_headers text, error text, received_at timestamptz, repeats int, first int, length int)
    on conflict (org_id, hook_id, dedupe_key) do update set duplicates = d.duplicates + 1 + excluded.duplicates, last_duplicate_at = now()
    returning d.id, d.hook_id, d.dedupe_key, d.status, (xmax = 0) as fresh
  )
  select json_agg(json_build_object('id', w.id, 'hookId', w.hook_id, 'dedupeKey', w.dedupe_key, 'fresh', w.fresh)),
         json_agg(w.id) filter (where w.fresh and w.status = 'received')
    into accepted, job_ids from written w;
  if job_ids is not null then
    perform enqueue_job(task, json_build_object('orgId', org, 'ids', job_ids), null, null);
  end if;
  return accepted;
end $$;
