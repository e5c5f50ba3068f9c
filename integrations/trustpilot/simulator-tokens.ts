import type { ProviderReply, ProviderRequest } from '#sdk'

import { mintTokens } from './simulator-state.ts'
import type { State } from './simulator-state.ts'

/** Mints, refreshes and revokes tokens (facts 1.2 to 1.5). */
export function answerTokens(state: State, request: ProviderRequest, action: string): ProviderReply {
  const form = new URLSearchParams(request.body)
  const basic = /^Basic (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1]
  const [id = '', secret = ''] =
    basic === undefined
      ? [form.get('client_id') ?? '', form.get('client_secret') ?? '']
      : Buffer.from(basic, 'base64').toString().split(':')
  const known = state.clients.get(id)
  if (id === '' || secret === '' || (known !== undefined && known !== secret)) {
    return { status: 401, body: { ErrorCode: 'invalid_client', Error: 'ClientId is Invalid' } }
  }
  state.clients.set(id, secret)
  if (action === 'revoke') {
    const refresh = state.refresh.get(form.get('token') ?? '')
    state.access.delete(refresh?.access ?? form.get('token') ?? '')
    state.refresh.delete(form.get('token') ?? '')
    return { status: 200, body: {} }
  }
  switch (form.get('grant_type')) {
    case 'authorization_code': {
      const code = form.get('code') ?? ''
      const granted = state.codes.get(code)
      state.codes.delete(code)
      return granted?.client === id && granted.redirectUri === form.get('redirect_uri')
        ? { status: 200, body: mintTokens(state, id) }
        : { status: 400, body: { ErrorCode: 'invalid_grant', Error: 'Invalid Authorization Code' } }
    }
    case 'refresh_token': {
      const held = state.refresh.get(form.get('refresh_token') ?? '')
      state.refresh.delete(form.get('refresh_token') ?? '')
      if (held?.client !== id) {
        return { status: 400, body: { ErrorCode: 'invalid_grant', Error: 'Invalid Refresh Token' } }
      }
      state.access.delete(held.access)
      return { status: 200, body: mintTokens(state, id) }
    }
    case 'client_credentials':
    case 'password': {
      const { refresh_token: _none, ...tokens } = mintTokens(state, id)
      return { status: 200, body: form.get('grant_type') === 'password' ? mintTokens(state, id) : tokens }
    }
    default:
      return { status: 400, body: { ErrorCode: 'invalid_request', Error: 'Unsupported grant type' } }
  }
}
