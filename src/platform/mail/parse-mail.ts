import { Worker } from 'node:worker_threads'

import { tooComplex } from './mail-limits.ts'
import type { ParseAnswer } from './parse-worker.ts'
import type { ParsedMail } from './parsed-mail.ts'

/** A mail that is not parsed: broken, or made to be more than a parser should read. It stays as it came. */
export class UnreadableMail extends Error {
  override readonly name = 'UnreadableMail'
}

/** Reads mails, one at a time, in a thread that has so much time and memory and no more. */
export interface MailParser extends AsyncDisposable {
  /** Rejects with `UnreadableMail` that says why. */
  parse: (raw: Buffer) => Promise<ParsedMail>
}

const longestMs = 10_000
const mostMegabytes = 256

export function createMailParser(limits: { ms: number } = { ms: longestMs }): MailParser {
  let worker: Worker | undefined
  let last: Promise<unknown> = Promise.resolve()

  async function run(raw: Buffer): Promise<ParsedMail> {
    worker ??= new Worker(new URL('./parse-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes, maxYoungGenerationSizeMb: 32 },
    })
    const current = worker
    const answer = await answerOf(current, raw, limits.ms).catch(async (error: unknown) => {
      worker = undefined
      await current.terminate()
      throw error
    })
    if ('problem' in answer) {
      throw new UnreadableMail(`It cannot be parsed: ${answer.problem}`)
    }
    return answer.mail
  }

  return {
    parse: async (raw) => {
      const reason = tooComplex(raw)
      if (reason !== undefined) {
        throw new UnreadableMail(`It is not parsed. ${reason}`)
      }
      const mine = last.then(() => run(raw))
      last = mine.catch(() => undefined)
      return mine
    },
    [Symbol.asyncDispose]: async () => {
      await last
      await worker?.terminate()
    },
  }
}

function answerOf(worker: Worker, raw: Buffer, ms: number): Promise<ParseAnswer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      finish()
      reject(new UnreadableMail(`It is not parsed: that took longer than ${ms / 1000} seconds.`))
    }, ms)
    function finish(): void {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
    }
    function onMessage(answer: ParseAnswer): void {
      finish()
      resolve(answer)
    }
    function onError(error: Error): void {
      finish()
      reject(new UnreadableMail(`It is not parsed: ${error.message}`))
    }
    function onExit(): void {
      onError(new Error('it needs too much memory'))
    }
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    const copy = new Uint8Array(raw) // it is handed over, and the caller keeps its own
    worker.postMessage(copy, [copy.buffer])
  })
}
