import { z } from 'zod'

export const ConnectionAttributes = z.object({
  isConnected: z.boolean(),
  isPossible: z.boolean().describe('Whether the settings have what connecting needs.'),
  redirectUri: z.string().describe('To be registered at the provider, exactly as it is.'),
  instructions: z.string(),
  connectedAt: z.string().nullable(),
  connectedBy: z.string().nullable(),
  expiresAt: z.string().nullable().describe('When it ends unless it is renewed; the desk renews it before.'),
})

export const ConnectionStarted = z.object({
  data: z.object({ url: z.string().describe('Where the admin gives the access, in a browser.') }),
})

export const ChoiceList = z.object({
  data: z.array(z.object({ value: z.string(), title: z.string(), detail: z.string().optional() })),
})
