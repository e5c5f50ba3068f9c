import type pg from 'pg'

/** Asks over one connection. */
export type Ask = <Row extends pg.QueryResultRow>(query: string, values?: unknown[]) => Promise<pg.QueryResult<Row>>

/** What belongs to a session (locks, subscriptions) needs one connection, and a connection answers one question at a time. */
export function oneAtATime(client: pg.Client): Ask {
  let last: Promise<unknown> = Promise.resolve()
  return <Row extends pg.QueryResultRow>(query: string, values?: unknown[]) => {
    const answer = last.then(() => client.query<Row>(query, values))
    last = answer.catch(() => undefined)
    return answer
  }
}
