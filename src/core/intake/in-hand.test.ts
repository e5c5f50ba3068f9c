import { setImmediate as turn } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { newId } from '../../platform/ids.ts'
import { createInHand } from './in-hand.ts'

test('calls side by side share what waits, and what is given back is taken again', async () => {
  const waiting = Array.from({ length: 5 }, () => newId())
  const findOldest = async (count: number) => {
    await turn() // as a database answers: not before others have asked too
    return waiting.slice(0, count)
  }
  const inHand = createInHand()
  const [first, second, third] = await Promise.all([1, 2, 3].map(() => inHand.take(2, findOldest)))
  expect([first, second, third]).toEqual([waiting.slice(0, 2), waiting.slice(2, 4), waiting.slice(4)])
  expect(await inHand.take(2, findOldest)).toEqual([])
  inHand.giveBack(second ?? [])
  expect(await inHand.take(2, findOldest)).toEqual(waiting.slice(2, 4))
})

test('a look that fails holds nothing and does not hold up the next', async () => {
  const id = newId()
  const inHand = createInHand()
  const failing = inHand.take(2, () => Promise.reject(new Error('gone')))
  const next = inHand.take(2, () => Promise.resolve([id]))
  await expect(failing).rejects.toThrow('gone')
  expect(await next).toEqual([id])
})
