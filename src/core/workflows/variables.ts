import mustache from 'mustache'

import type { Vault } from '../../platform/crypto.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { VariableInput, VariableUpdate, WorkflowDocument } from './schema.ts'
import { findVariable, findWorkflow, listVariables, removeVariable, saveVariable } from './store.ts'
import type { VariableRow } from './store.ts'

export type { VariableRow } from './store.ts'

/** What stands where a secret is, wherever people can look. */
export const hidden = '••••••••'
const mostVariables = 100
const shortestHidden = 4 // shorter values stand in too many places to be told from ordinary text

/** A workflow's variables, twice: as a call to another system gets them, and as everybody may see them. */
export interface Variables {
  open: Record<string, unknown>
  shown: Record<string, unknown>
  secrets: string[]
}

export const noVariables: Variables = { open: {}, shown: {}, secrets: [] }

const named = new WeakMap<WorkflowDocument, boolean>()

/** Whether a workflow names variables anywhere; looked at once for each version. */
export function namesVariables(document: WorkflowDocument): boolean {
  const known = named.get(document) ?? JSON.stringify(document).includes('variables.')
  named.set(document, known)
  return known
}

/** Reads a workflow's variables; each is there by its id (facts 4.1) and by its name. */
export async function readVariables(reader: Reader, vault: Vault, workflowId: Id): Promise<Variables> {
  const variables: Variables = { open: {}, shown: {}, secrets: [] }
  for (const row of await listVariables(reader, workflowId)) {
    const isSecret = row.type === 'secret'
    const value = row.sealed === null ? row.value : vault.open(row.sealed, sealContext(row.id))
    if (isSecret && typeof value === 'string') {
      variables.secrets.push(value)
    }
    for (const name of [row.id, row.name]) {
      variables.open[name] = value
      variables.shown[name] = isSecret ? hidden : value
    }
  }
  return variables
}

/** As it stands in a text, in an address, and in HTML: an answer may repeat any of them. */
function spellingsOf(secret: string): string[] {
  return [...new Set([secret, encodeURIComponent(secret), mustache.escape(secret)])]
}

/** A document without these secrets, wherever they stand in it. */
export function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
  const told = secrets.filter((it) => it.length >= shortestHidden).flatMap(spellingsOf)
  if (told.length === 0 || value === undefined || value === null) {
    return value
  }
  let text = JSON.stringify(value)
  for (const secret of told) {
    text = text.replaceAll(JSON.stringify(secret).slice(1, -1), hidden)
  }
  return JSON.parse(text) as T
}

const sealContext = (id: Id) => `workflow-variable/${id}`

export async function getVariable(reader: Reader, id: Id): Promise<VariableRow> {
  const row = await findVariable(reader, id)
  if (row === undefined) {
    throw notFound('Variable')
  }
  return row
}

export async function variablesOf(reader: Reader, workflowId: Id): Promise<VariableRow[]> {
  if ((await findWorkflow(reader, workflowId)) === undefined) {
    throw notFound('Workflow')
  }
  return listVariables(reader, workflowId)
}

export async function createVariable(
  tx: Tx,
  vault: Vault,
  _by: Authorized<'workflow'>,
  workflowId: Id,
  input: VariableInput,
): Promise<VariableRow> {
  const present = await variablesOf(tx, workflowId)
  if (present.length >= mostVariables) {
    throw new ApiError('unprocessable', `A workflow has at most ${mostVariables} variables.`)
  }
  checkName(present, input.name)
  const id = newId()
  await saveVariable(tx, {
    id,
    workflow_id: workflowId,
    name: input.name,
    type: input.type,
    ...kept(vault, id, input.type, input.value),
  })
  return getVariable(tx, id)
}

export async function updateVariable(
  tx: Tx,
  vault: Vault,
  _by: Authorized<'workflow'>,
  id: Id,
  change: VariableUpdate,
): Promise<VariableRow> {
  const row = await getVariable(tx, id)
  if (change.name !== undefined && change.name !== row.name) {
    checkName(await listVariables(tx, row.workflow_id), change.name)
  }
  const value =
    change.value === undefined ? { value: row.value, sealed: row.sealed } : kept(vault, id, row.type, change.value)
  await saveVariable(tx, { id, workflow_id: row.workflow_id, type: row.type, name: change.name ?? row.name, ...value })
  return getVariable(tx, id)
}

export async function deleteVariable(tx: Tx, _by: Authorized<'workflow'>, id: Id): Promise<void> {
  await getVariable(tx, id)
  await removeVariable(tx, id)
}

function checkName(present: VariableRow[], name: string): void {
  if (present.some((it) => it.name === name)) {
    throw new ApiError('conflict', `There is a variable ${name} already.`, { pointer: '/name' })
  }
}

function kept(
  vault: Vault,
  id: Id,
  type: VariableRow['type'],
  value: string | number | boolean,
): Pick<VariableRow, 'value' | 'sealed'> {
  if (type === 'secret') {
    return { value: null, sealed: vault.seal(String(value), sealContext(id)) }
  }
  const wanted = type === 'string' ? String(value) : value
  if (typeof wanted !== type) {
    throw new ApiError('badparam', `must be a ${type}`, { pointer: '/value' })
  }
  return { value: wanted, sealed: null }
}
