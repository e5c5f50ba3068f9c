/** How far a run goes before it is stopped: each is far above what a workflow that ends needs. */
export const runLimits = {
  steps: 1_000,
  /** Milliseconds of work, without the time in which it waits. */
  activeMs: 10 * 60_000,
  /** Characters of JSON of everything that its steps gave. */
  data: 5_000_000,
  /** Characters of JSON of what one step gives. */
  output: 1_000_000,
  /** Days from its beginning to its end, waiting included. */
  days: 365,
} as const

/** How often a workflow may stand in the chain of causes that leads to a run of it. */
export const mostRepeats = 3
/** Runs of one workflow about one object in a minute: what goes round by way of a job or of another desk is seen by its pace. */
export const mostRunsOfObject = 30
/** Calls of workflows by workflows in a row; those may wait in between, so a chain of pages is no loop. */
export const mostCalls = 1_000

/** A limit that ends a run, whatever its error cases say. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached'
}
