import type { z } from 'zod'

import type { Vault } from '../../../platform/crypto.ts'
import type { Tx } from '../../../platform/db/database.ts'
import type { Actor } from '../../../platform/http/access.ts'
import type { Outbound } from '../../../platform/http/outbound.ts'
import type { Id } from '../../../platform/ids.ts'
import type { ConnectionServices } from '../../connections/connections.ts'
import type { Condition } from '../schema.ts'

/** What actions take beside the database. */
export interface ActionServices {
  providers: ConnectionServices
  outbound: Outbound
  vault: Vault
  now: () => Date
}

/** Where a step stands. */
export interface StepPlace {
  runId: Id
  workflowId: Id
  stepId: string
  chain: readonly string[]
  calls: number
}

/** What an action that only writes here gets: everything it writes is one commit with the step's outcome. */
export interface InsideCall {
  tx: Tx
  /** Who workflows act as. */
  actor: Actor
  services: ActionServices
  place: StepPlace
}

/** What an action that calls somebody else gets; it may be called again after a crash, with the same key. */
export interface OutsideCall {
  services: ActionServices
  idempotencyKey: string
}

/** Until when a run waits, and for what; whichever comes first. */
export interface Wait {
  until: Date
  event?: { name: string; objectId?: Id | undefined; condition?: Condition | undefined } | undefined
}

interface Common<I extends z.ZodObject> {
  /** On the wire. */
  name: string
  title: string
  description: string
  group: string
  input: I
  /** The fields that nearly everybody fills in, in the order in which a form shows them. */
  main: readonly string[]
  /** Names under `steps.<id>` that the editor offers. */
  output: readonly string[]
  /** What it would do, in words; for the dry run. */
  effect: (input: z.output<I>) => string
}

export type Action<I extends z.ZodObject = z.ZodObject> = Common<I> &
  (
    | { kind: 'inside'; run: (call: InsideCall, input: z.output<I>) => Promise<unknown> }
    | { kind: 'outside'; call: (call: OutsideCall, input: z.output<I>) => Promise<unknown> }
    | { kind: 'wait'; wait: (input: z.output<I>, now: Date) => Wait }
  )

/** Makes an action; its parameters have the types of its input. */
export function defineAction<I extends z.ZodObject>(action: Action<I>): Action {
  return action as unknown as Action
}

interface People {
  users: readonly string[]
  teams: readonly string[]
}

/** A rule for what is done to people: there has to be at least one. */
export const somebody: [(input: People) => boolean, { path: string[]; error: string }] = [
  ({ users, teams }) => users.length + teams.length > 0,
  { path: ['users'], error: 'Choose somebody.' },
]

/** An action's own refusal: a run goes on at the step's error cases, or fails. */
export class ActionFailed extends Error {
  override readonly name = 'ActionFailed'
  readonly details: { status?: number; code?: string; body?: unknown; mayPass?: boolean }

  constructor(message: string, details: ActionFailed['details'] = {}) {
    super(message)
    this.details = details
  }
}
