import { z } from 'zod'

import type { Task } from '../../platform/jobs/task.ts'
import { noteCommandTaskName } from '../notes/notes.ts'
import { NoteCommand, runNoteCommand } from './commands.ts'
import { publishReply } from './publish.ts'
import type { PublishServices } from './publish.ts'
import { publishTaskName } from './replies.ts'

const Payload = z.object({ orgId: z.string(), feedbackId: z.string() })

export function publishTask(services: PublishServices): Task<z.infer<typeof Payload>> {
  return {
    name: publishTaskName,
    payload: Payload,
    run: ({ orgId, feedbackId }) => publishReply(services, orgId, feedbackId),
  }
}

export function noteCommandTask({ database, providers }: PublishServices): Task<NoteCommand> {
  return {
    name: noteCommandTaskName,
    payload: NoteCommand,
    run: (note) => database.forOrg(note.orgId).write((tx) => runNoteCommand(tx, providers, note)),
  }
}
