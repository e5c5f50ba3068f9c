-- A conversation has its place on its customer's timeline, where it began, and any card can be pinned above the others.
alter table timeline drop constraint timeline_kind_check;
alter table timeline add constraint timeline_kind_check check (kind in ('kobject', 'conversation'));
alter table timeline add column pinned_at timestamptz;
create index timeline_pinned on timeline (org_id, customer_id) where pinned_at is not null;

-- A trigger, for a conversation is made, moved and deleted by many: the API, messages that begin one, bulk, imports, merges.
create function conversation_on_timeline() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    delete from timeline where org_id = old.org_id and customer_id = old.customer_id and at = old.created_at and item_id = old.id;
  end if;
  if new.deleted_at is null then
    insert into timeline (org_id, customer_id, at, item_id, kind)
      values (new.org_id, new.customer_id, new.created_at, new.id, 'conversation') on conflict do nothing;
  end if;
  return null;
end $$;
create trigger conversation_begins after insert on conversations for each row execute function conversation_on_timeline();
create trigger conversation_moves after update of customer_id, deleted_at, created_at on conversations for each row
  when (old.customer_id <> new.customer_id or old.created_at <> new.created_at or (old.deleted_at is null) <> (new.deleted_at is null))
  execute function conversation_on_timeline();

insert into timeline (org_id, customer_id, at, item_id, kind)
  select org_id, customer_id, created_at, id, 'conversation' from conversations where deleted_at is null on conflict do nothing;
