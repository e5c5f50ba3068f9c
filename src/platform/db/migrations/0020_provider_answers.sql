-- Other names under which an app's object may come: a mail names no number, the provider's API does. The first name that came is the object's own.
create table object_aliases (
  org_id object_id not null, source object_id not null, klass text not null, -- the installation
  alias text collate "C" not null, external_id text not null,
  is_provisional boolean not null, -- the object's own name was made up here, as what came named none
  primary key (org_id, source, klass, alias),
  foreign key (org_id, source) references installations (org_id, id) on delete cascade
);
call protect_tenant_table('object_aliases');

-- Some providers let a reply be seen by everybody or by the customer alone.
alter table replies add column is_private boolean not null default false;

-- An answer in a conversation leaves by mail, or by the app that the conversation came by.
alter table mails add column way text not null default 'mail' check (way in ('mail', 'public', 'private'));
alter table mails add column attempted_at timestamptz; -- set before an app's provider is called and cleared after: if it is set, nobody knows what came of the call
