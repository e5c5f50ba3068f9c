import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { checkRev, externalIdConflict } from '../../platform/http/conflict.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { isId, newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { textsIn, withoutNulls } from '../../platform/json.ts'
import { indexTexts, removeTexts } from '../../platform/words/word-index.ts'
import { changesBetween, recordEvents } from '../events/events.ts'
import type { Changes } from '../events/events.ts'
import { checkCustom, customTexts } from '../metadata/metadata.ts'
import type { CompanyInput, CompanyUpdate } from './schema.ts'
import { findCompany, insertCompany, lockCompany, saveCompany } from './store.ts'
import type { CompanyRow } from './store.ts'

export type { CompanyRow } from './store.ts'
export { findCompaniesByIds, listCompanies } from './store.ts'

export async function getCompany(reader: Reader, id: Id): Promise<CompanyRow> {
  const row = await findCompany(reader, id)
  if (row === undefined) {
    throw notFound('Company')
  }
  return row
}

/** The id of a company that somebody gave, or null for none; throws 400 for one that there is not. */
export async function checkedCompany(reader: Reader, company: string | null | undefined): Promise<Id | null> {
  if (company === null || company === undefined) {
    return null
  }
  if (!isId(company) || (await findCompany(reader, company)) === undefined) {
    throw new ApiError('badparam', `There is no company ${company}.`, { pointer: '/company' })
  }
  return company
}

export async function createCompany(tx: Tx, by: Authorized<'company'>, input: CompanyInput): Promise<CompanyRow> {
  const { name, externalId, emails, phones, domains, tags, custom, importedAt, ...profile } = input
  checkCustom(custom ?? {})
  const now = new Date()
  const row: CompanyRow = {
    org_id: tx.orgId,
    id: newId(),
    name,
    external_id: externalId ?? null,
    emails: emails ?? [],
    phones: phones ?? [],
    domains: (domains ?? []).map((it) => it.domain.toLowerCase()),
    tags: tags ?? [],
    custom: withoutNulls(custom ?? {}),
    profile: withoutNulls(profile),
    rev: 1,
    created_by: by.userId,
    modified_by: by.userId,
    imported_at: importedAt === undefined || importedAt === null ? null : new Date(importedAt),
    created_at: now,
    updated_at: now,
    modified_at: now,
    deleted_at: null,
  }
  await externalIdConflict('company', insertCompany(tx, row))
  await indexTexts(tx, 'company', [{ id: row.id, texts: companyTexts(row) }])
  await companyEvent(tx, 'create', row, { by: by.userId })
  return row
}

/** Changes a company: what is left out stays. Lists replace as a whole, `custom` merges name by name, null clears. */
export async function updateCompany(
  tx: Tx,
  by: Authorized<'company'>,
  id: Id,
  input: CompanyUpdate,
): Promise<CompanyRow> {
  const before = await held(tx, id)
  const { name, externalId, emails, phones, domains, tags, custom, importedAt, rev, ...profile } = input
  checkRev('company', rev, before.rev)
  checkCustom(custom ?? {})
  return save(tx, by, before, {
    ...before,
    name: name ?? before.name,
    external_id: externalId === undefined ? before.external_id : externalId,
    emails: emails ?? before.emails,
    phones: phones ?? before.phones,
    domains: domains?.map((it) => it.domain.toLowerCase()) ?? before.domains,
    tags: tags ?? before.tags,
    custom: withoutNulls({ ...before.custom, ...custom }),
    profile: withoutNulls({ ...before.profile, ...profile }),
    imported_at: importedAt === undefined ? before.imported_at : importedAt === null ? null : new Date(importedAt),
  })
}

/** Takes a company out of use; its customers stay, without a company. */
export async function deleteCompany(tx: Tx, by: Authorized<'company'>, id: Id): Promise<void> {
  const before = await held(tx, id)
  await save(tx, by, before, { ...before, deleted_at: new Date() })
}

/** The texts by which a company is found. */
export function companyTexts(row: CompanyRow): string[] {
  const addresses = [...row.emails.map((it) => it.email), ...row.phones.map((it) => it.phone), ...row.domains]
  return [row.name, row.external_id ?? '', ...addresses, ...customTexts(row.custom), ...textsIn(row.profile)]
}

async function held(tx: Tx, id: Id): Promise<CompanyRow> {
  const row = await lockCompany(tx, id)
  if (row === undefined) {
    throw notFound('Company')
  }
  return row
}

async function save(tx: Tx, by: Authorized<'company'>, before: CompanyRow, after: CompanyRow): Promise<CompanyRow> {
  const now = new Date()
  const row = { ...after, rev: before.rev + 1, modified_by: by.userId, updated_at: now, modified_at: now }
  await externalIdConflict('company', saveCompany(tx, row))
  if (row.deleted_at === null) {
    await indexTexts(tx, 'company', [{ id: row.id, texts: companyTexts(row) }])
  } else {
    await removeTexts(tx, [row.id])
  }
  const changes: Changes = { attributes: changesBetween(written(before), written(row)), relationships: {} }
  await companyEvent(tx, row.deleted_at === null ? 'update' : 'delete', row, { by: by.userId, changes })
  return row
}

function written({ name, external_id: externalId, emails, phones, domains, tags, custom, profile }: CompanyRow) {
  return { name, externalId, emails, phones, domains, tags, custom, ...profile }
}

async function companyEvent(
  tx: Tx,
  verb: 'create' | 'update' | 'delete',
  row: CompanyRow,
  data: object,
): Promise<void> {
  await recordEvents(tx, [{ name: `kustomer.company.${verb}`, objectType: 'company', objectId: row.id, data }])
}
