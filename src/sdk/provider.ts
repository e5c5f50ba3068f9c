/** One call of a provider's API. */
export interface ProviderCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** One of the integration's `hosts`. */
  host: string
  /** Begins with a slash; parts of it that come from outside are encoded by the caller. */
  path: string
  query?: Record<string, string | number | undefined>
  /** Sent as JSON. Without `json` and `form` there is no body, and no content type. */
  json?: unknown
  /** Sent as a web form. */
  form?: Record<string, string>
  headers?: Record<string, string>
  /** False sends no access token. */
  isAuthorized?: boolean
}

export interface ProviderAnswer {
  status: number
  /** Parsed where it is JSON, otherwise text; undefined when it is empty. */
  body: unknown
  /** Names are lower-case. */
  headers: Readonly<Record<string, string>>
}

/** How many calls a provider lets us make, and how many are left. */
export interface Quota {
  /** Such as `a day`. */
  name: string
  limit: number
  remaining: number
  /** When all of them are there again. */
  resetsAt: Date
}

/** Calls the provider for one installation, with its credentials, a deadline and a guard against private addresses. */
export interface ProviderHttp {
  /**
   * Resolves for 2xx. Rejects with `ProviderError`: retry-later for 429, 5xx and no answer, needs-reconnect when the
   * access is gone, rejected for any other refusal, with its status.
   */
  send: (call: ProviderCall) => Promise<ProviderAnswer>
  /** What the last answer said of the provider's quota, where it says so. */
  quota?: () => Quota[]
}

/** An address of the provider: one of the integration's `hosts`, and a path. */
export interface ProviderAddress {
  host: string
  path: string
}

/** An OAuth 2 authorization code flow. The core keeps, renews and revokes the tokens. */
export interface OAuth<S> {
  /** Opened in the admin's browser. */
  authorize: ProviderAddress
  token: ProviderAddress
  refresh: ProviderAddress
  revoke?: ProviderAddress
  /** Undefined while the settings do not have them yet. */
  client: (settings: S) => { id: string; secret: string } | undefined
  /** In seconds, where the provider's answer does not say how long a refresh token lives. */
  refreshLifetime: number
  /** What to do at the provider before connecting; the redirect address is shown under it. */
  instructions: string
}

/** One of what a setting can be. */
export interface Choice {
  value: string
  title: string
  /** What tells it from others of the same title. */
  detail?: string
}

/** One page of what a provider has of the past. */
export interface HistoryPage<E> {
  effects: E[]
  /** Where the next page is; undefined: this was the last. */
  next: string | undefined
  /** How many there are in all, where the provider says so. */
  total?: number | undefined
}

/** A review as a provider's own API knows it. */
export interface ReviewRef {
  externalId: string
  /** What the app kept of it. */
  fields: Readonly<Record<string, unknown>>
  data: Readonly<Record<string, unknown>>
  /** Our reply as it stands there, as far as we know. */
  reply: PublishedReply | undefined
}

export interface PublishedReply {
  text: string
  /** The provider's own id of it, where it has one. */
  ref?: string | undefined
}

/** What somebody said of themselves when they were asked. */
export interface EnquiryAnswer {
  name?: string | undefined
  email?: string | undefined
  phone?: string | undefined
  orderNumber?: string | undefined
  message?: string | undefined
}

export interface Erasures {
  /** External ids of objects. */
  objects: string[]
  /** `profileId`s of people. */
  people: string[]
}
