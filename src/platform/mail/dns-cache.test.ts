import { expect, test } from 'vitest'

import { createDnsCache } from './dns-cache.ts'

test('a name is asked for once a minute, whatever the answer; another type is another question', async () => {
  let time = 0
  const asked: string[] = []
  const cache = createDnsCache(
    (name, type) => {
      asked.push(`${type} ${name}`)
      return name === 'none.example' ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve([[name]])
    },
    () => time,
  )
  expect(await cache('shop.example', 'TXT')).toEqual([['shop.example']])
  expect(await cache('Shop.example', 'TXT')).toEqual([['shop.example']])
  await cache('shop.example', 'A')
  await expect(cache('none.example', 'TXT')).rejects.toThrow('ENOTFOUND')
  await expect(cache('none.example', 'TXT')).rejects.toThrow('ENOTFOUND')
  expect(asked).toEqual(['TXT shop.example', 'A shop.example', 'TXT none.example'])
  time = 60_000
  await cache('shop.example', 'TXT')
  expect(asked).toHaveLength(4)
})
