-- A note has its place on its customer's timeline, between the conversations and objects, as long as its conversation is there.
alter table timeline drop constraint timeline_kind_check;
alter table timeline add constraint timeline_kind_check check (kind in ('kobject', 'conversation', 'note'));

create function note_on_timeline() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    delete from timeline where org_id = old.org_id and customer_id = old.customer_id and at = old.created_at and item_id = old.id;
  end if;
  if new.deleted_at is null then
    insert into timeline (org_id, customer_id, at, item_id, kind)
      values (new.org_id, new.customer_id, new.created_at, new.id, 'note') on conflict do nothing;
  end if;
  return null;
end $$;
create trigger note_begins after insert on notes for each row execute function note_on_timeline();
create trigger note_moves after update of customer_id, deleted_at, created_at on notes for each row
  when (old.customer_id <> new.customer_id or old.created_at <> new.created_at or (old.deleted_at is null) <> (new.deleted_at is null))
  execute function note_on_timeline();

create or replace function conversation_on_timeline() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    delete from timeline where org_id = old.org_id and customer_id = old.customer_id and at = old.created_at and item_id = old.id;
  end if;
  if new.deleted_at is null then
    insert into timeline (org_id, customer_id, at, item_id, kind)
      values (new.org_id, new.customer_id, new.created_at, new.id, 'conversation') on conflict do nothing;
  else
    delete from timeline t using notes n
      where n.org_id = new.org_id and n.conversation_id = new.id and t.org_id = n.org_id and t.customer_id = n.customer_id
        and t.at = n.created_at and t.item_id = n.id;
  end if;
  return null;
end $$;

insert into timeline (org_id, customer_id, at, item_id, kind)
  select n.org_id, n.customer_id, n.created_at, n.id, 'note'
  from notes n join conversations c on c.org_id = n.org_id and c.id = n.conversation_id
  where n.deleted_at is null and c.deleted_at is null on conflict do nothing;
