import type { CsvTable } from '../../ui/csv.ts'
import { runSearch } from '../searches/run-search.ts'
import type { SearchQuery } from '../searches/run-search.ts'
import type { Column, NameOf, Row } from './columns.ts'

const pageSize = 500

/** Everything that a search finds, in these columns, read page by page. */
export function foundTable(query: SearchQuery, columns: Column[], nameOf: NameOf): CsvTable {
  return { heads: ['Id', ...columns.map((column) => column.label)], rows: foundRows(query, columns, nameOf) }
}

async function* foundRows(query: SearchQuery, columns: Column[], nameOf: NameOf): AsyncGenerator<string[], void> {
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<typeof runSearch<Row>>> = await runSearch<Row>(query, { after, pageSize })
    const nameHere: NameOf = (id) => page.customers.get(id)?.attributes.displayName ?? nameOf(id)
    for (const row of page.items) {
      yield [row.id, ...columns.map((column) => column.value(row, nameHere))]
    }
    after = page.next
  } while (after !== null)
}
