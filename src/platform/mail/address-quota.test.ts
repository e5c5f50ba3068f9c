import { expect, test } from 'vitest'

import { createAddressQuota } from './address-quota.ts'

test('each address has so many mails an hour, and all of them again in the next', () => {
  let now = 1_000
  const quota = createAddressQuota(2, () => now)
  quota.count('a')
  expect(quota.isOpen('a')).toBe(true)
  quota.count('a')
  expect([quota.isOpen('a'), quota.isOpen('b')]).toEqual([false, true])
  now += 60 * 60_000
  expect(quota.isOpen('a')).toBe(true)
})
