import { Alert } from '@mantine/core'
import { IconMail, IconMailCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import { Time } from '../../ui/time.tsx'
import { remarkOf } from './remark.ts'

const everyMs = 3_000 // a mail that writes nothing, as a test does, is no event that the page hears of

/** Whether mail has come to an installation's address yet, and what became of the last one: whoever sends a test waits for this. */
export function LastMail({ installationId }: { installationId: string }) {
  const last = useQuery({
    queryKey: ['deliveries', 'last', installationId],
    queryFn: async () =>
      (await api.call('GET /v1/deliveries', { query: { installation: installationId, pageSize: 1 } })).data[0] ?? null,
    refetchInterval: everyMs,
  })
  if (last.data === undefined) {
    return null
  }
  if (last.data === null) {
    return (
      <Alert icon={<IconMail />} color="gray" variant="light" title="Waiting for the first mail" role="status">
        Send a test mail to the address; what became of it shows here at once.
      </Alert>
    )
  }
  const { attributes } = last.data
  return (
    <Alert icon={<IconMailCheck />} color={attributes.error === null ? 'teal' : 'yellow'} variant="light" role="status">
      Last mail <Time at={attributes.receivedAt} />: {attributes.error ?? remarkOf(attributes) ?? 'it was taken.'}
    </Alert>
  )
}
