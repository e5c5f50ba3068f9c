import { orgRelation, relationTo } from '../../platform/http/envelope.ts'
import type { AppServices } from '../apps/apps.ts'
import type { InstallationRow } from '../apps/apps.ts'
import { openSettings } from '../apps/settings.ts'
import type { SurveyMove, SurveyRow } from './requests.ts'
import type { SurveyRequestAttributes } from './schema.ts'

const path = '/v1/survey-requests'

/** A request as the API shows it, with what its provider is called and does of its own accord. */
export function showSurvey(services: AppServices, row: SurveyRow, installation: InstallationRow | undefined) {
  const integration = services.catalog.find(row.app)?.integration
  const surveys = integration?.surveys
  const isTest =
    installation !== undefined &&
    integration !== undefined &&
    surveys?.isTest?.(integration.settings.parse(openSettings(services.vault, installation))) === true
  const shown = showSurveyRow(row)
  const attributes: SurveyRequestAttributes = {
    ...shown.attributes,
    provider: integration?.name ?? row.app,
    store: installation?.name ?? row.app,
    test: isTest,
    providerDelay: surveys?.ownDelay ?? 0,
  }
  return { ...shown, attributes }
}

/** What stands in a request's own row. */
export function showSurveyRow(row: SurveyRow) {
  const attributes: Omit<SurveyRequestAttributes, 'provider' | 'store' | 'test' | 'providerDelay'> = {
    state: row.state,
    reason: row.reason,
    app: row.app,
    installation: row.installation_id,
    decision: row.decision,
    address: row.address,
    closedAt: row.closed_at.toISOString(),
    channel: row.channel,
    assignedUsers: row.assigned_users,
    assignedTeams: row.assigned_teams,
    dueAt: row.due_at?.toISOString() ?? null,
    requestedAt: row.requested_at?.toISOString() ?? null,
    sentAt: row.sent_at?.toISOString() ?? null,
    openedAt: row.opened_at?.toISOString() ?? null,
    answeredAt: row.answered_at?.toISOString() ?? null,
    feedback: row.feedback_id,
    rev: row.rev,
  }
  return {
    type: 'survey_request',
    id: row.id,
    attributes,
    relationships: {
      ...orgRelation(row.org_id),
      customer: relationTo('customer', row.customer_id),
      conversation: relationTo('conversation', row.conversation_id),
    },
    links: { self: `${path}/${row.id}` },
  }
}

export function showSurveyMove(row: SurveyMove) {
  return {
    type: 'survey_move',
    id: row.id,
    attributes: { state: row.state, reason: row.reason, by: row.created_by, at: row.created_at.toISOString() },
    relationships: orgRelation(row.org_id),
    links: { self: `${path}/${row.request_id}/history` },
  }
}
