import { orgRelation, userRelation } from '../../platform/http/envelope.ts'
import type { Relationships } from '../../platform/http/envelope.ts'
import type { CustomerRow } from './store.ts'

/** The liveliest state of any conversation. */
function progressiveStatus(row: CustomerRow): 'open' | 'snoozed' | 'done' | null {
  if (row.open_conversations > 0) {
    return 'open'
  }
  return row.snoozed_conversations > 0 ? 'snoozed' : row.done_conversations > 0 ? 'done' : null
}

/** What people call a customer: by name, or else by how they are reached. */
export function displayNameOf({ name, emails, phones }: CustomerRow): string {
  return name || (emails[0]?.email ?? phones[0]?.phone ?? 'Unknown')
}

export function showCustomer(row: CustomerRow) {
  const self = `/v1/customers/${row.id}`
  const klasses: Relationships = Object.fromEntries(
    row.klasses.map((klass) => [
      `${klass}s`,
      { links: { self: `${self}/klasses/${klass}s` }, meta: { kobject: true } },
    ]),
  )
  const iso = (time: Date | null) => time?.toISOString() ?? null
  return {
    type: 'customer',
    id: row.id,
    attributes: {
      ...row.profile,
      name: row.name,
      displayName: displayNameOf(row),
      displayColor: 'blue',
      displayIcon: 'plane', // what the platform gives every customer (facts 1.12)
      externalId: row.external_id,
      emails: row.emails,
      phones: row.phones,
      sharedEmails: [],
      sharedPhones: [],
      tags: row.tags,
      custom: row.custom,
      conversationCounts: {
        all: row.open_conversations + row.snoozed_conversations + row.done_conversations,
        open: row.open_conversations,
        snoozed: row.snoozed_conversations,
        done: row.done_conversations,
      },
      progressiveStatus: progressiveStatus(row),
      verified: row.emails.some((it) => it.verified),
      rev: row.rev,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      modifiedAt: row.modified_at.toISOString(),
      lastActivityAt: iso(row.last_activity_at),
      lastCustomerActivityAt: iso(row.last_activity_at),
      importedAt: iso(row.imported_at),
    },
    relationships: {
      ...orgRelation(row.org_id),
      messages: { links: { self: `${self}/messages` } },
      ...(row.company_id === null
        ? {}
        : {
            company: {
              links: { self: `/v1/companies/${row.company_id}` },
              data: { type: 'company', id: row.company_id },
            },
          }),
      ...klasses,
      ...userRelation('createdBy', row.created_by),
      ...userRelation('modifiedBy', row.modified_by),
    },
    links: { self },
  }
}
