/**
 * Prints how fast the desk is, as ratios measured in one run against a reference of the same run, and writes them as JSON.
 * `npm run bench -- intake timeline` measures some sections only.
 */
import { measureBackfill } from './backfill.ts'
import { newDataFolder } from './desk.ts'
import { Figures } from './figures.ts'
import { measureIntake } from './intake.ts'
import { measureMail } from './mail.ts'
import { measurePage } from './page.ts'
import { measurePlatform } from './platform.ts'
import { measureStart } from './start.ts'
import { measureSurveys } from './surveys.ts'
import { prepareTarget } from './target.ts'
import { measureTimeline } from './timeline.ts'
import { measureWebhooks } from './webhooks.ts'
import { measureWorkflows } from './workflows.ts'

const sections = {
  intake: measureIntake,
  webhooks: measureWebhooks,
  timeline: measureTimeline,
  start: measureStart,
  platform: measurePlatform,
  page: measurePage,
  backfill: measureBackfill,
  surveys: measureSurveys,
  mail: measureMail,
  workflows: measureWorkflows,
}
const port = 18_080

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !Object.hasOwn(sections, name))
if (unknown !== undefined) {
  process.stderr.write(`There is no section ${unknown}; there are ${Object.keys(sections).join(', ')}.\n`)
  process.exit(1)
}
const figures = new Figures()
await using folder = await newDataFolder()
const target = await prepareTarget(folder.path, port)
for (const [name, measure] of Object.entries(sections)) {
  if (asked.length === 0 || asked.includes(name)) {
    await measure(target, figures)
  }
}
await figures.write()
