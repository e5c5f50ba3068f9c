import { defineIntegration } from '#sdk'

import { inbox } from './inbox.ts'
import { Settings } from './schema.ts'
import { simulator } from './simulator.ts'

export default defineIntegration<Settings>({
  id: 'support-mail',
  name: 'Support mail',
  version: '1.0.0',
  category: 'channels',
  summary: 'The mail of a support address as conversations, each answer in the one that it belongs to.',
  developer: 'Tellback',
  website: 'https://www.rfc-editor.org/info/rfc5321',
  settings: Settings,
  klasses: {},
  webhooks: {},
  mails: { inbox },
  simulator,
})
