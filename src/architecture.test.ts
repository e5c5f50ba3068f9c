import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')

interface SourceFile {
  path: string
  text: string
  /** Paths of our own files that it imports, and bare package names. */
  imports: string[]
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      return ['node_modules', 'dist'].includes(entry.name) ? [] : filesBelow(path)
    }
    return /\.(ts|tsx|mjs)$/.test(entry.name) ? [path] : []
  })
}

function sources(folder: string): SourceFile[] {
  return filesBelow(folder).map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    const imports = [...text.matchAll(/^(?:import|export)\b[^'"]*?from '([^']+)'|^import '([^']+)'/gm)].map((match) => {
      const target = match[1] ?? match[2] ?? ''
      return target.startsWith('.') ? relative(root, resolve(root, dirname(path), target)) : target
    })
    return { path, text, imports }
  })
}

const isTest = ({ path }: SourceFile) => path.endsWith('.test.ts') || path.startsWith('src/testing/')
const src = sources('src')
const web = sources('web')
const integrations = sources('integrations')
const product = src.filter((file) => !isTest(file))
const nounOf = (path: string) => /^src\/core\/([^/]+)\//.exec(path)?.[1]

function offences(files: SourceFile[], isAllowed: (target: string, file: SourceFile) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports.filter((target) => !isAllowed(target, file)).map((target) => `${file.path} imports ${target}`),
  )
}

test('an integration imports only the SDK, zod and its own files', () => {
  const found = offences(integrations, (target, { path }) => {
    const folder = path.split('/').slice(0, 2).join('/')
    const ownTest = path.endsWith('.test.ts') && ['vitest', '#sdk/testing', '#sdk/testing-mail'].includes(target)
    return (
      target === '#sdk' || target === 'zod' || target.startsWith('node:') || target.startsWith(`${folder}/`) || ownTest
    )
  })
  expect(found).toEqual([])
})

test('the SDK imports nothing of ours', () => {
  const sdk = product.filter(({ path }) => path.startsWith('src/sdk/'))
  expect(
    offences(sdk, (target) => target === 'zod' || target.startsWith('src/sdk/') || target.startsWith('node:')),
  ).toEqual([])
})

test('the platform knows no noun', () => {
  const platform = product.filter(({ path }) => path.startsWith('src/platform/'))
  expect(offences(platform, (target) => !target.startsWith('src/') || target.startsWith('src/platform/'))).toEqual([])
})

test("a noun never imports another noun's store, and no route but through the composition root", () => {
  const core = product.filter(({ path }) => path.startsWith('src/core/'))
  const found = offences(core, (target, { path }) => {
    const foreign = nounOf(target) !== undefined && nounOf(target) !== nounOf(path)
    return !foreign || !/\/(store|routes|tasks)\.ts$/.test(target)
  })
  expect(found).toEqual([])
})

test('nobody imports the composition root but what starts it', () => {
  const starters = new Set(['src/testing/desk.ts', 'src/testing/acme-reviews.ts'])
  expect(
    offences(src, (target, { path }) => target !== 'src/main.ts' || starters.has(path) || path.endsWith('.test.ts')),
  ).toEqual([])
})

test('the page imports wire shapes and domain words, nothing else of the server', () => {
  expect(
    offences(
      web,
      (target) => !target.startsWith('src/') || /^src\/core\/[^/]+\/schema\.ts$|^src\/sdk\/domain\.ts$/.test(target),
    ),
  ).toEqual([])
})

test('the client knows the API’s own description and nothing else of the desk', () => {
  const client = sources('client').filter((file) => !isTest(file))
  expect(offences(client, (target) => target.startsWith('client/'))).toEqual([])
})

test('the page asks the desk by the client alone: the public API is the only one', () => {
  expect(web.filter(({ text }) => /\bfetch\(|XMLHttpRequest|axios/.test(text)).map(({ path }) => path)).toEqual([])
})

test('wire shapes stay free of the server', () => {
  const schemas = product.filter(({ path }) => /^src\/core\/[^/]+\/schema\.ts$/.test(path))
  expect(
    offences(
      schemas,
      (target) => target === 'zod' || target === 'src/sdk/domain.ts' || /^src\/core\/[^/]+\/schema\.ts$/.test(target),
    ),
  ).toEqual([])
})

test('no file of ours imports itself in a circle', () => {
  const graph = new Map(product.map((file) => [file.path, file.imports.filter((target) => target.startsWith('src/'))]))
  const circles: string[] = []
  const done = new Set<string>()
  function visit(path: string, trail: string[]): void {
    if (trail.includes(path)) {
      circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
      return
    }
    if (!done.has(path)) {
      graph.get(path)?.forEach((target) => visit(target, [...trail, path]))
      done.add(path)
    }
  }
  graph.forEach((_, path) => visit(path, []))
  expect(circles).toEqual([])
})

test('no provider is named outside its folder', () => {
  const ids = readdirSync(join(root, 'integrations'))
  const words = new RegExp(ids.map((id) => id.replaceAll('-', '[-_ ]?')).join('|'), 'i')
  const naming = [...src, ...web, ...sources('cli')].filter((file) => words.test(file.text))
  expect(naming.map((file) => file.path)).toEqual([])
})

test('only the configuration and the commands read the environment', () => {
  const readers = product.filter(({ text }) => /process\.env\b/.test(text)).map(({ path }) => path)
  expect(readers).toEqual(['src/platform/db/embedded.ts']) // hands PATH on to the database server
})

test('no file has a name that says nothing', () => {
  const empty = [...src, ...web, ...integrations].filter(({ path }) =>
    /(^|\/)(utils?|helpers?|misc|common|manager)\.tsx?$/i.test(path),
  )
  expect(empty.map((file) => file.path)).toEqual([])
})
