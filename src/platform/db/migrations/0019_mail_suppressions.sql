-- What became of a mail after a server took it, and the addresses that nothing more is sent to.
alter table mails drop constraint mails_status_check;
alter table mails add constraint mails_status_check check (status in ('waiting', 'sent', 'failed', 'bounced'));
alter table mails add column stream text not null default 'answers' check (stream in ('answers', 'notices'));
create index mails_message_id on mails (org_id, message_id);
create index mails_bounced on mails (org_id, lower(recipient), updated_at) where status = 'bounced';

create table mail_suppressions (
  org_id object_id not null, id object_id not null,
  address text not null, -- in small letters
  scope text not null check (scope in ('all', 'notices')),
  reason text not null check (reason in ('bounced', 'complained', 'unsubscribed', 'added')),
  detail text, created_by object_id, created_at timestamptz not null default now(),
  primary key (org_id, id),
  unique (org_id, address, scope)
);
create index mail_suppressions_recent on mail_suppressions (org_id, created_at desc, id desc);
call protect_tenant_table('mail_suppressions');
