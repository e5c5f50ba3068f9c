const firstDelayMs = 10_000
const factor = 3
const longestDelayMs = 6 * 60 * 60 * 1000
const spread = 0.2

/** After this many attempts, about two days, a person has to look. */
export const mostAttempts = 14

/** When to try again after `attempts` failures: 10 s, 30 s, 90 s … up to 6 h, spread so that many do not come at once. */
export function nextAttempt(attempts: number, now: Date, random: () => number = Math.random): Date {
  const delay = Math.min(longestDelayMs, firstDelayMs * factor ** (attempts - 1))
  return new Date(now.getTime() + delay * (1 + spread * (random() - 0.5)))
}
