-- A received delivery is its own job: it waits in `deliveries` until somebody takes it further. Adding a job in the same
-- transaction cost as much as the deliveries themselves.

drop function accept_deliveries(object_id, text, jsonb, bytea);

-- Intake's hot path: one call makes a group of deliveries of one organisation durable.
-- All bodies travel as one value and are cut apart here: nothing has to be escaped on either side.
create function accept_deliveries(org object_id, received jsonb, bodies bytea) returns json language plpgsql as $$
declare
  accepted json;
begin
  perform set_config('tellback.org_id', org, true);
  with written as (
    insert into deliveries as d (org_id, id, hook_id, installation_id, dedupe_key, status, trust, content_type, headers, sealed_headers, error, received_at, duplicates, body)
    select org, i.id, i.hook_id, i.installation_id, i.dedupe_key, i.status, i.trust, i.content_type, i.headers::jsonb, decode(i.sealed_headers, 'base64'), i.error,
           i.received_at, i.repeats, substring(bodies from i.first for i.length)
    from jsonb_to_recordset(received) as i (id text, hook_id text, installation_id text, dedupe_key text, status text, trust text, content_type text, headers text,
           sealed_headers text, error text, received_at timestamptz, repeats int, first int, length int)
    on conflict (org_id, hook_id, dedupe_key) do update set duplicates = d.duplicates + 1 + excluded.duplicates, last_duplicate_at = now()
    returning d.id, d.hook_id, d.dedupe_key, (xmax = 0) as fresh
  )
  select json_agg(json_build_object('id', w.id, 'hookId', w.hook_id, 'dedupeKey', w.dedupe_key, 'fresh', w.fresh)) into accepted from written w;
  return accepted;
end $$;

-- Small whatever the table's size: what is on its way, and nothing else.
create index deliveries_received on deliveries (org_id, id) where status = 'received';
drop index deliveries_status;
create index deliveries_status on deliveries (org_id, status, id desc) where status not in ('applied', 'received');

-- Workers look which organisations have deliveries on their way. This role sees that of every organisation, and no more.
do $$ begin
  if not exists (select from pg_roles where rolname = 'tellback_sweeper') then
    create role tellback_sweeper nologin;
  end if;
exception when duplicate_object or unique_violation then null; -- another database of this cluster made it meanwhile
end $$;
grant tellback_sweeper to current_user;
grant usage, create on schema public to tellback_sweeper;
grant select (org_id, status) on deliveries to tellback_sweeper;
create policy sweep on deliveries for select to tellback_sweeper using (true);

-- One index probe for each organisation that has something, none for the others.
create function orgs_with_received() returns setof text language sql stable security definer set search_path = public, pg_temp as $$
  with recursive found as (
    (select org_id from deliveries where status = 'received' order by org_id limit 1)
    union all
    select (select d.org_id from deliveries d where d.status = 'received' and d.org_id > found.org_id order by d.org_id limit 1)
    from found where found.org_id is not null
  )
  select org_id from found where org_id is not null
$$;
alter function orgs_with_received() owner to tellback_sweeper;
revoke create on schema public from tellback_sweeper;
revoke all on function orgs_with_received() from public;
grant execute on function orgs_with_received() to tellback_app;

-- Feedback belongs to whom its object belongs to, and that is checked there already.
alter table feedback drop constraint feedback_org_id_customer_id_fkey;

-- A customer's words follow from the customer, so each is found by itself. What begins another word is found by that one.
delete from customer_words a using customer_words b
  where a.org_id = b.org_id and a.customer_id = b.customer_id and a.word <> b.word and starts_with(b.word, a.word);
drop index customer_words_customer;

-- Without statistics the planner may look an object up through its klass, which reads all objects of that klass. It
-- cannot where the index does not hold deleted ones, and lists want none of those.
drop index kobjects_klass;
create index kobjects_klass on kobjects (org_id, klass, created_at desc, id desc) where deleted_at is null;
