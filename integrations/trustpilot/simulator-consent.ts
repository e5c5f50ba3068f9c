import { randomBytes } from 'node:crypto'

import { escapeHtml, simulatorPage } from '#sdk'
import type { ProviderReply, ProviderRequest } from '#sdk'

import { businessUser, unit } from './simulator-state.ts'
import type { State } from './simulator-state.ts'

/** Where a business user allows an application to act for them (facts 1.2). */
export function answerConsent(state: State, { path, query }: ProviderRequest): ProviderReply {
  const redirectUri = query.get('redirect_uri') ?? ''
  const client = query.get('client_id') ?? ''
  const address = URL.parse(redirectUri)
  const isSafe = address !== null && (address.protocol === 'https:' || /^(localhost|127\.|\[::1\])/.test(address.host))
  if (client === '' || !isSafe || query.get('response_type') !== 'code') {
    return {
      status: 400,
      body: simulatorPage('Not possible', '<p>client_id, an https redirect_uri and response_type=code are needed.</p>'),
    }
  }
  if (path === '/allow') {
    return { status: 302, headers: { location: consentTo(state, query).href } }
  }
  if (path === '/deny') {
    const answer = new URL(redirectUri)
    answer.searchParams.set('error', 'access_denied') // [inferred]
    answer.searchParams.set('state', query.get('state') ?? '')
    return { status: 302, headers: { location: answer.href } }
  }
  const asked = escapeHtml(query.toString())
  return {
    status: 200,
    body: simulatorPage(
      'Allow access?',
      `<p>An application wants to read and answer the reviews of <b>${escapeHtml(unit.displayName)}</b>.</p>
       <p>You are <b>${businessUser.name}</b>, Admin.</p>
       <p><a class="button" href="allow?${asked}">Allow access</a> <a href="deny?${asked}">Deny</a></p>`,
    ),
  }
}

/** Grants what a consent page asks for; returns where the browser is sent. `state` is echoed. [inferred, facts 1.2] */
export function consentTo(state: State, query: URLSearchParams): URL {
  const redirectUri = query.get('redirect_uri') ?? ''
  const code = randomBytes(16).toString('hex')
  state.codes.set(code, { client: query.get('client_id') ?? '', redirectUri })
  const answer = new URL(redirectUri)
  answer.searchParams.set('code', code)
  const given = query.get('state')
  if (given !== null && state.isStateEchoed) {
    answer.searchParams.set('state', given)
  }
  return answer
}
