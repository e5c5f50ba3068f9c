import { z } from 'zod'

import { authorize, may } from '../../../platform/http/access.ts'
import { ApiError } from '../../../platform/http/errors.ts'
import { createObject, getKlass, getObject, getObjectByExternalId, updateObject } from '../../objects/objects.ts'
import { KObjectInput, KObjectUpdate } from '../../objects/schema.ts'
import { showObject } from '../../objects/show.ts'
import { followObject } from '../../timeline/timeline.ts'
import { flatten } from '../flatten.ts'
import { defineAction } from './action.ts'
import type { InsideCall } from './action.ts'

const group = 'Custom objects'
const output = ['id', 'title', 'description', 'customer', 'externalId', 'custom', 'data', 'tags']
const klassName = z
  .string()
  .min(1, 'must name a kind of object')
  .max(128)
  .meta({ title: 'Kind of object', choices: 'klass' })

async function create({ tx, actor }: InsideCall, name: string, input: z.output<typeof KObjectInput>) {
  const row = await createObject(tx, authorize(actor, may('create', 'kobject')), await getKlass(tx, name), input)
  await followObject(tx, undefined, row)
  return flatten(showObject(row))
}

export const objectActions = [
  defineAction({
    kind: 'inside',
    name: 'kustomer.kobject.find',
    title: 'Find an object',
    description: 'By id or by the id that another system gave it. Fails when there is none.',
    group,
    input: z.strictObject({
      klassName,
      id: z.string().max(64).optional().meta({ title: 'Id' }),
      externalId: z.string().max(255).optional().meta({ title: 'External id' }),
    }),
    main: ['klassName', 'id', 'externalId'],
    output,
    effect: (input) => `Looks for ${input.klassName} ${input.id ?? input.externalId ?? ''}.`,
    run: async ({ tx }, input) => {
      const { name } = await getKlass(tx, input.klassName)
      if (input.id !== undefined) {
        return flatten(showObject(await getObject(tx, name, input.id)))
      }
      if (input.externalId === undefined) {
        throw new ApiError('badparam', 'needs an id or an external id', { pointer: '/id' })
      }
      return flatten(showObject(await getObjectByExternalId(tx, name, input.externalId)))
    },
  }),
  defineAction({
    kind: 'inside',
    name: 'kustomer.kobject.create',
    title: 'Create an object',
    description: 'Shows on the timeline of its customer.',
    group,
    input: KObjectInput.extend({ klassName }),
    main: ['klassName', 'title', 'customer', 'description', 'custom'],
    output,
    effect: (input) => `Creates ${input.klassName} “${input.title}”.`,
    run: (call, { klassName: name, ...input }) => create(call, name, input),
  }),
  defineAction({
    kind: 'inside',
    name: 'kustomer.kobject.create-with-customer',
    title: 'Create an object of a customer',
    description: 'The same, with the customer demanded.',
    group,
    input: KObjectInput.extend({ klassName, customer: z.string().min(1, 'must name a customer').max(64) }),
    main: ['klassName', 'customer', 'title', 'description', 'custom'],
    output,
    effect: (input) => `Creates ${input.klassName} “${input.title}”.`,
    run: (call, { klassName: name, ...input }) => create(call, name, input),
  }),
  defineAction({
    kind: 'inside',
    name: 'kustomer.kobject.update',
    title: 'Change an object',
    description: 'What is left empty stays as it is.',
    group,
    input: KObjectUpdate.extend({ klassName, id: z.string().min(1, 'must name an object').max(64) }),
    main: ['klassName', 'id', 'title', 'custom', 'tags'],
    output,
    effect: ({ klassName: name, id: _id, ...change }) =>
      `Sets ${Object.keys(change).join(', ') || 'nothing'} of ${name}.`,
    run: async ({ tx, actor }, { klassName: name, id, ...change }) => {
      const by = authorize(actor, may('update', 'kobject'))
      const { before, after } = await updateObject(tx, by, await getKlass(tx, name), id, change)
      await followObject(tx, before, after)
      return flatten(showObject(after))
    },
  }),
]
