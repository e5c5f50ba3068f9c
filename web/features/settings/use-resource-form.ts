import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'

import { RequestFailed } from '../../api.ts'

interface ResourceForm<Values, Saved> {
  initial: Values
  save: (values: Values) => Promise<Saved>
  /** The first words of the queries that show what is saved. */
  touches: string[]
  onSaved: (saved: Saved) => void
}

/**
 * A form that the desk checks: what it says about a field stands at that field, what it says about none is in `problem`.
 */
export function useResourceForm<Values extends Record<string, unknown>, Saved>({
  initial,
  save,
  touches,
  onSaved,
}: ResourceForm<Values, Saved>) {
  const client = useQueryClient()
  const form = useForm<Values>({ initialValues: initial })
  const saving = useMutation({
    mutationFn: save,
    onSuccess: async (saved) => {
      await Promise.all(touches.map((name) => client.invalidateQueries({ queryKey: [name] })))
      onSaved(saved)
    },
    onError: (error) => form.setErrors(atFields(error, initial)),
  })
  const placed = Object.keys(saving.error === null ? {} : atFields(saving.error, initial))
  return {
    form,
    submit: form.onSubmit((values) => saving.mutate(values)),
    isSaving: saving.isPending,
    problem: saving.error === null || placed.length > 0 ? undefined : saving.error.message,
  }
}

/** Problems by the field of the form that their pointer leads into: `/cidrs/0` belongs to `cidrs`, `/policy/sample` to `sample`. */
function atFields(error: unknown, values: Record<string, unknown>): Record<string, string> {
  if (!(error instanceof RequestFailed)) {
    return {}
  }
  return Object.fromEntries(
    error.problems.flatMap(({ source, title }) => {
      const name = source?.pointer?.split('/').find((part) => Object.hasOwn(values, part))
      return name === undefined ? [] : [[name, title]]
    }),
  )
}
