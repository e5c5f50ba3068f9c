import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

const cache = fileURLToPath(new URL('../../node_modules/.cache/mail-corpora', import.meta.url))
const places = [
  // What Python's own e-mail library is tested with, from Debian's package of its tests; `scripts/debian.mjs` installs it.
  '/usr/lib/python3.*/test/test_email/data/msg_*.txt',
  // What some releases of mail libraries were published with; `scripts/mail-corpora.mjs` fetches them.
  `${cache}/**/*.eml`,
]

/** Mails that others collected, most of them since something choked on them. None is part of this project. */
export function oddMails(): { name: string; raw: Buffer }[] {
  return globSync(places)
    .toSorted()
    .map((path) => ({ name: basename(path), raw: readFileSync(path) }))
}
