-- What happens next, as an admin wrote it. `draft` is what is being written; what is live is a version.
create table workflows (
  org_id object_id not null, id object_id not null,
  name text not null, enabled boolean not null default false,
  draft jsonb not null, draft_rev integer not null default 1, problems jsonb not null default '[]',
  version integer, -- what is live
  system_disabled boolean not null default false, disabled_reason text,
  -- What an app brought: which part of it, in which version, as it was written then, and what waits to be looked at.
  installation_id object_id, origin_key text, origin_version text, origin_document jsonb, upgrade jsonb,
  next_at timestamptz, -- when its schedule starts it
  told_at timestamptz, -- when its admins were last told that it was stopped or failed
  created_by object_id, modified_by object_id,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (org_id, id)
);
create unique index workflows_origin on workflows (org_id, installation_id, origin_key) where installation_id is not null;
create index workflows_scheduled on workflows (next_at) where next_at is not null;
call protect_tenant_table('workflows');

-- What was published; a version never changes, and runs keep the one that they began with.
create table workflow_versions (
  org_id object_id not null, workflow_id object_id not null, version integer not null,
  document jsonb not null, note text,
  published_by object_id, published_at timestamptz not null default now(),
  primary key (org_id, workflow_id, version),
  foreign key (org_id, workflow_id) references workflows (org_id, id) on delete cascade
);
call protect_tenant_table('workflow_versions');

-- The enabled workflows by the event that starts them: what every event is looked up in.
create table workflow_triggers (
  org_id object_id not null, workflow_id object_id not null, event_name text not null, version integer not null,
  primary key (org_id, workflow_id),
  foreign key (org_id, workflow_id) references workflows (org_id, id) on delete cascade
);
create index workflow_triggers_event on workflow_triggers (org_id, event_name);
call protect_tenant_table('workflow_triggers');

-- Who workflows act as.
alter table orgs add column workflow_user_id object_id;

create table workflow_variables (
  org_id object_id not null, id object_id not null, workflow_id object_id not null,
  name text not null, type text not null check (type in ('string', 'number', 'boolean', 'secret')),
  value jsonb, sealed bytea,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id),
  unique (org_id, workflow_id, name),
  foreign key (org_id, workflow_id) references workflows (org_id, id) on delete cascade
);
call protect_tenant_table('workflow_variables');

create table workflow_runs (
  org_id object_id not null, id object_id not null, workflow_id object_id not null, version integer not null,
  state text not null check (state in ('ready', 'waiting', 'done', 'failed', 'stopped', 'canceled')),
  started_by text not null check (started_by in ('event', 'call', 'schedule')),
  event_name text not null, event_id object_id, object_type text, object_id object_id, customer_id object_id,
  trigger jsonb not null,
  chain text[] not null, calls integer not null default 0, -- the workflows that led here, and how many calls in a row
  next_step text, steps_taken integer not null default 0, data_size integer not null default 0, active_ms integer not null default 0,
  attempts integer not null default 0, -- of the next step
  claim integer not null default 0, due_at timestamptz,
  error jsonb,
  created_at timestamptz not null default now(), ended_at timestamptz,
  primary key (org_id, id)
);
create index workflow_runs_due on workflow_runs (org_id, due_at) where due_at is not null;
create index workflow_runs_workflow on workflow_runs (org_id, workflow_id, id desc);
create index workflow_runs_failed on workflow_runs (org_id, id desc) where state in ('failed', 'stopped');
create index workflow_runs_open on workflow_runs (org_id, id desc) where state in ('ready', 'waiting');
create index workflow_runs_object on workflow_runs (org_id, object_id, workflow_id, created_at) where object_id is not null;
create index workflow_runs_ended on workflow_runs (org_id, ended_at) where ended_at is not null;
call protect_tenant_table('workflow_runs');

-- What each step was given and what it gave, one row for each time that it was taken.
create table workflow_run_steps (
  org_id object_id not null, run_id object_id not null, seq integer not null,
  step_id text not null, action text, status text not null check (status in ('done', 'failed', 'retrying', 'waiting')),
  input jsonb, output jsonb, error jsonb, next_step text, attempts integer not null default 1,
  ms integer not null default 0, at timestamptz not null default now(),
  primary key (org_id, run_id, seq),
  foreign key (org_id, run_id) references workflow_runs (org_id, id) on delete cascade
);
call protect_tenant_table('workflow_run_steps');

-- Runs that wait for something to happen; what does is looked up here as well.
create table workflow_waits (
  org_id object_id not null, run_id object_id not null,
  event_name text not null, object_id object_id, condition jsonb,
  primary key (org_id, run_id),
  foreign key (org_id, run_id) references workflow_runs (org_id, id) on delete cascade
);
create index workflow_waits_event on workflow_waits (org_id, event_name, object_id);
call protect_tenant_table('workflow_waits');

