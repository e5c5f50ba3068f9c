import { parentPort } from 'node:worker_threads'

import type { ParsedMail } from './parsed-mail.ts'
import { readRaw } from './read-raw.ts'
import { safeHtml } from './safe-html.ts'
import type { SafeHtml, SafeHtmlOptions } from './safe-html.ts'

/** What the worker is asked for: what a mail says, or HTML that can be shown. */
export type MailWork = { raw: Uint8Array } | { html: string; options: SafeHtmlOptions }

/** What it answers, or why it could not. */
export type MailWorkDone = { mail: ParsedMail } | { safe: SafeHtml } | { problem: string }

// A thread of its own: a mail that takes too long or too much is stopped with it, and nothing else.
parentPort?.on('message', (work: MailWork) => {
  void done(work).then(answer, (error: unknown) => answer({ problem: String(error) }))
})

async function done(work: MailWork): Promise<MailWorkDone> {
  return 'raw' in work ? { mail: await readRaw(work.raw) } : { safe: safeHtml(work.html, work.options) }
}

function answer(message: MailWorkDone): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message)
}
