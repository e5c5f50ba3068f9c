import { mkdir, readFile, writeFile } from 'node:fs/promises'

/** A ratio or size with its goal. */
interface Figure {
  name: string
  value: number
  unit: string
  goal: string
  met: boolean
}

/** Collects what a run measured: figures with goals, and notes that say how they came about. */
export class Figures {
  readonly #figures: Figure[] = []
  readonly #notes: Record<string, number> = {}

  report(name: string, value: number, unit: string, goal: string, met: boolean): void {
    this.#figures.push({ name, value, unit, goal, met })
    process.stdout.write(`${met ? 'met   ' : 'MISSED'} ${name}: ${value.toFixed(2)} ${unit} (goal: ${goal})\n`)
  }

  note(name: string, value: number): void {
    this.#notes[name] = value
    process.stdout.write(`       ${name}: ${value.toPrecision(4)}\n`)
  }

  async write(): Promise<void> {
    const path = new URL('results/', import.meta.url)
    await mkdir(path, { recursive: true })
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    const document = { version, node: process.version, figures: this.#figures, notes: this.#notes }
    await writeFile(new URL('latest.json', path), `${JSON.stringify(document, null, 2)}\n`)
  }
}

/** The middle of several rounds: one round that something else disturbed does not count. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[sorted.length / 2 - 1] ?? Number.NaN)) / 2
}
