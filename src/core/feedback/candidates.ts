import type { Reader } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { findCustomers } from '../customers/customers.ts'
import type { CustomerRow } from '../customers/customers.ts'
import type { StoredFeedback } from './store.ts'

/** Why somebody may be the one who wrote: what of the answer is also said of the customer. */
export interface Evidence {
  kind: 'email' | 'phone' | 'externalId' | 'name' | 'partOfName'
  text: string
}

export interface Candidate {
  customer: CustomerRow
  evidence: Evidence[]
}

/** How much each kind of evidence says; only their order matters. */
const weights: Record<Evidence['kind'], number> = { email: 8, phone: 8, externalId: 8, name: 4, partOfName: 1 }
const mostCandidates = 5
const mostLookedAt = 20

/**
 * Customers who may have written an answer, the likeliest first, each with what speaks for it. Nothing is linked by this:
 * an address that nobody verified is evidence, and no proof.
 */
export async function findCandidates(reader: Reader, { respondent }: StoredFeedback): Promise<Candidate[]> {
  const { name, email, phone, externalId } = respondent
  const hints = [email, phone, externalId, name, ...(name?.split(/\s+/) ?? []).filter((part) => part.length > 2)]
  const found = new Map<Id, CustomerRow>()
  for (const hint of new Set(hints.filter((it) => it !== undefined && it.trim() !== ''))) {
    for (const customer of await findCustomers(reader, hint ?? '', mostLookedAt)) {
      found.set(customer.id, customer)
    }
  }
  return [...found.values()]
    .map((customer) => ({ customer, evidence: evidenceFor(customer, respondent) }))
    .filter((candidate) => candidate.evidence.length > 0)
    .toSorted((a, b) => weightOf(b) - weightOf(a) || b.customer.updated_at.getTime() - a.customer.updated_at.getTime())
    .slice(0, mostCandidates)
}

function weightOf({ evidence }: Candidate): number {
  return evidence.reduce((sum, it) => sum + weights[it.kind], 0)
}

function evidenceFor(customer: CustomerRow, respondent: StoredFeedback['respondent']): Evidence[] {
  const { name, email, phone, externalId } = respondent
  const evidence: Evidence[] = []
  if (email !== undefined && customer.emails.some((it) => same(it.email, email))) {
    evidence.push({ kind: 'email', text: email })
  }
  if (phone !== undefined && customer.phones.some((it) => digits(it.phone) === digits(phone))) {
    evidence.push({ kind: 'phone', text: phone })
  }
  if (externalId !== undefined && customer.external_id === externalId) {
    evidence.push({ kind: 'externalId', text: externalId })
  }
  if (name !== undefined && same(customer.name, name)) {
    evidence.push({ kind: 'name', text: name })
  } else {
    const known = wordsOf(customer.name)
    const shared = wordsOf(name ?? '').filter((word) => known.includes(word))
    if (shared.length > 0) {
      evidence.push({ kind: 'partOfName', text: shared.join(' ') })
    }
  }
  return evidence
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
  return a.trim().toLowerCase() === b.trim().toLowerCase()
}

function digits(phone: string): string {
  return phone.replaceAll(/\D/g, '')
}
