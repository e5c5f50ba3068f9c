import type { Database } from '../../platform/db/database.ts'
import type { Task } from '../../platform/jobs/task.ts'
import type { AppServices } from '../apps/apps.ts'
import { noteCommandTaskName } from '../notes/notes.ts'
import { NoteCommand, runNoteCommand } from './commands.ts'

export function noteCommandTask({ database, apps }: { database: Database; apps: AppServices }): Task<NoteCommand> {
  return {
    name: noteCommandTaskName,
    payload: NoteCommand,
    run: (note) => database.forOrg(note.orgId).write((tx) => runNoteCommand(tx, apps, note)),
  }
}
