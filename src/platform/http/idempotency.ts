import { createHash } from 'node:crypto'

import { statement } from '../db/database.ts'
import type { OrgDb, Tx } from '../db/database.ts'
import type { Id } from '../ids.ts'
import { ApiError } from './errors.ts'

/** An answer that is given again, as it was. */
export interface KeptReply {
  status: number
  reply: string
}

const longestKey = 255
const keptFor = '24 hours'

const findStatement = statement<{ request_hash: Buffer; status: number | null; reply: string | null }>(
  'idempotency-find',
  'select request_hash, status, reply from idempotency_keys where org_id = $1 and user_id = $2 and key = $3',
)
const claimStatement = statement<{ key: string }>(
  'idempotency-claim',
  'insert into idempotency_keys (org_id, user_id, key, request_hash) values ($1, $2, $3, $4) on conflict do nothing returning key',
)
const forgetStatement = statement<never>(
  'idempotency-forget',
  `delete from idempotency_keys where org_id = $1 and created_at < now() - interval '${keptFor}'`,
)
const keepStatement = statement<never>(
  'idempotency-keep',
  'update idempotency_keys set status = $4, reply = $5 where org_id = $1 and user_id = $2 and key = $3',
)

/** Checks the header; throws 400. */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) {
    return undefined
  }
  if (
    typeof header !== 'string' ||
    header.length === 0 ||
    header.length > longestKey ||
    !/^[\x21-\x7E]+$/.test(header)
  ) {
    throw new ApiError('bad_request', `Idempotency-Key must be 1 to ${longestKey} visible ASCII characters.`)
  }
  return header
}

/**
 * Lets a request with an `Idempotency-Key` take effect once. The key is claimed in the request's own transaction, so a
 * failure frees it and a crash leaves either both or neither; the answer is kept for a day and given again.
 */
export class IdempotentRequest {
  readonly #db: OrgDb
  readonly #userId: Id
  readonly #key: string
  readonly #hash: Buffer
  #isClaimed = false

  constructor(db: OrgDb, userId: Id, key: string, request: { method: string; url: string; body: unknown }) {
    this.#db = db
    this.#userId = userId
    this.#key = key
    this.#hash = createHash('sha256')
      .update(JSON.stringify([request.method, request.url, request.body ?? null]))
      .digest()
  }

  /** The answer of the first request with this key, when there was one. */
  async previous(): Promise<KeptReply | undefined> {
    const [row] = await this.#db.read((reader) => reader.rows(findStatement, [reader.orgId, this.#userId, this.#key]))
    if (row === undefined) {
      return undefined
    }
    if (!row.request_hash.equals(this.#hash)) {
      throw new ApiError('unprocessable', 'This Idempotency-Key was used for another request. Use a new one.')
    }
    if (row.status === null) {
      throw taken()
    }
    return { status: row.status, reply: row.reply ?? '' }
  }

  /** The handle for the request's work: its first transaction claims the key. */
  get db(): OrgDb {
    return {
      ...this.#db,
      write: (work) =>
        this.#db
          .write(async (tx) => {
            if (!this.#isClaimed) {
              await this.#claim(tx)
            }
            const result = await work(tx)
            return result
          })
          .then((result) => {
            this.#isClaimed = true
            return result
          }),
    }
  }

  async #claim(tx: Tx): Promise<void> {
    await tx.rows(forgetStatement, [tx.orgId])
    const rows = await tx.rows(claimStatement, [tx.orgId, this.#userId, this.#key, this.#hash])
    if (rows.length === 0) {
      throw taken()
    }
  }

  /** Keeps the answer; without one, a repetition is told that it took effect already. */
  async keep({ status, reply }: KeptReply): Promise<void> {
    if (this.#isClaimed) {
      await this.#db.write((tx) => tx.rows(keepStatement, [tx.orgId, this.#userId, this.#key, status, reply]))
    }
  }
}

function taken(): ApiError {
  return new ApiError(
    'conflict',
    'A request with this Idempotency-Key took effect already or is about to, and its answer is not known. Read what it was to change.',
  )
}