-- Events that somebody listens for and nobody has looked at; `cause` is the run that brought one about.
create table workflow_inbox (
  org_id object_id not null, event_id object_id not null, event_name text not null,
  object_type text not null, object_id object_id not null, cause text,
  primary key (org_id, event_id, event_name)
);
call protect_tenant_table('workflow_inbox');

-- What happened and who has to look at it are one commit. Whoever listens is looked up once for a batch of events.
create function feed_workflows() returns trigger language plpgsql as $$
begin
  if current_setting('tellback.quiet', true) = 'on' then
    return null; -- of the past: told to whoever asks, and cause of nothing
  end if;
  insert into workflow_inbox (org_id, event_id, event_name, object_type, object_id, cause)
    select e.org_id, e.id, told.name, told.object_type, e.object_id, nullif(current_setting('tellback.workflow_run', true), '')
    from added e
    cross join lateral (
      values (e.name, e.object_type), (case when e.data ? 'feedback' then 'tellback.feedback.' || substring(e.name from '[^.]*$') end, 'feedback')
    ) told (name, object_type)
    where exists (select from workflow_triggers t where t.org_id = e.org_id and t.event_name = told.name)
      or exists (select from workflow_waits w where w.org_id = e.org_id and w.event_name = told.name and w.object_id = e.object_id)
      or exists (select from workflow_waits w where w.org_id = e.org_id and w.event_name = told.name and w.object_id is null);
  if found then
    perform pg_notify('tellback_workflows', (select org_id from added limit 1));
  end if;
  return null;
end $$;
create trigger feed_workflows after insert on events referencing new table as added
  for each statement execute function feed_workflows();

-- Which organisations have events to look at, runs to take further, or schedules that are due.
grant create on schema public to tellback_sweeper;
grant select (org_id) on workflow_inbox to tellback_sweeper;
grant select (org_id, due_at) on workflow_runs to tellback_sweeper;
grant select (org_id, next_at) on workflows to tellback_sweeper;
create policy sweep on workflow_inbox for select to tellback_sweeper using (true);
create policy sweep on workflow_runs for select to tellback_sweeper using (true);
create policy sweep on workflows for select to tellback_sweeper using (true);
create function orgs_with_workflow_events() returns setof text language sql stable security definer set search_path = public, pg_temp as $$
  with recursive found as (
    (select org_id from workflow_inbox order by org_id limit 1)
    union all
    select (select i.org_id from workflow_inbox i where i.org_id > found.org_id order by i.org_id limit 1)
    from found where found.org_id is not null
  )
  select org_id from found where org_id is not null
$$;
-- The organisations that have runs at all are few beside the runs: each is one probe of the index, and one more for what is due.
create function orgs_with_due_runs() returns setof text language sql stable security definer set search_path = public, pg_temp as $$
  with recursive found as (
    (select org_id from workflow_runs where due_at is not null order by org_id limit 1)
    union all
    select (select r.org_id from workflow_runs r where r.due_at is not null and r.org_id > found.org_id order by r.org_id limit 1)
    from found where found.org_id is not null
  )
  select org_id from found where org_id is not null
    and exists (select from workflow_runs r where r.org_id = found.org_id and r.due_at <= now())
$$;
create function orgs_with_due_schedules() returns setof text language sql stable security definer set search_path = public, pg_temp as $$
  select distinct org_id from workflows where next_at <= now()
$$;
-- Which organisations have apps in other versions than this desk brings.
grant select (org_id, app, version) on installations to tellback_sweeper;
create policy sweep on installations for select to tellback_sweeper using (true);
create function orgs_with_other_app_versions(current jsonb) returns setof text language sql stable security definer set search_path = public, pg_temp as $$
  select distinct i.org_id from installations i where i.version <> current ->> i.app
$$;
alter function orgs_with_other_app_versions(jsonb) owner to tellback_sweeper;
alter function orgs_with_workflow_events() owner to tellback_sweeper;
alter function orgs_with_due_runs() owner to tellback_sweeper;
alter function orgs_with_due_schedules() owner to tellback_sweeper;
revoke create on schema public from tellback_sweeper;
revoke all on function orgs_with_workflow_events(), orgs_with_due_runs(), orgs_with_due_schedules(), orgs_with_other_app_versions(jsonb) from public;
grant execute on function orgs_with_workflow_events(), orgs_with_due_runs(), orgs_with_due_schedules(), orgs_with_other_app_versions(jsonb) to tellback_app;
