/** The job that takes accepted deliveries further; its payload is `{ orgId, ids }`. */
export const runTaskName = 'deliveries.run'
