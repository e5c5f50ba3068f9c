import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const libraries = '/usr/lib'

/** The mails that Python's own e-mail library is tested with, from Debian's package of its tests; `scripts/debian.mjs` installs it. */
export function oddMails(): { name: string; raw: Buffer }[] {
  const folders = readdirSync(libraries)
    .filter((name) => /^python3\.\d+$/.test(name))
    .map((name) => join(libraries, name, 'test/test_email/data'))
  const found = folders.flatMap((folder) => {
    try {
      return readdirSync(folder).map((name) => ({ folder, name }))
    } catch {
      return [] // this version comes without its tests
    }
  })
  return found
    .filter(({ name }) => /^msg_.*\.txt$/.test(name))
    .map(({ folder, name }) => ({ name, raw: readFileSync(join(folder, name)) }))
}
