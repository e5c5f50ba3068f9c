import { Badge } from '@mantine/core'

import type { ItemOf } from '../../api.ts'

export type Survey = ItemOf<'GET /v1/survey-requests'>
export type SurveyState = Survey['attributes']['state']

export const surveyStateNames: Record<SurveyState, string> = {
  scheduled: 'Scheduled',
  canceled: 'Canceled',
  skipped: 'Not asked',
  requested: 'On its way',
  sent: 'Sent',
  opened: 'Opened',
  answered: 'Answered',
  bounced: 'Bounced',
  expired: 'Not answered',
  failed: 'Failed',
}

const colors: Record<SurveyState, string> = {
  scheduled: 'indigo',
  canceled: 'gray',
  skipped: 'gray',
  requested: 'indigo',
  sent: 'cyan',
  opened: 'cyan',
  answered: 'teal',
  bounced: 'orange',
  expired: 'gray',
  failed: 'red',
}

/** Where a survey request stands, in words and a color. */
export function SurveyStateBadge({ state }: { state: SurveyState }) {
  return (
    <Badge variant="light" color={colors[state]} size="sm" tt="none" fw={500}>
      {surveyStateNames[state]}
    </Badge>
  )
}
