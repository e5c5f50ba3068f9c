import { orgRelation, userRelation } from '../../platform/http/envelope.ts'
import type { RunRow, StepRow } from './run-store.ts'
import { isCallable } from './schema.ts'
import type { RunAttributes, RunStepAttributes, WorkflowAttributes, WorkflowDocument } from './schema.ts'
import type { VariableRow } from './variables.ts'
import { isChanged } from './workflows.ts'
import type { VersionRow, WorkflowRow } from './workflows.ts'

/** A workflow as the API shows it: what is live, or while nothing is, its draft. `app`: which app brought it. */
export function showWorkflow(
  row: WorkflowRow,
  live: WorkflowDocument | undefined,
  runs: { done: number; failed: number; waiting: number; last: Date | null } | undefined,
  app: string | null,
) {
  const shown = live ?? row.draft
  const attributes: WorkflowAttributes = {
    ...shown,
    name: row.name,
    description: shown.description,
    enabled: row.enabled,
    trigger: shown.trigger,
    steps: shown.steps,
    response: shown.response ?? null,
    callable: isCallable(shown),
    version: row.version,
    draftRev: row.draft_rev,
    isChanged: isChanged(row, live),
    problems: row.problems,
    systemDisabled: row.system_disabled,
    disabledReason: row.disabled_reason,
    app,
    hasUpgrade: row.upgrade !== null,
    nextAt: row.next_at?.toISOString() ?? null,
    lastRunAt: runs?.last?.toISOString() ?? null,
    runs: { done: runs?.done ?? 0, failed: runs?.failed ?? 0, waiting: runs?.waiting ?? 0 },
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
  return {
    type: 'workflow',
    id: row.id,
    attributes,
    relationships: {
      ...orgRelation(row.org_id),
      ...userRelation('createdBy', row.created_by),
      ...userRelation('modifiedBy', row.modified_by),
    },
    links: { self: `/v1/workflows/${row.id}` },
  }
}

export function showVersion(row: VersionRow) {
  return {
    type: 'workflow_version',
    id: `${row.workflow_id}.${row.version}`,
    attributes: {
      version: row.version,
      document: row.document,
      note: row.note,
      publishedAt: row.published_at.toISOString(),
    },
    relationships: { ...orgRelation(row.org_id), ...userRelation('publishedBy', row.published_by) },
    links: { self: `/v1/workflows/${row.workflow_id}/versions` },
  }
}

export function showVariable(row: VariableRow) {
  return {
    type: 'workflow_variable',
    id: row.id,
    attributes: {
      name: row.name,
      type: row.type,
      value: row.value,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    },
    relationships: orgRelation(row.org_id),
    links: { self: `/v1/workflow-variables/${row.id}` },
  }
}

/** A run; with its steps where one run alone is shown. */
export function showRun(
  row: RunRow,
  { workflowName, customerName }: { workflowName: string; customerName: string | null },
  detail?: { steps: readonly StepRow[]; document: WorkflowDocument | undefined },
) {
  const attributes: RunAttributes = {
    workflow: row.workflow_id,
    workflowName,
    version: row.version,
    state: row.state,
    startedBy: row.started_by,
    event: row.event_name,
    objectType: row.object_type,
    objectId: row.object_id,
    customer: row.customer_id,
    customerName,
    nextStep: row.next_step,
    stepsTaken: row.steps_taken,
    dueAt: row.due_at?.toISOString() ?? null,
    error: row.error,
    chain: row.chain,
    ...(detail === undefined
      ? {}
      : { trigger: row.trigger, steps: detail.steps.map((it) => showStep(it, detail.document)) }),
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  }
  return {
    type: 'workflow_run',
    id: row.id,
    attributes,
    relationships: orgRelation(row.org_id),
    links: { self: `/v1/workflow-runs/${row.id}` },
  }
}

function showStep(row: StepRow, document: WorkflowDocument | undefined): RunStepAttributes {
  return {
    step: row.step_id,
    action: row.action,
    name: document?.steps.find((it) => it.id === row.step_id)?.meta?.displayName ?? null,
    status: row.status,
    input: row.input,
    output: row.output,
    error: row.error,
    next: row.next_step,
    attempts: row.attempts,
    milliseconds: row.ms,
    at: row.at.toISOString(),
  }
}
