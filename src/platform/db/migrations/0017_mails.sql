-- Mails that go out: one for each message that leaves by mail, under the message's id.
create table mails (
  org_id object_id not null, id object_id not null, conversation_id object_id not null, source object_id not null, -- the installation
  status text not null check (status in ('waiting', 'sent', 'failed')),
  sender text not null, recipient text not null, subject text not null,
  message_id text not null, in_reply_to text, refs text[] not null default '{}', -- ids of mails, without angle brackets
  attempts integer not null default 0, reason text, next_at timestamptz, sent_at timestamptz,
  created_by object_id, created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id)
);
create index mails_recent on mails (org_id, created_at desc, id desc);
create index mails_conversation on mails (org_id, conversation_id);
call protect_tenant_table('mails');
