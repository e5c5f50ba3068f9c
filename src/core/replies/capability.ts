import type { Reader } from '../../platform/db/database.ts'
import type { Integration, ReviewRef } from '../../sdk/index.ts'
import { getInstallation } from '../apps/apps.ts'
import type { AppServices, InstallationRow } from '../apps/apps.ts'
import { openSettings } from '../apps/settings.ts'
import type { StoredFeedback } from '../feedback/feedback.ts'
import { getAnyObject } from '../objects/objects.ts'
import type { ReplyRow } from './store.ts'

/** What is needed to answer one review: the integration, its installation, and the review as the provider knows it. */
export interface Answerable {
  integration: Integration<unknown>
  installation: InstallationRow
  review: ReviewRef
  /** Why it cannot be answered; undefined when it can. */
  problem: string | undefined
  /** Why what stands there cannot be taken back; undefined when it can. */
  whyNotWithdraw: string | undefined
}

/** Undefined for feedback of an app that this desk does not have any more. */
export async function answerable(
  reader: Reader,
  services: AppServices,
  feedback: StoredFeedback,
  reply: ReplyRow | undefined,
): Promise<Answerable | undefined> {
  const integration = services.catalog.find(feedback.app)?.integration
  if (integration === undefined) {
    return undefined
  }
  const installation = await getInstallation(reader, feedback.installation_id)
  const object = await getAnyObject(reader, feedback.id)
  const text = reply?.published_body ?? feedback.reply_text
  const review: ReviewRef = {
    externalId: object.external_id ?? '',
    fields: object.custom,
    data: object.data,
    reply: text === null ? undefined : { text, ref: reply?.provider_ref ?? undefined },
  }
  return {
    integration,
    installation,
    review,
    problem: problemOf(services, integration, installation, feedback, review),
    whyNotWithdraw: whyNotWithdraw(integration, review),
  }
}

function whyNotWithdraw({ replies, name }: Integration<unknown>, review: ReviewRef): string | undefined {
  const reason = replies?.whyNotWithdraw?.(review)
  return (
    reason ?? (replies?.withdraw === undefined ? `A reply that is out cannot be taken back at ${name}.` : undefined)
  )
}

function problemOf(
  services: AppServices,
  integration: Integration<unknown>,
  installation: InstallationRow,
  feedback: StoredFeedback,
  review: ReviewRef,
): string | undefined {
  const { replies, name } = integration
  if (feedback.kind !== 'review' || replies === undefined) {
    return `${name} lets nobody answer ${feedback.kind === 'review' ? 'reviews' : 'survey answers'} from here.`
  }
  if (feedback.removed_at !== null) {
    return `The review is not at ${name} any more.`
  }
  if (installation.status === 'disabled') {
    return `${installation.name} is switched off.`
  }
  return replies.problemOf?.(review, integration.settings.parse(openSettings(services.vault, installation)))
}
