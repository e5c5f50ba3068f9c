import type { World } from '#sdk'

export const keys = { production: 'demo-stella-key', test: 'demo-stella-test', secret: 'demo-stella-secret' }

export interface StoredRequest {
  uuid: string
  sequenceId: number
  interaction: string
  url: string
  channel: string
  brand: string
  tags: string[]
  employee: string
  customer: { name: string; email: string }
  createdAt: Date
  status: string
  sentAt: Date | undefined
  receivedAt: Date | undefined
  stars: number | undefined
  comment: string | undefined
  reward: string | undefined
}

export interface Misbehaviour {
  call: string
  status: number
  isAfterwards?: boolean
  times: number
}

export type ProfileStatus = 'active' | 'deactivated' | 'pending review' | 'confirmed' | 'unapproved' | 'created'

export interface State {
  readonly world: World
  readonly requests: StoredRequest[]
  /** Asked with the test key: shown as that, and never answered. */
  readonly testRequests: StoredRequest[]
  /** E-mail address to the status of the profile; whoever is not in it has none. */
  readonly employees: Map<string, ProfileStatus>
  readonly unsubscribed: Set<string>
  readonly bounced: Set<string>
  /** Days in which one address is asked once, by brand. */
  suppressionDays: number
  readonly misbehaviours: Misbehaviour[]
  readonly weather: { failing: number; afterwards: number }
  perMinute: number
  readonly recent: number[]
  readonly calls: string[]
  /** Validation answers 400; otherwise 200, and the request is listed as invalid (facts B1). */
  isSynchronous: boolean
  readonly invalid: string[]
  lastSequence: number
}

export function createState(world: World): State {
  return {
    world,
    requests: [],
    testRequests: [],
    employees: new Map([
      ['agent@tellback.invalid', 'active'],
      ['ada@example.com', 'active'],
      ['new@example.com', 'pending review'],
    ]),
    unsubscribed: new Set(),
    bounced: new Set(),
    suppressionDays: 0,
    misbehaviours: [],
    weather: { failing: 0, afterwards: 0 },
    perMinute: 100,
    recent: [],
    calls: [],
    isSynchronous: true,
    invalid: [],
    lastSequence: 0,
  }
}

export function nextSequence(state: State): number {
  state.lastSequence++
  return state.lastSequence
}
