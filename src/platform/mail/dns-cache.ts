import { resolve } from 'node:dns/promises'

export type DnsResolver = (name: string, type: string) => Promise<string[] | string[][]>

const keptMs = 60_000
const mostKept = 5_000

/** Answers of DNS for a minute, those that there is nothing too: one sender's mails come in numbers, and each asks for the same few names. */
export function createDnsCache(
  ask: DnsResolver = (name, type) => resolve(name, type) as Promise<string[] | string[][]>,
  now: () => number = () => performance.now(),
): DnsResolver {
  const known = new Map<string, { until: number; answer: ReturnType<DnsResolver> }>()
  return (name, type) => {
    const key = `${type} ${name.toLowerCase()}`
    const kept = known.get(key)
    if (kept !== undefined && kept.until > now()) {
      return kept.answer
    }
    if (known.size >= mostKept) {
      known.clear()
    }
    const answer = ask(name, type)
    answer.catch(() => undefined) // whoever asked hears of it
    known.set(key, { until: now() + keptMs, answer })
    return answer
  }
}
