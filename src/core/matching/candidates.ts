import type { Reader } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { findCustomers, findCustomersByIds } from '../customers/customers.ts'
import type { CustomerRow } from '../customers/customers.ts'
import type { StoredFeedback } from '../feedback/feedback.ts'
import { customTexts } from '../metadata/metadata.ts'
import { findObjectsSaying, findOwnersOfObjectsSaying } from '../objects/objects.ts'
import type { KObjectRow } from '../objects/objects.ts'
import { readLastBefore } from '../timeline/timeline.ts'
import type { evidenceKinds } from './schema.ts'

/** Why somebody may be the one who wrote: what of the answer is also said of the customer. */
export interface Evidence {
  kind: (typeof evidenceKinds)[number]
  text: string
}

export interface Candidate {
  customer: CustomerRow
  evidence: Evidence[]
}

/** How much each kind of evidence says; only their order matters. */
const weights: Record<Evidence['kind'], number> = {
  email: 16,
  phone: 16,
  externalId: 16,
  orderNumber: 16,
  name: 8,
  product: 3,
  activityBefore: 2,
  partOfName: 2,
}
const mostCandidates = 5
const mostLookedAt = 20
const mostOrders = 50
/** Something on the timeline so shortly before an answer speaks for somebody of the same name. */
const shortlyBeforeMs = 60 * 24 * 60 * 60 * 1000

/**
 * Customers who may have written an answer, the likeliest first, each with what speaks for it. Nothing is linked by this:
 * an address that nobody verified is evidence, and no proof.
 */
export async function findCandidates(reader: Reader, feedback: StoredFeedback): Promise<Candidate[]> {
  const { respondent } = feedback
  const found = await customersAlike(reader, respondent)
  const owners = await ownersOfOrder(reader, respondent.orderNumber, feedback.id)
  for (const customer of await findCustomersByIds(
    reader,
    [...owners].filter((id) => !found.has(id)),
  )) {
    found.set(customer.id, customer)
  }
  const ids = [...found.keys()]
  const buyers = await findOwnersOfObjectsSaying(reader, feedback.product?.name ?? '', ids, feedback.id)
  const before = feedback.responded_at
  const active = await readLastBefore(reader, ids, {
    from: new Date(before.getTime() - shortlyBeforeMs),
    before,
    but: feedback.id,
  })
  return [...found.values()]
    .map((customer) => {
      const order = owners.has(customer.id) ? respondent.orderNumber : undefined
      const own = [
        ...ownEvidence(customer, respondent),
        ...(order === undefined ? [] : [evidence('orderNumber', order)]),
      ]
      const product = buyers.has(customer.id) ? feedback.product?.name : undefined
      const last = active.get(customer.id)
      return {
        customer,
        evidence: [
          ...own,
          ...(own.length > 0 && product !== undefined ? [evidence('product', product)] : []),
          ...(own.length > 0 && last !== undefined ? [evidence('activityBefore', last.toISOString())] : []),
        ],
      }
    })
    .filter((candidate) => candidate.evidence.length > 0)
    .toSorted((a, b) => weightOf(b) - weightOf(a) || b.customer.updated_at.getTime() - a.customer.updated_at.getTime())
    .slice(0, mostCandidates)
}

function evidence(kind: Evidence['kind'], text: string): Evidence {
  return { kind, text }
}

function weightOf({ evidence: all }: Candidate): number {
  return all.reduce((sum, it) => sum + weights[it.kind], 0)
}

type Respondent = StoredFeedback['respondent']

async function customersAlike(reader: Reader, respondent: Respondent): Promise<Map<Id, CustomerRow>> {
  const { name, email, phone, externalId } = respondent
  const hints = [email, phone, externalId, name, ...(name?.split(/\s+/) ?? []).filter((part) => part.length > 2)]
  const found = new Map<Id, CustomerRow>()
  for (const hint of new Set(hints.filter((it) => it !== undefined && it.trim() !== ''))) {
    for (const customer of await findCustomers(reader, hint ?? '', mostLookedAt)) {
      found.set(customer.id, customer)
    }
  }
  return found
}

/** Who has an object, but for the answer's own, that is the order or names it in an attribute of its own. */
async function ownersOfOrder(reader: Reader, orderNumber: string | undefined, but: Id): Promise<Set<Id>> {
  if (orderNumber === undefined || orderNumber.trim() === '') {
    return new Set()
  }
  const objects = await findObjectsSaying(reader, orderNumber, mostOrders)
  const naming = objects.filter((it) => it.id !== but && names(it, orderNumber))
  return new Set(naming.flatMap((it) => it.customer_id ?? []))
}

function names(object: KObjectRow, orderNumber: string): boolean {
  return [object.external_id ?? '', object.title, ...customTexts(object.custom)].some((it) => same(it, orderNumber))
}

function ownEvidence(customer: CustomerRow, { name, email, phone, externalId }: Respondent): Evidence[] {
  const found: Evidence[] = []
  if (email !== undefined && customer.emails.some((it) => same(it.email, email))) {
    found.push(evidence('email', email))
  }
  if (phone !== undefined && customer.phones.some((it) => digits(it.phone) === digits(phone))) {
    found.push(evidence('phone', phone))
  }
  if (externalId !== undefined && customer.external_id === externalId) {
    found.push(evidence('externalId', externalId))
  }
  if (name !== undefined && same(customer.name, name)) {
    found.push(evidence('name', name))
  } else {
    const known = wordsOf(customer.name)
    const shared = wordsOf(name ?? '').filter((word) => known.includes(word))
    if (shared.length > 0) {
      found.push(evidence('partOfName', shared.join(' ')))
    }
  }
  return found
}

function wordsOf(name: string): string[] {
  return name
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2)
}

function same(a: string, b: string): boolean {
  const plain = (text: string) => text.trim().replace(/^#/, '').toLowerCase()
  return plain(a) === plain(b)
}

function digits(phone: string): string {
  return phone.replaceAll(/\D/g, '')
}
