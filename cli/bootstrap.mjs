// Plain JavaScript for whatever Node (20 or newer) is at hand: installs what is missing, builds the page when its
// sources changed, and hands over to the pinned Node that runs the TypeScript.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const installedMark = join(modules, '.installed-lock')
const builtMark = join(root, 'web', 'dist', '.built-from')

/** Installs the packages of the lock file unless they are there. */
export function ensureInstalled() {
  const wanted = hashOf([join(root, 'package-lock.json')])
  if (existsSync(installedMark) && readFileSync(installedMark, 'utf8') === wanted) {
    return
  }
  say('Installing what Tellback needs (once; a minute or two)…')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const result = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: cleanEnvironment(),
  })
  if (result.status !== 0) {
    fail('The packages could not be installed; npm says why above. Is the package registry reachable?')
  }
  writeFileSync(installedMark, wanted)
}

// Below `npm start`, npm hands its own settings down; an inner npm would take some of them for its own.
function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(config_(local_prefix|global_prefix|prefix)|lifecycle|package|command)/.test(name),
    ),
  )
}

/** The pinned Node; the one running this where it is new enough and no pinned one exists for the platform. */
export function pinnedNode() {
  const local = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  if (existsSync(local)) {
    return local
  }
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 24 || (major === 24 && minor >= 12)) {
    return process.execPath
  }
  return fail(
    `There is no packaged Node for ${process.platform}-${process.arch}. Install Node 24.12 or newer and try again.`,
  )
}

/** Builds the page unless the last build was made from the same sources. */
export function ensureBuilt() {
  const sources = [
    ...filesBelow(join(root, 'web')).filter((file) => !file.startsWith(join(root, 'web', 'dist'))),
    ...filesBelow(join(root, 'src')).filter((file) => file.endsWith('schema.ts') || file.endsWith('domain.ts')),
    join(root, 'package-lock.json'),
  ]
  const wanted = hashOf(sources)
  if (existsSync(builtMark) && readFileSync(builtMark, 'utf8') === wanted) {
    return
  }
  say('Building the page…')
  const vite = join(modules, 'vite', 'bin', 'vite.js')
  const result = spawnSync(pinnedNode(), [vite, 'build', '--logLevel', 'error', join(root, 'web')], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (result.status !== 0) {
    fail('The page could not be built; the message above says why.')
  }
  writeFileSync(builtMark, wanted)
}

/** Runs a TypeScript file with the pinned Node; this process then lives as long as that one and passes signals on. */
export function handOver(file, args) {
  const child = spawn(pinnedNode(), [join(root, file), ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal))
  }
  // npm starts scripts through a shell, and that shell dies of a SIGTERM without passing it on.
  if (process.env.npm_lifecycle_event !== undefined) {
    const shell = process.ppid
    setInterval(() => process.ppid !== shell && child.kill('SIGTERM'), 250).unref()
  }
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)))
}

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of [...files].sort((a, b) => (a < b ? -1 : 1))) {
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? (entry.name === 'node_modules' ? [] : filesBelow(path)) : [path]
  })
}

function say(text) {
  process.stderr.write(`${text}\n`)
}

function fail(text) {
  say(text)
  process.exit(1)
}
