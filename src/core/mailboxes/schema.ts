import { z } from 'zod'

const text = (longest: number) => z.string().trim().min(1, 'must not be empty').max(longest)

export const MailboxInput = z.strictObject({
  host: text(255).describe('Of the IMAP server, such as imap.example.com.'),
  port: z.number().int().min(1, 'must be 1 to 65535').max(65_535, 'must be 1 to 65535').default(993),
  security: z.enum(['tls', 'starttls', 'none']).default('tls'),
  username: text(320),
  password: z.string().min(1).max(1024).optional().describe('Kept encrypted; left out, it stays what it is.'),
  folder: text(255).default('INBOX'),
})
export type MailboxInput = z.infer<typeof MailboxInput>

export const MailboxAttributes = z.object({
  host: z.string(),
  port: z.number(),
  security: z.enum(['tls', 'starttls', 'none']),
  username: z.string(),
  folder: z.string(),
  taken: z.number().describe('How many mails were fetched.'),
  reason: z.string().nullable().describe('Why the last look did not work; null when it did.'),
  polledAt: z.string().nullable(),
  nextAt: z.string(),
})
