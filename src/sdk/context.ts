import type { Taught } from './lessons.ts'
import type { ProviderHttp } from './provider.ts'

/** Bound to one installation, so a handler cannot even name another tenant. */
export interface Context<S> {
  readonly settings: S
  readonly headers: Readonly<Record<string, string>>
  readonly receivedAt: Date
  readonly http: ProviderHttp
  /** What an admin said that mails of this shape mean. */
  readonly taught?: Taught | undefined
}
