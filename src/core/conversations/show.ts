import { orgRelation, relationTo, userRelation } from '../../platform/http/envelope.ts'
import type { EventRow } from '../events/events.ts'
import type { ConversationRow } from './store.ts'

export function showConversation(row: ConversationRow) {
  const self = `/v1/conversations/${row.id}`
  return {
    type: 'conversation',
    id: row.id,
    attributes: {
      ...row.extra,
      ...comparable(row),
      ...row.milestones,
      preview: row.preview,
      channels: row.channels,
      open: row.status === 'open' ? { statusAt: row.status_at.toISOString() } : null,
      messageCount: row.inbound_count + row.outbound_count,
      inboundMessageCount: row.inbound_count,
      outboundMessageCount: row.outbound_count,
      noteCount: row.note_count,
      doneCount: row.done_count,
      reopenCount: row.reopen_count,
      reopenFromDoneCount: row.reopen_from_done_count,
      snoozeCount: row.snooze_count,
      lastMessageAt: row.last_message_at?.toISOString() ?? null,
      lastMessageDirection: row.last_message_direction,
      rev: row.rev,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      modifiedAt: row.modified_at.toISOString(),
      lastActivityAt: row.last_activity_at.toISOString(),
      importedAt: row.imported_at?.toISOString() ?? null,
    },
    relationships: {
      ...orgRelation(row.org_id),
      customer: relationTo('customer', row.customer_id),
      messages: { links: { self: `${self}/messages` } },
      ...(row.brand_id === null ? {} : { brand: relationTo('brand', row.brand_id) }),
      ...(typeof row.extra.subStatus === 'string'
        ? {
            subStatus: {
              links: { self: `/v1/sub-statuses/${row.extra.subStatus}` },
              data: { type: 'sub_status', id: row.extra.subStatus },
            },
          }
        : {}),
      ...userRelation('createdBy', row.created_by),
      ...userRelation('modifiedBy', row.modified_by),
    },
    links: { self },
  }
}

/** The attributes whose changes make a conversation's history; counters and times follow from other events. */
export function comparable(row: ConversationRow) {
  return {
    externalId: row.external_id,
    name: row.name,
    status: row.status,
    snooze:
      row.snooze_at === null || row.snooze_status === null
        ? null
        : { time: row.snooze_at.toISOString(), status: row.snooze_status },
    priority: row.priority,
    direction: row.direction,
    replyChannel: row.reply_channel,
    tags: row.tags,
    assignedUsers: row.assigned_users,
    assignedTeams: row.assigned_teams,
    custom: row.custom,
    defaultLang: row.default_lang,
    subStatus: row.extra.subStatus ?? null,
    deleted: row.deleted_at !== null,
  }
}

export function showEvent(row: EventRow) {
  return {
    type: 'event',
    id: row.id,
    attributes: {
      name: row.name,
      type: row.object_type,
      changes: row.data.changes ?? null,
      meta: {},
      createdAt: row.created_at.toISOString(),
      publishedAt: row.created_at.toISOString(),
    },
    relationships: { ...orgRelation(row.org_id), ...userRelation('createdBy', row.data.by ?? null) },
    links: { self: `/v1/customers/${row.customer_id ?? ''}/events/${row.id}` },
  }
}
