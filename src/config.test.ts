import { expect, test } from 'vitest'

import { readConfig } from './config.ts'

test('without settings there are sensible ones', () => {
  expect(readConfig({})).toMatchObject({
    port: 8080,
    databaseUrl: undefined,
    publicUrl: undefined,
    secretKey: undefined,
  })
})

test('everything that is wrong is said at once', () => {
  const wrong = {
    PORT: '99999',
    DATABASE_URL: 'mysql://x',
    TELLBACK_PUBLIC_URL: 'desk',
    TELLBACK_SECRET_KEY: 'short',
    TELLBACK_LOG_LEVEL: 'loud',
  }
  let message = ''
  try {
    readConfig(wrong)
  } catch (error) {
    message = (error as Error).message
  }
  for (const name of Object.keys(wrong)) {
    expect(message).toContain(name)
  }
})

test('a storage for files is named in full or not at all', () => {
  const s3 = {
    TELLBACK_S3_ENDPOINT: 'https://s3.example.com/',
    TELLBACK_S3_BUCKET: 'attachments',
    TELLBACK_S3_ACCESS_KEY_ID: 'id',
    TELLBACK_S3_SECRET_ACCESS_KEY: 'secret',
  }
  expect(readConfig({}).s3).toBeUndefined()
  expect(readConfig(s3).s3).toEqual({
    endpoint: 'https://s3.example.com',
    bucket: 'attachments',
    region: 'us-east-1',
    accessKeyId: 'id',
    secretAccessKey: 'secret',
  })
  expect(() => readConfig({ ...s3, TELLBACK_S3_BUCKET: '' })).toThrow('TELLBACK_S3_BUCKET is needed')
})

test('what signs mails is named in full or not at all, and domains are domains', () => {
  const dkim = {
    TELLBACK_DKIM_DOMAIN: 'Shop.example',
    TELLBACK_DKIM_SELECTOR: 'desk',
    TELLBACK_DKIM_KEY: '/keys/dkim.pem',
  }
  expect(readConfig({}).dkim).toBeUndefined()
  expect(readConfig(dkim).dkim).toEqual({ domain: 'shop.example', selector: 'desk', keyFile: '/keys/dkim.pem' })
  expect(() => readConfig({ ...dkim, TELLBACK_DKIM_KEY: '' })).toThrow('TELLBACK_DKIM_KEY is needed')
  for (const name of ['TELLBACK_BOUNCE_DOMAIN', 'TELLBACK_REPLY_DOMAIN', 'TELLBACK_MAIL_DOMAIN']) {
    expect(() => readConfig({ [name]: 'me@example.com' }), name).toThrow(
      `${name} must be a domain whose mail comes here`,
    )
  }
})

test('an empty setting counts as unset, and a public address loses its last slash', () => {
  expect(readConfig({ PORT: '', TELLBACK_PUBLIC_URL: 'https://desk.example.com/' })).toMatchObject({
    port: 8080,
    publicUrl: 'https://desk.example.com',
  })
})
