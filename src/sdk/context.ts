import type { ProviderHttp } from './provider.ts'

/** Bound to one installation, so a handler cannot even name another tenant. */
export interface Context<S> {
  readonly settings: S
  readonly headers: Readonly<Record<string, string>>
  readonly receivedAt: Date
  readonly http: ProviderHttp
}
