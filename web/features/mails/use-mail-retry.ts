import { useMutation, useQueryClient } from '@tanstack/react-query'

import { api } from '../../api.ts'
import { sayFailed } from '../../ui/undo.tsx'

/** Sends the mail of a message again. */
export function useMailRetry() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.call('POST /v1/mails/{id}/attempts', { params: { id } }),
    onError: (error) => sayFailed('It was not sent', error),
    onSettled: () => Promise.all(['mails', 'thread'].map((name) => client.invalidateQueries({ queryKey: [name] }))),
  })
}
