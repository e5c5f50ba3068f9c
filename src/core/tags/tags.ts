import { databaseErrorCode } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { isId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { recordEvents } from '../events/events.ts'
import type { TagInput, TagUpdate } from './schema.ts'
import { findAnyTag, findOrInsertTags, findTag, findTagsByIds, findTagsByNames, insertTag, saveTag } from './store.ts'
import type { TagRow } from './store.ts'

export type { TagRow } from './store.ts'
export { findTagsByIds, listTags } from './store.ts'

const uniqueViolation = '23505'

export async function getTag(reader: Reader, id: Id): Promise<TagRow> {
  const row = await findTag(reader, id)
  if (row === undefined) {
    throw notFound('Tag')
  }
  return row
}

export async function createTag(tx: Tx, _by: Authorized<'tag'>, input: TagInput): Promise<TagRow> {
  const row = await insertTag(tx, { name: input.name, color: input.color ?? null })
  if (row === undefined) {
    throw nameTaken(input.name)
  }
  await tagEvent(tx, 'create', row.id)
  return row
}

export async function updateTag(tx: Tx, _by: Authorized<'tag'>, id: Id, change: TagUpdate): Promise<TagRow> {
  const before = change.deleted === false ? await findAnyTag(tx, id) : await getTag(tx, id)
  if (before === undefined) {
    throw notFound('Tag')
  }
  try {
    await saveTag(tx, id, {
      ...(change.deleted === false ? { deleted_at: null } : {}),
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.color === undefined ? {} : { color: change.color }),
    })
  } catch (error) {
    throw databaseErrorCode(error) === uniqueViolation ? nameTaken(change.name ?? before.name) : error
  }
  await tagEvent(tx, 'update', id)
  return getTag(tx, id)
}

/** Takes a tag out of use. What carries it keeps it, as history. */
export async function deleteTag(tx: Tx, _by: Authorized<'tag'>, id: Id): Promise<TagRow> {
  const row = await getTag(tx, id)
  const deletedAt = new Date()
  await saveTag(tx, id, { deleted_at: deletedAt })
  await tagEvent(tx, 'update', id)
  return { ...row, deleted_at: deletedAt }
}

/**
 * The ids of tags given by id or by name, in order and each once; unknown names become tags (facts 1.12). Throws 400
 * with a pointer below `pointer` for an id that is no tag here.
 */
export async function resolveTags(tx: Tx, given: readonly string[], pointer: string): Promise<Id[]> {
  const known = new Set((await findTagsByIds(tx, given.filter(isId))).map((tag) => tag.id))
  const names = given.filter((tag) => !isId(tag))
  const there = new Set((await findTagsByNames(tx, names)).map((tag) => tag.id))
  const named = await findOrInsertTags(tx, names)
  for (const { id } of named) {
    if (!there.has(id)) {
      await tagEvent(tx, 'create', id)
    }
  }
  const byName = new Map(named.map((tag) => [tag.name.toLowerCase(), tag.id]))
  const ids = given.map((tag, index) => {
    const id = isId(tag) ? (known.has(tag) ? tag : undefined) : byName.get(tag.toLowerCase())
    if (id === undefined) {
      throw new ApiError('badparam', `There is no tag ${tag}.`, { pointer: `${pointer}/${index}` })
    }
    return id
  })
  return [...new Set(ids)]
}

/** The ids of those tags, given by id or by name, that there are. */
export async function findTags(reader: Reader, given: readonly string[]): Promise<Id[]> {
  const names = given.filter((tag) => !isId(tag))
  const found = [...(await findTagsByIds(reader, given.filter(isId))), ...(await findTagsByNames(reader, names))]
  return found.map((tag) => tag.id)
}

function nameTaken(name: string): ApiError {
  return new ApiError('conflict', `There is a tag named ${name} already.`, { pointer: '/name' })
}

async function tagEvent(tx: Tx, verb: 'create' | 'update', id: Id): Promise<void> {
  await recordEvents(tx, [{ name: `kustomer.tag.${verb}`, objectType: 'tag', objectId: id }])
}
