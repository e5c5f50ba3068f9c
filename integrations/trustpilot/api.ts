import { ProviderError } from '#sdk'
import type { Choice, Context, ProviderCall } from '#sdk'

import { BusinessUnit, BusinessUnits, ProductReview, ServiceReview } from './schema.ts'
import type { Settings } from './schema.ts'

type Calling = Pick<Context<Settings>, 'http' | 'settings'>

const notFound = 404
const forbidden = 403

/** Both credentials go with every call: documentation asks for one or the other, real clients send both (facts 1.1). */
async function send({ http, settings }: Calling, call: Omit<ProviderCall, 'host'>): Promise<unknown> {
  const headers = settings.apiKey === undefined ? {} : { apikey: settings.apiKey }
  return (await http.send({ host: 'api', ...call, path: `/v1${call.path}`, headers })).body
}

/** Undefined for what is not there, or not ours to see: a removed review and the documented sample answer alike. */
async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    const status = error instanceof ProviderError ? error.details.status : undefined
    if (status === notFound || status === forbidden) {
      return undefined
    }
    throw error
  }
}

const part = encodeURIComponent

export async function readServiceReview(calling: Calling, id: string): Promise<ServiceReview | undefined> {
  const body = await unlessMissing(send(calling, { method: 'GET', path: `/private/reviews/${part(id)}` }))
  return body === undefined ? undefined : ServiceReview.parse(body)
}

export async function readProductReview(calling: Calling, id: string): Promise<ProductReview | undefined> {
  const body = await unlessMissing(send(calling, { method: 'GET', path: `/private/product-reviews/${part(id)}` }))
  return body === undefined ? undefined : ProductReview.parse(body)
}

/** Units by a domain, exactly, or by a part of a name (facts 7). */
export async function findBusinessUnits(search: string, calling: Calling): Promise<Choice[]> {
  const text = search
    .trim()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
  if (text === '') {
    return []
  }
  const exact = await unlessMissing(
    send(calling, { method: 'GET', path: '/business-units/find', query: { name: text } }),
  )
  const found = await unlessMissing(
    send(calling, { method: 'GET', path: '/business-units/search', query: { query: text, perpage: 20 } }),
  )
  const units = [
    ...(exact === undefined ? [] : [BusinessUnit.parse(exact)]),
    ...(found === undefined ? [] : BusinessUnits.parse(found).businessUnits),
  ]
  return [...new Map(units.map((unit) => [unit.id, unit])).values()].map((unit) => ({
    value: unit.id,
    title: unit.displayName ?? unit.name?.identifying ?? unit.id,
    ...(unit.name?.identifying === undefined ? {} : { detail: unit.name.identifying }),
  }))
}
