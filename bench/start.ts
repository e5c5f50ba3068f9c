import { setTimeout as sleep } from 'node:timers/promises'

import { memoryOf, postgresPid, startDeskProcess } from './desk.ts'
import type { Figures } from './figures.ts'
import type { Target } from './target.ts'

/** From the process to a good /readyz, and what an idle desk holds. */
export async function measureStart(target: Target, figures: Figures): Promise<void> {
  await using desk = await startDeskProcess(target.dataFolder, target.port, 'both')
  figures.report('start to serving', desk.startedInMs / 1000, 's', 'at most 5', desk.startedInMs <= 5_000)
  await sleep(15_000)
  const memory = await memoryOf([desk.pid, await postgresPid(target.dataFolder)])
  figures.report('idle memory of server and database together', memory, 'MB', 'under 256', memory < 256)
}
