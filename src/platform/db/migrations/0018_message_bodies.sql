-- The HTML of messages that came as such, as it was written: it is made safe each time that it is shown.
create table message_bodies (
  org_id object_id not null, message_id object_id not null,
  html text not null,
  inline jsonb not null default '{}', -- what the HTML calls a file (its Content-ID) to the id of its attachment
  primary key (org_id, message_id)
);
call protect_tenant_table('message_bodies');
