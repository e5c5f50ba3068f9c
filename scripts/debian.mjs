import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'

/** Programs that the tests run against, and the packages of Debian's that they are in. */
const programs = {
  chromium: {
    package: 'chromium',
    places: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  },
  dovecot: { package: 'dovecot-imapd', places: ['/usr/sbin/dovecot'] },
  swaks: { package: 'swaks', places: ['/usr/bin/swaks'] },
  swaksWithTls: { package: 'libnet-ssleay-perl', isThere: () => /^=== TLS supported/m.test(supportOfSwaks()) },
  // Nobody's program, but odd mails of 25 years in it, under Python's licence.
  mails: { package: '^libpython3[.][0-9]+-testsuite$', places: mailFolders() },
}

function mailFolders() {
  const versions = existsSync('/usr/lib')
    ? readdirSync('/usr/lib').filter((name) => /^python3\.\d+$/.test(name))
    : ['python3']
  return versions.map((name) => `/usr/lib/${name}/test/test_email/data`)
}

function supportOfSwaks() {
  const swaks = find(programs.swaks)
  return swaks === undefined ? '' : spawnSync(swaks, ['--support'], { encoding: 'utf8' }).stdout
}

/** Where each program is: the one that is there, or Debian's, installed where that is allowed. Says which are missing. */
export function ensurePrograms() {
  const missing = Object.values(programs).filter((program) => !isThere(program))
  if (missing.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const packages = missing.map((program) => program.package)
    process.stdout.write(`Installing for the tests: ${packages.join(', ')}…\n`)
    for (const args of [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', ...packages],
    ]) {
      spawnSync('apt-get', args, {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      })
    }
  }
  const still = Object.values(programs).filter((program) => !isThere(program))
  if (still.length > 0) {
    const names = still.map((program) => program.package).join(' ')
    process.stdout.write(`FAIL  programs for the tests: sudo apt-get install ${names}\n`)
  }
  return { missing: still.length, chromium: find(programs.chromium) }
}

function isThere(program) {
  return program.isThere?.() ?? find(program) !== undefined
}

function find({ places }) {
  return places.find((path) => existsSync(path))
}
