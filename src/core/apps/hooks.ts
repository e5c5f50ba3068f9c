import { randomBytes } from 'node:crypto'

import { fromBase36, toBase36 } from '../../platform/base36.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { isId, newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { recordEvents } from '../events/events.ts'
import type { HookInput, HookUpdate } from './schema.ts'
import { deleteHookRow, findHook, findHookById, hooksOf, insertHooks, saveHash, saveHook } from './store.ts'
import type { HookRow } from './store.ts'

export type { HookRow } from './store.ts'
export { findHookByHash, listHooks } from './store.ts'

export type HookType = 'form' | 'web' | 'email'

/** Where the desk is reached, by browsers and by mail. */
export interface HookAddresses {
  /** Without a slash at the end. */
  publicUrl: () => string
  mailDomain: () => string
}

const randomHexCharacters = 40
const hashLength = 64
const hashPattern = /^[0-9a-f]{64}$/

/**
 * A hook's unguessable part: 64 hex characters, as on the platform (facts 3.1). The first 24 are the organisation, so
 * that an address alone leads to its tenant; the other 40 are 160 random bits.
 */
export function newHookHash(orgId: Id): string {
  return orgId + randomBytes(randomHexCharacters / 2).toString('hex')
}

/** The organisation an address belongs to; undefined for what is no hook's hash. */
export function orgOfHookHash(hash: string): Id | undefined {
  return hashPattern.test(hash) ? hash.slice(0, hash.length - randomHexCharacters) : undefined
}

/** Form hooks take the form with the organisation, which the platform prefers; an e-mail hook is an address of mail. */
export function hookUrl(addresses: HookAddresses, hook: Pick<HookRow, 'type' | 'hash' | 'org_id'>): string {
  return hook.type === 'email'
    ? `${localPartOf(hook.hash)}@${addresses.mailDomain()}`
    : hook.type === 'form'
      ? `${addresses.publicUrl()}/v1/hooks/form/${hook.org_id}/${hook.hash}`
      : `${addresses.publicUrl()}/v1/hooks/${hook.type}/${hook.hash}`
}

const localPartLength = 50 // what 64 hex characters need; the limit is 64 (RFC 5321), so that a tag fits behind a plus

/** A hash as the part before the @. */
export function localPartOf(hash: string): string {
  return toBase36(hash, localPartLength)
}

/** The hash and the tag that a mail address names; undefined for what is no hook's. */
export function readLocalPart(localPart: string): { hash: string; tag: string | undefined } | undefined {
  const [, digits, tag] = /^([0-9a-z]{50})(?:\+(.{1,64}))?$/i.exec(localPart) ?? []
  const hash = digits === undefined ? undefined : fromBase36(digits, hashLength)
  return hash === undefined ? undefined : { hash, tag }
}

export async function createHook(tx: Tx, by: Authorized<'hook'>, type: HookType, input: HookInput): Promise<HookRow> {
  const id = newId()
  await insertHooks(tx, [
    {
      id,
      type,
      hash: newHookHash(tx.orgId),
      title: input.title,
      description: input.description,
      eventName: `kustomer.hooks.${type}.${id}.receive`,
      installationId: null,
      webhook: null,
      createdBy: by.userId,
    },
  ])
  await hookEvent(tx, 'create', id)
  return getHook(tx, type, id)
}

/**
 * The addresses that a published app asks for; what comes in there raises the app's own event. Those that it has already stay what they
 * are, those that it no longer asks for go.
 */
export async function replaceHooks(
  tx: Tx,
  installationId: Id,
  wanted: { type: HookType; title: string; description: string; eventName: string }[],
  createdBy: Id,
): Promise<void> {
  const present = await hooksOf(tx, [installationId])
  const isSame = (hook: HookRow, other: (typeof wanted)[number]) =>
    hook.event_name === other.eventName && hook.type === other.type
  for (const hook of present.filter((it) => !wanted.some((other) => isSame(it, other)))) {
    await deleteHookRow(tx, hook.id)
  }
  const added = wanted.filter((other) => !present.some((hook) => isSame(hook, other)))
  const fixed = { installationId, webhook: null, createdBy }
  await insertHooks(
    tx,
    added.map((hook) => ({ ...hook, ...fixed, id: newId(), hash: newHookHash(tx.orgId) })),
  )
}

export async function getHook(reader: Reader, type: HookType, id: Id): Promise<HookRow> {
  const hook = isId(id) ? await findHook(reader, type, id) : undefined
  if (hook === undefined) {
    throw notFound('Hook')
  }
  return hook
}

export async function updateHook(
  tx: Tx,
  _by: Authorized<'hook'>,
  type: HookType,
  id: Id,
  change: HookUpdate,
): Promise<HookRow> {
  await getHook(tx, type, id)
  await saveHook(tx, id, change)
  await hookEvent(tx, 'update', id)
  return getHook(tx, type, id)
}

const dayMs = 24 * 60 * 60_000

/** Gives a hook a new address. The old one takes what comes for so many days more; 0 ends it at once. */
export async function rotateHook(
  tx: Tx,
  _by: Authorized<'hook'>,
  { hook: id, overlapDays }: { hook: Id; overlapDays: number },
): Promise<HookRow> {
  const hook = isId(id) ? await findHookById(tx, id) : undefined
  if (hook === undefined) {
    throw new ApiError('badparam', 'There is no such hook.', { pointer: '/hook' })
  }
  await saveHash(tx, id, newHookHash(tx.orgId), new Date(Date.now() + overlapDays * dayMs))
  await hookEvent(tx, 'update', id)
  return getHook(tx, hook.type as HookType, id)
}

export async function deleteHook(tx: Tx, _by: Authorized<'hook'>, type: HookType, id: Id): Promise<void> {
  const hook = await getHook(tx, type, id)
  if (hook.installation_id !== null) {
    throw new ApiError('unprocessable', "This hook is an app's. Remove the app to remove it.")
  }
  await deleteHookRow(tx, id)
  await hookEvent(tx, 'delete', id)
}

async function hookEvent(tx: Tx, verb: 'create' | 'update' | 'delete', id: Id): Promise<void> {
  await recordEvents(tx, [{ name: `kustomer.hook.${verb}`, objectType: 'hook', objectId: id }])
}
