/** A table to be written: its heads, and its rows as they come. */
export interface CsvTable {
  heads: string[]
  rows: AsyncIterable<string[]> | Iterable<string[]>
}

const progressEvery = 100 // rows

/** A table as a CSV file that spreadsheets read. Rejects with `AbortError` when it is stopped. */
export async function writeCsv(
  { heads, rows }: CsvTable,
  signal: AbortSignal,
  onProgress: (rows: number) => void,
): Promise<Blob> {
  const parts = [`\u{FEFF}${lineOf(heads)}`]
  for await (const row of rows) {
    signal.throwIfAborted()
    parts.push(lineOf(row))
    if (parts.length % progressEvery === 0) {
      onProgress(parts.length - 1)
    }
  }
  return new Blob(parts, { type: 'text/csv;charset=utf-8' })
}

/** The rows of a table as the page shows them: words as they stand there, times exactly. The last column goes where it holds buttons alone. */
export function shownTable(table: HTMLTableElement): CsvTable {
  const heads = Array.from(table.tHead?.rows[0]?.cells ?? [], textOf)
  const isWritten = (_: unknown, index: number) => heads[index] !== ''
  return {
    heads: heads.filter(isWritten),
    rows: Array.from(table.tBodies[0]?.rows ?? [], (row) => Array.from(row.cells, textOf).filter(isWritten)),
  }
}

function textOf(cell: HTMLTableCellElement): string {
  const time = cell.querySelector('time')
  return time?.dateTime ?? cell.innerText.trim()
}

function lineOf(values: string[]): string {
  return `${values.map(field).join(',')}\r\n`
}

/** A value between quotes. What a spreadsheet would take for a formula becomes text. */
export function field(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+([.,]\d+)?$/.test(value) ? `'${value}` : value
  return `"${harmless.replaceAll('"', '""')}"`
}
