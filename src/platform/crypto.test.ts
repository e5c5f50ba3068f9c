import { randomBytes } from 'node:crypto'

import { expect, test } from 'vitest'

import { createVault } from './crypto.ts'

test('a sealed secret opens with its key and for its place only, and shows nothing', () => {
  const key = randomBytes(32)
  const vault = createVault(key)
  const sealed = vault.seal('top secret', 'installation/1')
  expect(vault.open(sealed, 'installation/1')).toBe('top secret')
  expect(sealed.toString('latin1')).not.toContain('top secret')
  expect(vault.seal('top secret', 'installation/1').equals(sealed)).toBe(false)
  expect(() => vault.open(sealed, 'installation/2')).toThrow(/authenticate/)
  expect(() => createVault(randomBytes(32)).open(sealed, 'installation/1')).toThrow(/authenticate/)
  sealed.writeUInt8(sealed.readUInt8(sealed.length - 1) ^ 1, sealed.length - 1)
  expect(() => vault.open(sealed, 'installation/1')).toThrow(/authenticate/)
})
