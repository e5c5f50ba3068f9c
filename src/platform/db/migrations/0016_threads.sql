-- By what an app knows a conversation that it brings messages to: ids of mails, of questions.
create table conversation_threads (
  org_id object_id not null, source object_id not null, -- the installation
  thread text collate "C" not null, conversation_id object_id not null, created_at timestamptz not null default now(),
  primary key (org_id, source, thread),
  foreign key (org_id, source) references installations (org_id, id) on delete cascade
);
create index conversation_threads_conversation on conversation_threads (org_id, conversation_id);
call protect_tenant_table('conversation_threads');
