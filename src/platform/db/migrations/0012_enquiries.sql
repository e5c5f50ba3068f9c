-- The author of a review is asked, by way of the provider, who they are.
create table enquiries (
  org_id object_id not null, id object_id not null, feedback_id object_id not null, installation_id object_id not null,
  state text not null check (state in ('asking', 'waiting', 'answered', 'lapsed', 'failed')),
  reason text, answer jsonb, asked_by object_id not null,
  asked_at timestamptz, answered_at timestamptz, attempts integer not null default 0, next_check_at timestamptz,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, feedback_id) references feedback (org_id, id) on delete cascade
);
create index enquiries_feedback on enquiries (org_id, feedback_id, id desc);
create unique index enquiries_open on enquiries (org_id, feedback_id) where state in ('asking', 'waiting');
call protect_tenant_table('enquiries');
