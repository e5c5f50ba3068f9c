import type { Backlog } from '../../platform/jobs/dispatcher.ts'

/** Received deliveries: each is its own job. */
export const receivedDeliveries: Backlog = {
  channel: 'tellback_received',
  findOrgs: 'orgs_with_received',
  lockKind: 2,
}
