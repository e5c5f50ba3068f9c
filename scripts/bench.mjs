import { ensureBuilt, ensureInstalled, handOver } from '../cli/bootstrap.mjs'

ensureInstalled()
ensureBuilt()
handOver('bench/main.ts', process.argv.slice(2))
