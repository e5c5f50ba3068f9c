import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { diffWords } from 'diff'

import { api } from '../../api.ts'
import { ErrorState, LoadingCards } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import type { ShownReview } from './use-reply.ts'

interface Said {
  score: number | null
  text: string
}

/** What a review said before, each edit as what was taken out and what was put in, the newest first. */
export function ReviewChanges({ feedback }: { feedback: ShownReview }) {
  const { attributes, id } = feedback
  const versions = useQuery({
    queryKey: ['feedback', 'versions', id, attributes.editedAt],
    queryFn: async () => (await api.call('GET /v1/feedback/{id}/versions', { params: { id } })).data,
  })
  if (versions.data === undefined) {
    return versions.error === null ? <LoadingCards count={1} /> : <ErrorState error={versions.error} />
  }
  const states: (Said & { at: string })[] = [
    { ...said(attributes), at: attributes.editedAt ?? attributes.respondedAt },
    ...versions.data.map((version) => ({ ...said(version.attributes), at: version.attributes.at })),
  ]
  return (
    <Stack gap="xs">
      {states.slice(0, -1).map((state, index) => (
        <Edit key={state.at} from={states[index + 1] ?? state} to={state} />
      ))}
    </Stack>
  )
}

function said({ score, title, text }: { score: number | null; title: string | null; text: string | null }): Said {
  return { score, text: [title, text].filter((it) => it !== null).join('\n') }
}

function Edit({ from, to }: { from: Said & { at: string }; to: Said & { at: string } }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        Edited <Time at={to.at} />
        {from.score !== to.score && `: ${from.score ?? 'no score'} → ${to.score ?? 'no score'}`}
      </Text>
      <Text size="sm" component="div" className="said">
        {diffWords(from.text, to.text).map((part, index) =>
          part.removed ? (
            <del key={index}>{part.value}</del>
          ) : part.added ? (
            <ins key={index}>{part.value}</ins>
          ) : (
            <span key={index}>{part.value}</span>
          ),
        )}
      </Text>
    </div>
  )
}
