import { databaseErrorCode } from '../db/database.ts'
import { ApiError } from './errors.ts'

const uniqueViolation = '23505'

/** Waits for a write; when the database finds its external id taken, throws 409 that says so. */
export async function externalIdConflict(noun: string, write: Promise<void>): Promise<void> {
  try {
    await write
  } catch (error) {
    throw databaseErrorCode(error) === uniqueViolation
      ? new ApiError('conflict', `There is a ${noun} with this external id already.`, { pointer: '/externalId' })
      : error
  }
}

/** Throws 409 when the `rev` that a caller read is no longer the one that is there; without one, there is nothing to compare. */
export function checkRev(noun: string, read: number | undefined, current: number): void {
  if (read !== undefined && read !== current) {
    throw new ApiError(
      'conflict',
      `The ${noun} has changed since: it is at rev ${current}. Read it again and repeat the change.`,
      { pointer: '/rev' },
    )
  }
}

/** The same for a name, or for whatever else `pointer` points at, that must be there once. */
export async function nameConflict(noun: string, name: string, write: Promise<void>, pointer = '/name'): Promise<void> {
  try {
    await write
  } catch (error) {
    throw databaseErrorCode(error) === uniqueViolation
      ? new ApiError('conflict', `There is a ${noun} named ${name} already.`, { pointer })
      : error
  }
}
