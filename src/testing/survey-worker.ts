/**
 * A worker that decides about closes and asks customers, as a process of its own that a test may kill. Its clock is the test's: it is told
 * what time it is, does what is due then, and says when there is nothing left.
 */
import { createCatalog, describeApp } from '../core/apps/catalog.ts'
import { surveyAsker } from '../core/surveys/ask.ts'
import { closeDecider } from '../core/surveys/decide.ts'
import { createVault } from '../platform/crypto.ts'
import { openDatabase } from '../platform/db/database.ts'
import { createOutbound } from '../platform/http/outbound.ts'
import { createLog } from '../platform/log.ts'
import { acmeSurveys } from './acme-surveys.ts'

const [connectionString = '', secretKey = '', orgId = '', provider = ''] = process.argv.slice(2)
let now = new Date()
const database = openDatabase(connectionString, { size: 4, onError: () => undefined })
const services = {
  database,
  log: createLog('error'),
  now: () => now,
  asksByWorkflow: () => Promise.resolve(new Map()),
  providers: {
    catalog: createCatalog([describeApp(acmeSurveys().integration, '', '')]),
    vault: createVault(Buffer.from(secretKey, 'hex')),
    publicUrl: () => 'http://localhost',
    mailDomain: () => 'localhost',
    resume: () => Promise.resolve(),
    ready: () => Promise.resolve(),
    outbound: createOutbound(['127.0.0.0/8']),
    addressOf: () => provider,
  },
}
const steps = [closeDecider(services), surveyAsker(services)]

process.on('message', (message: { now: string }) => {
  now = new Date(message.now)
  void (async () => {
    for (const step of steps) {
      while ((await step(orgId)) > 0) {
        // there may be more
      }
    }
    process.send?.('idle')
  })()
})
process.send?.('ready')
