#!/usr/bin/env node
import { ensureBuilt, ensureInstalled, handOver } from './bootstrap.mjs'

const args = process.argv.slice(2)
const asksForHelp = args.includes('--help') || args.includes('-h')
ensureInstalled()
if ((args[0] === 'serve' || args[0] === 'demo') && !asksForHelp) {
  ensureBuilt()
}
handOver('cli/main.ts', args)
