import { useQueryClient } from '@tanstack/react-query'

import { api, relatedId } from '../../api.ts'
import type { InputOf } from '../../api.ts'
import { offerUndo, sayFailed } from '../../ui/undo.tsx'
import type { Customer } from '../searches/run-search.ts'

export type CustomerChange = InputOf<'PUT /v1/customers/{id}'>['body']

/** Changes a customer and offers to take it back; rejects when the desk refuses. */
export function useChangeCustomer(customer: Customer) {
  const client = useQueryClient()
  const write = async (change: CustomerChange) => {
    const { data } = await api.call('PUT /v1/customers/{id}', { params: { id: customer.id }, body: change })
    client.setQueryData(['customer', customer.id], data)
    await client.invalidateQueries({ queryKey: ['customers'] })
  }
  return async (change: CustomerChange, said: string): Promise<void> => {
    const before = asItWas(customer, change)
    await write(change)
    offerUndo(said, () => void write(before).catch((error: unknown) => sayFailed('It was not taken back', error)))
  }
}

/** What makes a customer as it was, of what a change touches. */
function asItWas(customer: Customer, change: CustomerChange): CustomerChange {
  const { name, externalId, emails, phones, tags, custom } = customer.attributes
  const was: CustomerChange = {
    name,
    externalId,
    emails: emails as CustomerChange['emails'] & object,
    phones: phones as CustomerChange['phones'] & object,
    tags,
    company: relatedId(customer, 'company') ?? null,
    custom: Object.fromEntries(Object.keys(change.custom ?? {}).map((it) => [it, custom[it] ?? null])),
  }
  return Object.fromEntries(Object.entries(was).filter(([it]) => Object.hasOwn(change, it)))
}
