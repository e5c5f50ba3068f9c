-- What is said back in public to a review. A review has one; saying something else replaces it.
create table replies (
  org_id object_id not null, id object_id not null, feedback_id object_id not null, installation_id object_id not null,
  state text not null check (state in ('draft', 'awaiting_approval', 'publishing', 'published', 'outdated', 'failed', 'withdrawn')),
  body text not null, -- what is to stand there
  reason text, -- why it failed, or was sent back
  is_withdrawing boolean not null default false, -- what is under way is taking it away
  published_body text, published_at timestamptz, provider_ref text, -- what does stand there
  answers_at timestamptz not null, -- the version of the review that it answers
  attempts integer not null default 0, next_attempt_at timestamptz,
  attempted_at timestamptz, -- set before the provider is called and cleared after: if it is set, nobody knows what came of the call
  written_by object_id not null, approved_by object_id, rev integer not null default 1,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, feedback_id) references feedback (org_id, id) on delete cascade
);
create unique index replies_feedback on replies (org_id, feedback_id);
create index replies_state on replies (org_id, state, updated_at desc);
call protect_tenant_table('replies');

-- Every state a reply was in, since when, by whom and why.
create table reply_moves (
  org_id object_id not null, id object_id not null, reply_id object_id not null,
  state text not null, body text not null, reason text, created_by object_id, created_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, reply_id) references replies (org_id, id) on delete cascade
);
create index reply_moves_reply on reply_moves (org_id, reply_id, id);
call protect_tenant_table('reply_moves');

alter table feedback drop constraint feedback_reply_state_check;
alter table feedback add constraint feedback_reply_state_check
  check (reply_state in ('none', 'draft', 'awaiting_approval', 'publishing', 'published', 'outdated', 'failed', 'withdrawn'));

alter table orgs add column replies_need_approval boolean not null default false;
