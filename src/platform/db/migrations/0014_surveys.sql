-- A close that nobody has decided about yet: whether a survey is to follow is found out right after it, and never in its way.
alter table close_events add column closed_how text not null default 'agent' check (closed_how in ('agent', 'automatic', 'spam', 'merged'));
alter table close_events add column without_survey boolean not null default false; -- whoever closed it wants none
alter table close_events add column decided_at timestamptz;
update close_events set decided_at = closed_at, closed_how = case closed_by_type when 'user' then 'agent' else 'automatic' end;
create index close_events_undecided on close_events (org_id, id) where decided_at is null;

-- What an organisation allows, over all its providers together. One row each; without one, the usual policy applies.
create table survey_policies (
  org_id object_id not null primary key, policy jsonb not null, rev integer not null default 1,
  modified_by object_id, updated_at timestamptz not null default now(),
  foreign key (org_id) references orgs (org_id)
);
call protect_tenant_table('survey_policies');

-- Whom nobody is to ask any more: by what they said here, or by what a provider said of their address.
create table survey_opt_outs (
  org_id object_id not null, id object_id not null, customer_id object_id, address text,
  reason text not null, created_by object_id, created_at timestamptz not null default now(),
  primary key (org_id, id)
);
create unique index survey_opt_outs_customer on survey_opt_outs (org_id, customer_id) where customer_id is not null;
create unique index survey_opt_outs_address on survey_opt_outs (org_id, address) where address is not null;
call protect_tenant_table('survey_opt_outs');

-- One decision to ask one customer about one close by one provider, with whom the close was credited to, whatever changes later.
create table survey_requests (
  org_id object_id not null, id object_id not null, app text not null, installation_id object_id not null,
  close_event_id object_id not null, conversation_id object_id not null, customer_id object_id not null,
  state text not null check (state in
    ('scheduled', 'canceled', 'skipped', 'requested', 'sent', 'opened', 'answered', 'bounced', 'expired', 'failed')),
  reason text, -- of the state that it is in
  decision jsonb not null, -- the rules, the facts that they saw, the verdict
  address text, -- where the customer was asked
  closed_at timestamptz not null, assigned_users text[] not null, assigned_teams text[] not null,
  channel text, brand_id object_id, tags text[] not null,
  due_at timestamptz, -- when the provider is to be asked, or asked again; null once that is over
  progress jsonb not null default '{}', -- how far the provider's steps have come
  attempts integer not null default 0,
  attempted_at timestamptz, -- set before the provider is called and cleared after: if it is set, nobody knows what came of the call
  provider_ref text, -- what the provider calls it
  requested_at timestamptz, sent_at timestamptz, opened_at timestamptz, answered_at timestamptz,
  feedback_id object_id, rev integer not null default 1,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, installation_id) references installations (org_id, id) on delete cascade
);
create unique index survey_requests_close on survey_requests (org_id, close_event_id, installation_id);
create index survey_requests_due on survey_requests (org_id, due_at) where state = 'scheduled';
create index survey_requests_conversation on survey_requests (org_id, conversation_id, id desc);
create index survey_requests_customer on survey_requests (org_id, customer_id, requested_at desc);
create index survey_requests_address on survey_requests (org_id, address, requested_at desc) where address is not null;
create index survey_requests_ref on survey_requests (org_id, installation_id, provider_ref) where provider_ref is not null;
create index survey_requests_in_flight on survey_requests (org_id, installation_id) where state = 'scheduled' and attempted_at is not null;
create index survey_requests_recent on survey_requests (org_id, closed_at desc, id desc);
create index survey_requests_open on survey_requests (org_id, installation_id, requested_at) where state in ('requested', 'sent', 'opened');
call protect_tenant_table('survey_requests');

create table survey_moves (
  org_id object_id not null, id object_id not null, request_id object_id not null,
  state text not null, reason text, created_by object_id, created_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, request_id) references survey_requests (org_id, id) on delete cascade
);
create index survey_moves_request on survey_moves (org_id, request_id, id);
call protect_tenant_table('survey_moves');

