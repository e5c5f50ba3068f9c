// Everything that must hold, in the order of how fast it says no. Plain JavaScript: it starts on whatever Node is there.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { ensureBuilt, ensureInstalled, pinnedNode, root } from '../cli/bootstrap.mjs'
import { ensurePrograms } from './debian.mjs'
import { ensureCorpora } from './mail-corpora.mjs'

ensureInstalled()
const node = pinnedNode()
const tool = (path, ...args) => [node, [join(root, 'node_modules', path), ...args]]
const report = join(tmpdir(), `tellback-test-report-${process.pid}.json`)

const steps = [
  ['format', ...tool('oxfmt/bin/oxfmt', '--check', '.')],
  ['lint', ...tool('oxlint/bin/oxlint', '--type-aware')],
  ['types of the server', ...tool('typescript/bin/tsc', '--noEmit', '-p', '.')],
  ['types of the page', ...tool('typescript/bin/tsc', '--noEmit', '-p', 'web')],
  ['dead code', ...tool('knip/bin/knip.js')],
  ['API description', ...tool('@redocly/cli/bin/cli.js', 'lint', 'docs/openapi.json')],
]

let passed = 0
let failed = 0
for (const [name, command, args] of steps) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  })
  if (result.status === 0) {
    passed += 1
    say(`ok    ${name}`)
  } else {
    failed += 1
    say(`FAIL  ${name}\n${result.stdout}${result.stderr}`)
  }
}

ensureBuilt()
const { missing, chromium } = ensurePrograms()
failed += missing + ensureCorpora()
const vitest = spawnSync(
  node,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHROMIUM: chromium ?? '' },
  },
)
if (existsSync(report)) {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
  passed += numPassedTests
  failed += numFailedTests
}
if (vitest.status !== 0 && failed === 0) {
  failed += 1 // a file that did not even load
}
say(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

function say(text) {
  process.stdout.write(`${text}\n`)
}
