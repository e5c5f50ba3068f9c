import { isId } from '../ids.ts'
import type { Id } from '../ids.ts'
import { ApiError } from './errors.ts'

/** Where a keyset page goes on: after this time and, within it, this id. */
export interface Cursor {
  at: Date
  id: Id
}

export function writeCursor(at: Date, id: Id): string {
  return `${at.getTime().toString(36)}.${id}`
}

/** Throws 400 for anything that `writeCursor` did not make. */
export function parseCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined) {
    return undefined
  }
  const [time, id] = text.split('.')
  const at = new Date(Number.parseInt(time ?? '', 36))
  if (id === undefined || !isId(id) || Number.isNaN(at.getTime())) {
    throw new ApiError('badparam', 'after must be taken from the links of the page before', { parameter: 'after' })
  }
  return { at, id }
}
