import { IconNote } from '@tabler/icons-react'
import { Link } from 'react-router'

import { CardBody, CardHead, CardIcon, CardText } from './card.tsx'
import type { TimelineItem } from './timeline-item.tsx'

interface NoteCardProps {
  note: NonNullable<TimelineItem['attributes']['note']>
  author: string | undefined
  conversationId: string | undefined
}

/** What somebody who works here wrote down, and the way into the conversation that it was written in. */
export function NoteCard({ note, author, conversationId }: NoteCardProps) {
  return (
    <CardBody
      icon={
        <CardIcon tone="yellow">
          <IconNote size={20} stroke={1.7} />
        </CardIcon>
      }
    >
      <CardHead at={note.createdAt}>
        <h3 className="card-title said">{author === undefined ? 'Note' : `Note by ${author}`}</h3>
      </CardHead>
      <CardText lines={4}>{note.body}</CardText>
      {conversationId !== undefined && (
        <Link className="card-link" to={`/conversations/${conversationId}`}>
          Open the conversation
        </Link>
      )}
    </CardBody>
  )
}