-- A request stands on its customer's timeline from when the provider was asked.
alter table timeline drop constraint timeline_kind_check;
alter table timeline add constraint timeline_kind_check check (kind in ('kobject', 'conversation', 'note', 'survey'));
create function survey_on_timeline() returns trigger language plpgsql as $$
begin
  if old.requested_at is not null then
    delete from timeline where org_id = old.org_id and customer_id = old.customer_id and at = old.requested_at and item_id = old.id;
  end if;
  if new.requested_at is not null then
    insert into timeline (org_id, customer_id, at, item_id, kind)
      values (new.org_id, new.customer_id, new.requested_at, new.id, 'survey') on conflict do nothing;
  end if;
  return null;
end $$;
create trigger survey_is_asked after update of customer_id, requested_at on survey_requests for each row
  when (old.customer_id <> new.customer_id or old.requested_at is distinct from new.requested_at)
  execute function survey_on_timeline();

-- How far a provider's answers are read, where it is asked for them again and again.
create table survey_polls (
  org_id object_id not null, installation_id object_id not null, cursor text,
  failures integer not null default 0, reason text, next_at timestamptz not null default now(), polled_at timestamptz,
  registered_at timestamptz, -- when the provider was told last where to call us
  register_at timestamptz, -- when it is to be told again
  unreachable text, -- why it does not call us
  quota jsonb, -- what it lets us do, as its last answer said
  primary key (org_id, installation_id),
  foreign key (org_id, installation_id) references installations (org_id, id) on delete cascade
);
call protect_tenant_table('survey_polls');

-- An answer to a survey is credited as its close was.
alter table feedback add column survey_request_id object_id;
alter table feedback add column credited_users text[] not null default '{}';
alter table feedback add column credited_teams text[] not null default '{}';
alter table feedback add column credited_channel text;
alter table feedback add column credited_brand_id object_id;

-- Scores are counted from an index alone where they are not grouped by people.
create index feedback_scores on feedback (org_id, metric, responded_at)
  include (score, sentiment, scale_min, scale_max, app, installation_id, credited_channel, credited_brand_id) where score is not null and not test;
create index survey_requests_asked on survey_requests (org_id, requested_at) where requested_at is not null;

-- Which organisations have closes to decide about, and surveys that are due: index probes for each that has any, none for the others.
grant create on schema public to tellback_sweeper;
grant select (org_id, id, decided_at) on close_events to tellback_sweeper;
create policy sweep on close_events for select to tellback_sweeper using (true);
create function orgs_with_undecided_closes() returns setof text language sql stable security definer set search_path = public, pg_temp as $$
  with recursive found as (
    (select org_id from close_events where decided_at is null order by org_id limit 1)
    union all
    select (select c.org_id from close_events c where c.decided_at is null and c.org_id > found.org_id order by c.org_id limit 1)
    from found where found.org_id is not null
  )
  select org_id from found where org_id is not null
$$;
grant select (org_id, state, due_at) on survey_requests to tellback_sweeper;
create policy sweep on survey_requests for select to tellback_sweeper using (true);
create function orgs_with_due_surveys() returns setof text language sql stable security definer set search_path = public, pg_temp as $$
  with recursive found as (
    (select org_id from survey_requests where state = 'scheduled' order by org_id limit 1)
    union all
    select (select r.org_id from survey_requests r where r.state = 'scheduled' and r.org_id > found.org_id order by r.org_id limit 1)
    from found where found.org_id is not null
  )
  select org_id from found where org_id is not null
    and exists (select from survey_requests r where r.org_id = found.org_id and r.state = 'scheduled' and r.due_at <= now())
$$;
grant select (org_id, installation_id, next_at) on survey_polls to tellback_sweeper;
create policy sweep on survey_polls for select to tellback_sweeper using (true);
create index survey_polls_due on survey_polls (next_at);
create function orgs_with_due_survey_polls() returns setof text language sql stable security definer set search_path = public, pg_temp as $$
  select distinct org_id from survey_polls where next_at <= now()
$$;
alter function orgs_with_undecided_closes() owner to tellback_sweeper;
alter function orgs_with_due_surveys() owner to tellback_sweeper;
alter function orgs_with_due_survey_polls() owner to tellback_sweeper;
revoke create on schema public from tellback_sweeper;
revoke all on function orgs_with_undecided_closes(), orgs_with_due_surveys(), orgs_with_due_survey_polls() from public;
grant execute on function orgs_with_undecided_closes(), orgs_with_due_surveys(), orgs_with_due_survey_polls() to tellback_app;
