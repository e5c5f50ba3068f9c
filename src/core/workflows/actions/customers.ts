import { z } from 'zod'

import { authorize, may } from '../../../platform/http/access.ts'
import { notFound } from '../../../platform/http/errors.ts'
import { isId } from '../../../platform/ids.ts'
import { findCompaniesByIds, listCompanies } from '../../companies/companies.ts'
import { showCompany } from '../../companies/show.ts'
import { createCustomer, getCustomer, getCustomerBy, updateCustomer } from '../../customers/customers.ts'
import { emailIdentity, externalIdentity, phoneIdentity } from '../../customers/identity.ts'
import { CustomerInput, CustomerUpdate, longestTag, mostTags } from '../../customers/schema.ts'
import { showCustomer } from '../../customers/show.ts'
import { appendCustomerTags, removeCustomerTags } from '../../customers/tags.ts'
import { flatten } from '../flatten.ts'
import { defineAction } from './action.ts'

const group = 'Customers'
const output = [
  'id',
  'name',
  'displayName',
  'emails',
  'emails.0.email',
  'phones',
  'tags',
  'custom',
  'company',
  'externalId',
]
const Identifier = z.strictObject({
  identifier: z.string().min(1, 'must not be empty').max(320).meta({
    title: 'Who',
    description: 'An id, an e-mail address, a phone number or an id of another system.',
  }),
})
const Tags = z.strictObject({
  id: z.string().min(1, 'must name a customer').max(64).meta({ title: 'Customer' }),
  tags: z
    .array(z.string().trim().min(1, 'must not be empty').max(longestTag))
    .min(1, 'needs at least one tag')
    .max(mostTags),
})

export const customerActions = [
  defineAction({
    kind: 'inside',
    name: 'kustomer.customer.find',
    title: 'Find a customer',
    description: 'By id, e-mail address, phone number or external id. Fails when there is none.',
    group,
    input: Identifier,
    main: ['identifier'],
    output,
    effect: ({ identifier }) => `Looks for the customer ${identifier}.`,
    run: async ({ tx }, { identifier }) => {
      if (isId(identifier)) {
        return flatten(showCustomer(await getCustomer(tx, identifier)))
      }
      const identity = identifier.includes('@') ? emailIdentity(identifier) : externalIdentity(identifier)
      try {
        return flatten(showCustomer(await getCustomerBy(tx, identity)))
      } catch (error) {
        if (/^\+?[\d\s()/-]{5,}$/.test(identifier)) {
          return flatten(showCustomer(await getCustomerBy(tx, phoneIdentity(identifier))))
        }
        throw error
      }
    },
  }),
  defineAction({
    kind: 'inside',
    name: 'kustomer.customer.create',
    title: 'Create a customer',
    description: 'Fails when somebody has the same address already.',
    group,
    input: CustomerInput,
    main: ['name', 'emails', 'externalId', 'tags', 'custom'],
    output,
    effect: ({ name }) => `Creates the customer ${name ?? ''}.`,
    run: async ({ tx, actor }, input) =>
      flatten(showCustomer(await createCustomer(tx, authorize(actor, may('create', 'customer')), input))),
  }),
  defineAction({
    kind: 'inside',
    name: 'kustomer.customer.update',
    title: 'Change a customer',
    description:
      'What is left empty stays as it is; a list that is given, such as of tags, takes the place of the old one.',
    group,
    input: CustomerUpdate.extend({ id: z.string().max(64).meta({ title: 'Customer' }) }),
    main: ['id', 'custom', 'name'],
    output,
    effect: ({ id: _id, ...change }) => `Sets ${Object.keys(change).join(', ') || 'nothing'} of the customer.`,
    run: async ({ tx, actor }, { id, ...change }) =>
      flatten(
        showCustomer(
          await updateCustomer(tx, authorize(actor, may('update', 'customer')), id, change, { replace: false }),
        ),
      ),
  }),
  defineAction({
    kind: 'inside',
    name: 'tellback.customer.append-tags',
    title: 'Add tags to a customer',
    description: 'Beside those that it has.',
    group,
    input: Tags,
    main: ['id', 'tags'],
    output,
    effect: ({ tags }) => `Adds ${tags.join(', ')} to the customer.`,
    run: async ({ tx, actor }, { id, tags }) =>
      flatten(showCustomer(await appendCustomerTags(tx, authorize(actor, may('update', 'customer')), id, tags))),
  }),
  defineAction({
    kind: 'inside',
    name: 'tellback.customer.remove-tags',
    title: 'Take tags from a customer',
    description: 'Those that it does not have are passed over.',
    group,
    input: Tags,
    main: ['id', 'tags'],
    output,
    effect: ({ tags }) => `Takes ${tags.join(', ')} from the customer.`,
    run: async ({ tx, actor }, { id, tags }) =>
      flatten(showCustomer(await removeCustomerTags(tx, authorize(actor, may('update', 'customer')), id, tags))),
  }),
  defineAction({
    kind: 'inside',
    name: 'kustomer.company.find',
    title: 'Find a company',
    description: 'By id or external id. Fails when there is none.',
    group,
    input: Identifier,
    main: ['identifier'],
    output: ['id', 'name', 'domains', 'tags', 'custom', 'externalId'],
    effect: ({ identifier }) => `Looks for the company ${identifier}.`,
    run: async ({ tx }, { identifier }) => {
      const [found] = isId(identifier)
        ? await findCompaniesByIds(tx, [identifier])
        : await listCompanies(tx, { externalId: identifier }, 1, 0)
      if (found === undefined) {
        throw notFound('Company', 'identifier')
      }
      return flatten(showCompany(found))
    },
  }),
]
