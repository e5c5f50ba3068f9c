import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'

import type { WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { api, RequestFailed } from '../../api.ts'
import type { ItemOf } from '../../api.ts'

export type Workflow = ItemOf<'GET /v1/workflows'>
const savedAfterMs = 500
const mostUndone = 100

/** What is being written: changed at once, kept by the desk a moment later. */
export interface Draft {
  document: WorkflowDocument
  change: (next: WorkflowDocument) => void
  undo: (() => void) | undefined
  redo: (() => void) | undefined
  /** `conflict`: somebody else has written meanwhile. */
  state: 'saved' | 'saving' | 'failed' | 'conflict'
  /** Keeps what is not kept yet; resolves when the desk has it. */
  flush: () => Promise<void>
  reload: () => Promise<void>
}

/** A workflow and its draft; undefined while it is loaded. */
export function useDraft(id: string) {
  const client = useQueryClient()
  const workflow = useQuery({
    queryKey: ['workflow', id],
    queryFn: async () => (await api.call('GET /v1/workflows/{id}', { params: { id } })).data,
  })
  const [document, setDocument] = useState<WorkflowDocument>()
  const [past, setPast] = useState<WorkflowDocument[]>([])
  const [future, setFuture] = useState<WorkflowDocument[]>([])
  const [pending, setPending] = useState(false)
  const rev = useRef(0)
  const latest = useRef<WorkflowDocument>(undefined)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  const load = useCallback(async () => {
    const { data } = await api.call('GET /v1/workflows/{id}/draft', { params: { id } })
    rev.current = data.rev
    latest.current = undefined
    setPending(false)
    setPast([])
    setFuture([])
    setDocument(data.document)
    await client.invalidateQueries({ queryKey: ['workflow', id] })
  }, [client, id])
  const loading = useQuery({
    queryKey: ['workflow-draft', id],
    queryFn: async () => (await load(), true),
    staleTime: 'static', // never by itself: what somebody writes would be lost
    gcTime: 0,
  })

  const saving = useMutation({
    scope: { id: `draft-${id}` }, // one after the other, so that each knows the number of the one before
    mutationFn: async () => {
      const written = latest.current
      latest.current = undefined
      if (written !== undefined) {
        try {
          const { data } = await api.call('PUT /v1/workflows/{id}/draft', {
            params: { id },
            body: { document: written as never, rev: rev.current },
          })
          rev.current = data.attributes.draftRev
          client.setQueryData(['workflow', id], data)
        } catch (error) {
          latest.current ??= written
          throw error
        }
      }
      setPending(latest.current !== undefined)
    },
  })
  const { mutateAsync } = saving
  const flush = useCallback(async () => {
    clearTimeout(timer.current)
    timer.current = undefined
    await mutateAsync()
  }, [mutateAsync])
  const put = useCallback(
    (next: WorkflowDocument) => {
      setDocument(next)
      latest.current = next
      setPending(true)
      // Whoever goes on typing does not put it off: what is wrong shows, and little is lost, all the while.
      if (timer.current === undefined) {
        timer.current = setTimeout(() => void flush().catch(() => undefined), savedAfterMs)
      }
    },
    [flush],
  )
  useEffect(
    () => () => {
      if (latest.current !== undefined) {
        void flush().catch(() => undefined)
      }
    },
    [flush],
  )

  const isConflict = saving.error instanceof RequestFailed && saving.error.status === 409
  const draft: Draft | undefined =
    document === undefined
      ? undefined
      : {
          document,
          change: (next) => {
            setPast((before) => [...before, document].slice(-mostUndone))
            setFuture([])
            put(next)
          },
          undo:
            past.length === 0
              ? undefined
              : () => {
                  const before = past.at(-1)
                  setPast(past.slice(0, -1))
                  setFuture([document, ...future])
                  if (before !== undefined) {
                    put(before)
                  }
                },
          redo:
            future.length === 0
              ? undefined
              : () => {
                  const [next] = future
                  setFuture(future.slice(1))
                  setPast([...past, document])
                  if (next !== undefined) {
                    put(next)
                  }
                },
          state: isConflict ? 'conflict' : saving.isError ? 'failed' : pending || saving.isPending ? 'saving' : 'saved',
          flush,
          reload: async () => {
            saving.reset()
            await load()
          },
        }
  return { workflow, draft, error: workflow.error ?? loading.error, reload: load }
}
