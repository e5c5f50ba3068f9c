-- Tags and teams ---------------------------------------------------------------------------------------------------

create table tags (
  org_id object_id not null, id object_id not null,
  name text not null, color text,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (org_id, id)
);
create unique index tags_name on tags (org_id, lower(name)) where deleted_at is null;
call protect_tenant_table('tags');

create table teams (
  org_id object_id not null, id object_id not null,
  name text not null, display_name text, icon text, external_id text, members text[] not null default '{}',
  created_by object_id, modified_by object_id, deleted_at timestamptz,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id)
);
create unique index teams_name on teams (org_id, lower(name)) where deleted_at is null;
create index teams_members on teams using gin (members);
call protect_tenant_table('teams');

-- Conversations ----------------------------------------------------------------------------------------------------

-- How many conversations a customer has in each state: kept with each move, so that a list of customers costs no count.
alter table customers add column open_conversations integer not null default 0,
  add column snoozed_conversations integer not null default 0, add column done_conversations integer not null default 0;

create table conversations (
  org_id object_id not null, id object_id not null, customer_id object_id not null, external_id text,
  name text, status text not null check (status in ('open', 'snoozed', 'done')),
  status_at timestamptz not null default now(), -- since when it is in this state
  priority smallint not null default 3 check (priority between 1 and 5),
  direction text check (direction in ('in', 'out')), channels text[] not null default '{}', reply_channel text,
  tags text[] not null default '{}', assigned_users text[] not null default '{}', assigned_teams text[] not null default '{}',
  custom jsonb not null default '{}', default_lang text, preview text,
  snooze_at timestamptz, snooze_status text check (snooze_status in ('scheduled', 'canceled', 'elapsed')),
  inbound_count integer not null default 0, outbound_count integer not null default 0, note_count integer not null default 0,
  done_count integer not null default 0, reopen_count integer not null default 0, reopen_from_done_count integer not null default 0,
  snooze_count integer not null default 0,
  -- What happened first and last, in the words of the wire.
  milestones jsonb not null default '{}',
  extra jsonb not null default '{}', -- the platform's other writable fields, kept as they came
  last_message_at timestamptz, last_message_direction text,
  rev integer not null default 1, created_by object_id, modified_by object_id, imported_at timestamptz,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  modified_at timestamptz not null default now(), last_activity_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, customer_id) references customers (org_id, id)
);
create unique index conversations_external on conversations (org_id, external_id) where external_id is not null and deleted_at is null;
create index conversations_customer on conversations (org_id, customer_id, created_at desc, id desc) where deleted_at is null;
create index conversations_recent on conversations (org_id, updated_at desc, id desc) where deleted_at is null;
call protect_tenant_table('conversations');

create table messages (
  org_id object_id not null, id object_id not null, conversation_id object_id not null, customer_id object_id not null,
  external_id text, app text not null, channel text not null,
  direction text not null check (direction in ('in', 'out')), direction_type text not null,
  preview text not null default '', subject text, size integer not null default 0,
  status text not null check (status in ('sent', 'received', 'error')), error jsonb, error_at timestamptz,
  auto boolean not null default false, source text, sent_at timestamptz not null, response_ms bigint,
  meta jsonb not null default '{}', custom jsonb not null default '{}', lang text,
  extra jsonb not null default '{}', -- the platform's other writable fields, kept as they came
  rev integer not null default 1, created_by object_id, modified_by object_id, imported_at timestamptz,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), modified_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, conversation_id) references conversations (org_id, id)
);
create unique index messages_external on messages (org_id, external_id) where external_id is not null;
create index messages_conversation on messages (org_id, conversation_id, sent_at desc, id desc);
create index messages_customer on messages (org_id, customer_id, sent_at desc, id desc);
create index messages_recent on messages (org_id, updated_at desc, id desc);
call protect_tenant_table('messages');

create table notes (
  org_id object_id not null, id object_id not null, conversation_id object_id not null, customer_id object_id not null,
  external_id text, body text not null, user_mentions jsonb not null default '[]', lang text,
  rev integer not null default 1, created_by object_id, modified_by object_id, imported_at timestamptz,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  modified_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, conversation_id) references conversations (org_id, id)
);
create unique index notes_external on notes (org_id, external_id) where external_id is not null and deleted_at is null;
create index notes_conversation on notes (org_id, conversation_id, created_at desc, id desc) where deleted_at is null;
create index notes_customer on notes (org_id, customer_id, created_at desc, id desc) where deleted_at is null;
create index notes_recent on notes (org_id, updated_at desc, id desc) where deleted_at is null;
call protect_tenant_table('notes');

-- One row each time a conversation was closed, with whom that is credited to: as it was then, whatever changes later.
create table close_events (
  org_id object_id not null, id object_id not null, conversation_id object_id not null, customer_id object_id not null,
  closed_at timestamptz not null, closed_by object_id, closed_by_type text not null check (closed_by_type in ('user', 'machine')),
  assigned_users text[] not null, assigned_teams text[] not null, closed_by_teams text[] not null,
  channels text[] not null, tags text[] not null, priority smallint not null,
  primary key (org_id, id),
  foreign key (org_id, conversation_id) references conversations (org_id, id)
);
create index close_events_conversation on close_events (org_id, conversation_id, closed_at desc);
create index close_events_recent on close_events (org_id, closed_at desc, id desc);
call protect_tenant_table('close_events');

-- The history of a conversation is its events. What comes in by the thousand has no history to show.
create index events_conversation on events (org_id, object_id, id desc) where object_type = 'conversation';
