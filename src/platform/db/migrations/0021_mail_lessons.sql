-- What admins said that mails of an app mean, for the next mails of the same shape.
create table mail_lessons (
  org_id object_id not null, id object_id not null, installation_id object_id not null,
  lesson jsonb not null, subject text not null, -- of the mail that it was learned from
  created_by object_id not null, created_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, installation_id) references installations (org_id, id) on delete cascade
);
create index mail_lessons_installation on mail_lessons (org_id, installation_id, created_at desc);
call protect_tenant_table('mail_lessons');
