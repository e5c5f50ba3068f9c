import type { SurveyState } from '../../sdk/domain.ts'

/** Where a survey request can go from each state. A state never goes back to one that was passed. */
const surveyMoves = {
  scheduled: ['canceled', 'skipped', 'requested', 'sent', 'bounced', 'failed', 'opened', 'answered'],
  requested: ['sent', 'opened', 'answered', 'bounced', 'expired', 'failed', 'skipped'],
  sent: ['opened', 'answered', 'bounced', 'expired'],
  opened: ['answered', 'expired'],
  expired: ['answered'],
  failed: ['scheduled', 'requested', 'sent', 'opened', 'answered'],
  bounced: ['scheduled'],
  canceled: ['scheduled'],
  skipped: ['scheduled', 'answered'],
  answered: [],
} as const satisfies Record<SurveyState, readonly SurveyState[]>

export function mayBecome(from: SurveyState, to: SurveyState): boolean {
  return (surveyMoves[from] as readonly SurveyState[]).includes(to)
}
