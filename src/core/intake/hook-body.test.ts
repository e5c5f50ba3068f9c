import { expect, test } from 'vitest'

import { readHookBody } from './hook-body.ts'

const read = (type: string | null, body: string) => readHookBody(type, Buffer.from(body))

test('JSON is read whether its type says so or nothing is said', async () => {
  expect(await read(null, '{"a":[1,null]}')).toEqual({ a: [1, null] })
  expect(await read('application/vnd.acme+json; charset=utf-8', '{"a":1}')).toEqual({ a: 1 })
})

test('a form is read; a name that comes twice is a list', async () => {
  expect(await read('application/x-www-form-urlencoded', 'a=1&b=x%20y&b=z&c=')).toEqual({
    a: '1',
    b: ['x y', 'z'],
    c: '',
  })
})

test('a form with a file tells the file by name, type and size', async () => {
  const lines = ['--cut', 'Content-Disposition: form-data; name="comment"', '', 'Grüße', '--cut']
  const file = [
    'Content-Disposition: form-data; name="photo"; filename="a.png"',
    'Content-Type: image/png',
    '',
    'PNG',
    '--cut--',
    '',
  ]
  expect(await read('multipart/form-data; boundary=cut', [...lines, ...file].join('\r\n'))).toEqual({
    comment: 'Grüße',
    photo: { name: 'a.png', contentType: 'image/png', contentLength: 3 },
  })
})

test('XML is read with attributes and its five entities', async () => {
  expect(
    await read('text/xml', '<?xml version="1.0"?><review id="3"><body>a &amp; b &lt;</body><n>007</n></review>'),
  ).toEqual({
    review: { '@id': '3', body: 'a & b <', n: '007' },
  })
})

test.each([
  ['multipart/form-data; boundary=cut', 'nothing of the kind', /form cannot be read/],
  ['multipart/form-data', '--cut', /form cannot be read/],
  ['application/xml', '<a><b></a>', /not XML: line 1/],
  ['application/xml', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', /DOCTYPE/],
  ['application/xml', '<a>'.repeat(50_000) + '</a>'.repeat(50_000), /nested/],
  ['application/json', '{', /not JSON/],
  ['image/png', 'x', /image\/png cannot be read/],
])('%s that is something else is refused with the reason', async (type, body, reason) => {
  await expect(read(type, body)).rejects.toThrow(reason)
})
