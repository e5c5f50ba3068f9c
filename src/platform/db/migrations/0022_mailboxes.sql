-- Mailboxes whose new mails are fetched for an e-mail hook, for those to whom no mail can be brought.
create table mailboxes (
  org_id object_id not null, hook_id object_id not null,
  host text not null, port integer not null, security text not null check (security in ('tls', 'starttls', 'none')),
  username text not null, sealed_password bytea not null, folder text not null,
  uid_validity text, last_uid bigint not null default 0, -- how far it was read; what the numbers mean ends with the validity
  taken integer not null default 0, failures integer not null default 0, reason text,
  polled_at timestamptz, next_at timestamptz not null,
  created_by object_id not null, created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, hook_id),
  foreign key (org_id, hook_id) references hooks (org_id, id) on delete cascade
);
call protect_tenant_table('mailboxes');
grant create on schema public to tellback_sweeper;
grant select (org_id, hook_id, next_at) on mailboxes to tellback_sweeper;
create policy sweep on mailboxes for select to tellback_sweeper using (true);
create index mailboxes_due on mailboxes (next_at);
create function orgs_with_due_mailboxes() returns setof text language sql stable security definer set search_path = public, pg_temp as $$
  select distinct org_id from mailboxes where next_at <= now()
$$;
alter function orgs_with_due_mailboxes() owner to tellback_sweeper;
revoke create on schema public from tellback_sweeper;
revoke all on function orgs_with_due_mailboxes() from public;
grant execute on function orgs_with_due_mailboxes() to tellback_app;
