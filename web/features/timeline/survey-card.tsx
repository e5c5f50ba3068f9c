import { IconMailQuestion } from '@tabler/icons-react'
import { Link } from 'react-router'

import { SurveyLine } from '../surveys/survey-line.tsx'
import { CardBody, CardHead, CardIcon } from './card.tsx'
import type { TimelineItem } from './timeline-item.tsx'

interface SurveyCardProps {
  id: string
  survey: NonNullable<TimelineItem['attributes']['survey']>
  at: string
  conversationId: string | undefined
}

/** A survey that was asked for after a close, and what became of it. */
export function SurveyCard({ id, survey, at, conversationId }: SurveyCardProps) {
  return (
    <CardBody
      icon={
        <CardIcon tone="teal">
          <IconMailQuestion size={20} stroke={1.7} />
        </CardIcon>
      }
    >
      <CardHead at={at}>
        <SurveyLine id={id} survey={survey} />
      </CardHead>
      {conversationId !== undefined && (
        <Link className="card-link" to={`/conversations/${conversationId}`}>
          Open the conversation
        </Link>
      )}
    </CardBody>
  )
}
