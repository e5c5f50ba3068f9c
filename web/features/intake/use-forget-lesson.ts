import { useMutation, useQueryClient } from '@tanstack/react-query'

import { api } from '../../api.ts'
import { sayFailed } from '../../ui/undo.tsx'

/** Forgets what was learned about mails of a shape; what it led to stays. */
export function useForgetLesson() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.call('DELETE /v1/mail-lessons/{id}', { params: { id } }),
    onError: (error) => sayFailed('It was not forgotten', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['lessons'] }),
  })
}
