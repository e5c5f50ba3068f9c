import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser for the journeys: the one that is there, or Debian's, installed where that is allowed. */
export function ensureBrowser() {
  const found = findBrowser()
  if (found !== undefined) {
    return found
  }
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stdout.write('Installing Debian’s chromium for the browser tests…\n')
    for (const args of [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
    ]) {
      spawnSync('apt-get', args, {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      })
    }
  }
  const installed = findBrowser()
  if (installed === undefined) {
    process.stdout.write('FAIL  browser: install chromium for the browser tests: sudo apt-get install chromium\n')
  }
  return installed
}

function findBrowser() {
  return places.find((path) => existsSync(path))
}
