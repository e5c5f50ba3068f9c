-- Where events are sent on to. Headers and token are sealed: they open somebody else's door.
create table outbound_webhooks (
  org_id object_id not null, id object_id not null,
  name text not null, url text not null, events text[] not null, sealed bytea not null,
  status text not null default 'enabled' check (status in ('enabled', 'disabled')), status_reason text,
  failing_since timestamptz, -- since when nothing has got through
  created_by object_id, modified_by object_id,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id)
);
call protect_tenant_table('outbound_webhooks');

-- One event on its way to one address: waiting, sent, or given up.
create table webhook_transactions (
  org_id object_id not null, id object_id not null, webhook_id object_id not null, event_id object_id not null,
  event_name text not null, object_type text not null, object_id object_id not null,
  status text not null default 'waiting' check (status in ('waiting', 'sent', 'failed')),
  attempts integer not null default 0, next_attempt_at timestamptz default now(),
  last_status integer, last_error text, last_response text, sent_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, webhook_id) references outbound_webhooks (org_id, id) on delete cascade
);
create index webhook_transactions_due on webhook_transactions (org_id, next_attempt_at, id) where status = 'waiting';
create index webhook_transactions_webhook on webhook_transactions (org_id, webhook_id, id desc);
call protect_tenant_table('webhook_transactions');

-- What happened and who is to be told are one commit: no crash comes between them. A transaction's id is its event's
-- first 16 characters, which are its time and order, and 8 of its webhook's.
create function feed_outbound_webhooks() returns trigger language plpgsql as $$
begin
  insert into webhook_transactions (org_id, id, webhook_id, event_id, event_name, object_type, object_id)
    select e.org_id, left(e.id, 16) || substr(md5(e.id || w.id), 1, 8), w.id, e.id, e.name, e.object_type, e.object_id
    from added e join outbound_webhooks w on w.org_id = e.org_id and w.status = 'enabled' and e.name = any (w.events);
  if found then
    perform pg_notify('tellback_webhooks', (select org_id from added limit 1));
  end if;
  return null;
end $$;
create trigger feed_outbound_webhooks after insert on events referencing new table as added
  for each statement execute function feed_outbound_webhooks();

-- Which organisations have something to send now; one index probe for each that has, none for the others.
grant create on schema public to tellback_sweeper;
grant select (org_id, status, next_attempt_at) on webhook_transactions to tellback_sweeper;
create policy sweep on webhook_transactions for select to tellback_sweeper using (true);
create function orgs_with_due_webhooks() returns setof text language sql stable security definer set search_path = public, pg_temp as $$
  with recursive found as (
    (select org_id from webhook_transactions where status = 'waiting' and next_attempt_at <= now() order by org_id limit 1)
    union all
    select (select t.org_id from webhook_transactions t where t.status = 'waiting' and t.next_attempt_at <= now() and t.org_id > found.org_id
            order by t.org_id limit 1)
    from found where found.org_id is not null
  )
  select org_id from found where org_id is not null
$$;
alter function orgs_with_due_webhooks() owner to tellback_sweeper;
revoke create on schema public from tellback_sweeper;
revoke all on function orgs_with_due_webhooks() from public;
grant execute on function orgs_with_due_webhooks() to tellback_app;
