import { runSearch } from '../searches/run-search.ts'
import type { SearchQuery } from '../searches/run-search.ts'
import type { Column, NameOf, Row } from './columns.ts'

const pageSize = 500

interface Export {
  query: SearchQuery
  columns: Column[]
  nameOf: NameOf
  signal: AbortSignal
  onProgress: (done: number) => void
}

/** Reads everything that a search finds, page by page, as a CSV file. Rejects with `AbortError` when it is stopped. */
export async function exportCsv({ query, columns, nameOf, signal, onProgress }: Export): Promise<Blob> {
  const parts = ['\u{FEFF}', `${['Id', ...columns.map((column) => column.label)].map(field).join(',')}\r\n`]
  let after: string | null = null
  let done = 0
  do {
    signal.throwIfAborted()
    const page: Awaited<ReturnType<typeof runSearch<Row>>> = await runSearch<Row>(query, { after, pageSize })
    const nameHere: NameOf = (id) => page.customers.get(id)?.attributes.displayName ?? nameOf(id)
    parts.push(
      page.items
        .map((row) => `${[row.id, ...columns.map((column) => column.value(row, nameHere))].map(field).join(',')}\r\n`)
        .join(''),
    )
    done += page.items.length
    onProgress(done)
    after = page.next
  } while (after !== null)
  return new Blob(parts, { type: 'text/csv;charset=utf-8' })
}

/** A value between quotes. What a spreadsheet would take for a formula becomes text. */
export function field(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+([.,]\d+)?$/.test(value) ? `'${value}` : value
  return `"${harmless.replaceAll('"', '""')}"`
}
