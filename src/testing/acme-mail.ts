import { z } from 'zod'

import { defineIntegration, ProviderError } from '../sdk/index.ts'
import type { Effect, Integration } from '../sdk/index.ts'

const Settings = z.object({ address: z.string().optional() })
type Settings = z.infer<typeof Settings>

/** What was said to Acme. */
export const acmeAnswers: { text: string; threads: readonly string[]; isPrivate: boolean }[] = []

const postponed = new Set<string>()

/** Reviews and notes become objects, questions become conversations, told by the subject; answers leave from the settings' address. */
const integration = defineIntegration<Settings>({
  id: 'acme-mail',
  name: 'Acme Mail',
  version: '1.0.0',
  category: 'reviews',
  summary: 'For tests.',
  developer: 'Tellback',
  website: 'https://example.com',
  settings: Settings,
  klasses: { 'acme-note': { title: 'Acme note', icon: 'star', color: '#000000', attributes: {} } },
  webhooks: {},
  mails: {
    notes: {
      title: 'Notes',
      description: '',
      replyFrom: ({ address }) => address,
      trustOf: (mail) => (mail.isAuthentic ? 'signed' : 'secret'),
      handle: (mail, { receivedAt }): Effect[] => {
        if (mail.report !== undefined) {
          return [{ kind: 'report', report: mail.report }]
        }
        const customer = { email: mail.from?.address ?? '', name: mail.from?.name }
        if (mail.subject.includes('Question')) {
          const threads = [...mail.inReplyTo, ...mail.references.toReversed()]
          const { subject, text } = mail
          return [
            {
              kind: 'message',
              customer,
              externalId: mail.messageId ?? '',
              threads,
              recentThreads: mail.headers['x-about'] === undefined ? [] : [mail.headers['x-about']],
              name: subject,
              subject,
              text,
              html: mail.html,
              at: receivedAt,
              files: mail.files,
            },
          ]
        }
        return [
          {
            kind: 'object',
            klass: 'acme-note',
            externalId: mail.messageId ?? 'none',
            customer,
            at: receivedAt,
            version: receivedAt,
            title: mail.subject,
            description: mail.text,
            fields: {},
            ...(mail.subject.includes('Review')
              ? {
                  feedback: { kind: 'review', metric: 'stars', score: 1, scale: { min: 1, max: 5 } },
                  conversation: { name: mail.subject, message: mail.text },
                }
              : {}),
          },
        ]
      },
    },
  },
  workflows: {
    'mark-done': {
      name: 'Mark reviews done',
      description: '',
      isOn: true,
      trigger: {
        eventName: 'kustomer.message.create',
        transitions: [{ target: 'done', condition: { op: 'eq', values: ['/#steps.1.channel', 'form'] } }],
      },
      steps: [
        {
          id: 'done',
          action: 'tellback.conversation.done',
          params: { id: '/#steps.1.conversation', withoutSurvey: true },
          errorCases: [{ target: 'why' }],
        },
        {
          id: 'why',
          action: 'kustomer.note.create',
          params: { conversation: '/#steps.1.conversation', body: 'It stays open: {{{error.message}}}' },
        },
      ],
    },
  },
  answers: {
    hint: 'Everybody reads it.',
    privateHint: 'The customer reads it.',
    problemOf: (threads) => (threads.some((it) => it.startsWith('closed')) ? 'It is closed.' : undefined),
    send: (text, threads, _context, { isPrivate }) => {
      if (text.includes('refuse')) {
        throw new ProviderError('rejected', 'Acme does not like it.')
      }
      acmeAnswers.push({ text, threads, isPrivate })
      if (text.includes('lose')) {
        throw new ProviderError('retry-later', 'Acme did not answer.', { isUncertain: true })
      }
      if (text.includes('later') && !postponed.has(text)) {
        postponed.add(text)
        acmeAnswers.length = 0
        throw new ProviderError('retry-later', 'Acme is busy.')
      }
      return Promise.resolve()
    },
  },
  simulator: { test: () => ({ webhook: '', headers: {}, body: '' }), history: () => [] },
})

export const acmeMail = integration as Integration<unknown>
