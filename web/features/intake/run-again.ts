import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'

import type { InputOf } from '../../../client/index.ts'
import { api } from '../../api.ts'

type Runs = InputOf<'POST /v1/deliveries/runs'>['body']

/** Sends deliveries through the pipe again and says how many. */
export function useRunAgain() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (runs: Runs) => api.call('POST /v1/deliveries/runs', { body: runs }),
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
