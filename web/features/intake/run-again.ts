import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'

import { request } from '../../api.ts'

export type Runs = { ids: string[] } | { filter: { status: string } }

/** Sends deliveries through the pipe again and says how many. */
export function useRunAgain() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (runs: Runs) => request('POST', '/v1/deliveries/runs', runs) as Promise<{ data: unknown[] }>,
    onSuccess: async ({ data }) => {
      notifications.show({
        color: 'indigo',
        message: data.length === 1 ? 'Running it again.' : `Running ${data.length} deliveries again.`,
      })
      await client.invalidateQueries()
    },
    onError: (error) => notifications.show({ color: 'red', title: 'Could not be run again', message: error.message }),
  })
}
