/** Numbers that look random and are the same for the same seed (mulberry32). */
export interface Random {
  /** From 0 up to, not including, 1. */
  next: () => number
  /** A whole number from `low` to `high`, both possible. */
  between: (low: number, high: number) => number
  pick: <T>(items: readonly [T, ...T[]]) => T
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d_2b_79_f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: <T>(items: readonly [T, ...T[]]) => items[Math.floor(next() * items.length)] ?? items[0],
  }
}

/** What a simulated provider may use of the world. */
export interface World {
  now: () => Date
  /** Where one of its own hosts is, for links between them. */
  addressOf: (host: string) => string
  /** Posts a webhook; resolves to the status, 0 when nobody answered. */
  post: (url: string, headers: Record<string, string>, body: string) => Promise<number>
  /** Looks whether somebody is at an address; resolves to the status, 0 when nobody answered. */
  head: (url: string) => Promise<number>
}

/** A request to a simulated provider. Header names are lower-case. */
export interface ProviderRequest {
  method: string
  /** Which of the provider's hosts it is for. */
  host: string
  /** Begins with a slash; without the query. */
  path: string
  query: URLSearchParams
  headers: Readonly<Record<string, string>>
  body: string
}

/** Text is sent as a page, anything else as JSON; undefined is an empty body. */
export interface ProviderReply {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

export interface SimulatedProvider {
  /** Gives the access that an OAuth address asks for; returns where the browser is sent then. */
  consent?: (authorizeUrl: string) => string
  /** Sends webhooks to an address from now on, as if its owner had entered it there. */
  subscribe?: (url: string) => void
  /** An access token that it takes, for tests that do not sign in. */
  accessToken?: () => string
  handle: (request: ProviderRequest) => Promise<ProviderReply> | ProviderReply
}
