import { createRandom, mailboxOf, simulatedMail } from '#sdk'
import type { SimulatedMail, SimulatedRequest, Simulator } from '#sdk'

import type { Settings } from './schema.ts'

const hourMs = 60 * 60_000
const daysBack = 20

type Talk = readonly [subject: string, first: string, second: string]

const talks: readonly [Talk, ...Talk[]] = [
  [
    'Return of a sleeping bag',
    'Hello, I want to send the sleeping bag back. How does that work?',
    'It is the blue one, by the way.',
  ],
  ['Invoice', 'Please send me the invoice for my last order.', 'I need it for my taxes, it is rather urgent.'],
  [
    'Delivery address',
    'I have moved. Can the parcel go to my new address?',
    'Never mind, it is here already. Thank you!',
  ],
] as const

function request(mail: SimulatedMail): SimulatedRequest {
  return { webhook: 'inbox', headers: {}, body: simulatedMail(mail) }
}

/** Customers who write, and write again about the same thing; some with HTML, some with a file. */
export const simulator: Simulator<Settings> = {
  settings: { address: 'support@tents.example' },
  test: (_settings, now) =>
    request({
      from: mailboxOf('Tellback test', 'test@example.com'),
      subject: 'A test of the address',
      at: now,
      messageId: `test.${now.getTime()}@example.com`,
      text: 'If this is a conversation now, the address works.',
    }),
  history: (_settings, { seed, people, until, perPerson }) => {
    const random = createRandom(seed + 11)
    return people
      .flatMap(({ name = '', email = 'somebody@example.com' }, person) =>
        Array.from({ length: perPerson }, (_, index) => {
          const [subject, first, second] = random.pick(talks)
          const at = new Date(until.getTime() - random.between(2, daysBack * 24) * hourMs)
          const messageId = `mail.${seed}.${person}.${index}@example.com`
          const from = mailboxOf(name, email)
          const opening: SimulatedMail = {
            from,
            subject,
            at,
            messageId,
            text: first,
            ...(random.next() < 0.3 ? { html: `<p>${first}</p>` } : {}),
            ...(random.next() < 0.2
              ? { files: [{ name: 'label.txt', type: 'text/plain', content: Buffer.from('A label') }] }
              : {}),
          }
          const answer: SimulatedMail = {
            from,
            subject: `Re: ${subject}`,
            at: new Date(at.getTime() + hourMs),
            messageId: `answer.${messageId}`,
            inReplyTo: messageId,
            text: second,
          }
          return random.next() < 0.5 ? [opening, answer] : [opening]
        }).flat(),
      )
      .toSorted((a, b) => a.at.getTime() - b.at.getTime())
      .map((mail) => request(mail))
  },
}
