import { Worker } from 'node:worker_threads'

import { tooComplex } from './mail-limits.ts'
import type { MailWork, MailWorkDone } from './parse-worker.ts'
import type { ParsedMail } from './parsed-mail.ts'
import type { SafeHtml, SafeHtmlOptions } from './safe-html.ts'

/** A mail that is not parsed: broken, or made to be more than a parser should read. It stays as it came. */
export class UnreadableMail extends Error {
  override readonly name = 'UnreadableMail'
}

/** Reads mails, one at a time, in a thread that has so much time and memory and no more. */
export interface MailParser extends AsyncDisposable {
  /** Rejects with `UnreadableMail` that says why. */
  parse: (raw: Buffer) => Promise<ParsedMail>
  /** Makes a mail's HTML safe to show. Rejects with `UnreadableMail` as well. */
  safeHtml: (html: string, options: SafeHtmlOptions) => Promise<SafeHtml>
}

const longestMs = 10_000
const mostMegabytes = 256

export function createMailParser(limits: { ms: number } = { ms: longestMs }): MailParser {
  let worker: Worker | undefined
  let last: Promise<unknown> = Promise.resolve()

  async function run(work: MailWork): Promise<MailWorkDone> {
    worker ??= new Worker(new URL('./parse-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes, maxYoungGenerationSizeMb: 32 },
    })
    const current = worker
    return answerOf(current, work, limits.ms).catch(async (error: unknown) => {
      worker = undefined
      await current.terminate()
      throw error
    })
  }

  async function inTurn(work: () => MailWork): Promise<MailWorkDone> {
    const mine = last.then(() => run(work()))
    last = mine.catch(() => undefined)
    const answer = await mine
    if ('problem' in answer) {
      throw new UnreadableMail(`It cannot be parsed: ${answer.problem}`)
    }
    return answer
  }

  return {
    parse: async (raw) => {
      const reason = tooComplex(raw)
      if (reason !== undefined) {
        throw new UnreadableMail(`It is not parsed. ${reason}`)
      }
      const answer = await inTurn(() => ({ raw: new Uint8Array(raw) })) // a copy: it is handed over, and the caller keeps its own
      return (answer as Extract<MailWorkDone, { mail: unknown }>).mail
    },
    safeHtml: async (html, options) => {
      const answer = await inTurn(() => ({ html, options }))
      return (answer as Extract<MailWorkDone, { safe: unknown }>).safe
    },
    [Symbol.asyncDispose]: async () => {
      await last
      await worker?.terminate()
    },
  }
}

function answerOf(worker: Worker, work: MailWork, ms: number): Promise<MailWorkDone> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      finish()
      reject(new UnreadableMail(`It is not parsed: that took longer than ${ms / 1000} seconds.`))
    }, ms)
    function finish(): void {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
    }
    function onMessage(answer: MailWorkDone): void {
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
    worker.postMessage(work, 'raw' in work ? [work.raw.buffer as ArrayBuffer] : [])
  })
}
