import { parentPort } from 'node:worker_threads'

import type { ParsedMail } from './parsed-mail.ts'
import { readRaw } from './read-raw.ts'

/** What the worker answers: the mail, or why it could not be parsed. */
export type ParseAnswer = { mail: ParsedMail } | { problem: string }

// A thread of its own: a mail that takes too long or too much is stopped with it, and nothing else.
parentPort?.on('message', (raw: Uint8Array) => {
  void readRaw(raw).then(
    (mail) => answer({ mail }),
    (error: unknown) => answer({ problem: String(error) }),
  )
})

function answer(message: ParseAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message)
}
