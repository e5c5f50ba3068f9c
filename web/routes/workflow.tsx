import { Box, Paper, Stack, Tabs } from '@mantine/core'
import { useDocumentTitle, useHotkeys, useMediaQuery } from '@mantine/hooks'
import { IconHistory, IconList, IconPlayerPlay, IconRoute } from '@tabler/icons-react'
import { useCallback, useEffect, useState } from 'react'
import { useNavigate, useParams } from 'react-router'

import { triggerStep } from '../../src/core/workflows/schema.ts'
import { api } from '../api.ts'
import { ConfirmDialog } from '../features/settings/confirm-dialog.tsx'
import { AddStepDialog } from '../features/workflows/add-step.tsx'
import { Canvas } from '../features/workflows/canvas.tsx'
import { addStep, removeStep } from '../features/workflows/document.ts'
import type { Place } from '../features/workflows/document.ts'
import { DryRunDrawer } from '../features/workflows/dry-run.tsx'
import { DraftAlerts, EditorHead, EditorState } from '../features/workflows/editor-head.tsx'
import { cardOf, focusSoon } from '../features/workflows/focus-soon.ts'
import { History } from '../features/workflows/history.tsx'
import { Inspector } from '../features/workflows/inspector.tsx'
import { NamesContext } from '../features/workflows/names.ts'
import { Runs } from '../features/workflows/runs.tsx'
import { StepList } from '../features/workflows/step-list.tsx'
import { UpgradeAlert } from '../features/workflows/upgrade.tsx'
import { useCatalogue, useChoices, useCustomAttributes } from '../features/workflows/use-catalogue.ts'
import { useDraft } from '../features/workflows/use-draft.ts'
import type { Draft, Workflow } from '../features/workflows/use-draft.ts'
import { useVariables, VariablesDialog } from '../features/workflows/variables-dialog.tsx'
import { Page } from '../ui/page.tsx'
import { ErrorState, LoadingCards } from '../ui/states.tsx'
import { offerUndo } from '../ui/undo.tsx'

const above = [{ title: 'Workflows', to: '/settings/workflows' }]

/** One workflow: what it does, as a drawing and as a list; what it did; what it was. */
export function WorkflowPage() {
  const { id = '' } = useParams()
  const { workflow, draft, error, reload } = useDraft(id)
  if (workflow.data === undefined || draft === undefined) {
    return (
      <Page title="Workflow" above={above}>
        {error === null ? <LoadingCards /> : <ErrorState error={error} onRetry={() => void reload()} />}
      </Page>
    )
  }
  return <Editor key={id} workflow={workflow.data} draft={draft} />
}

const firstField = () => globalThis.document.querySelector<HTMLElement>('.workflow-form input, .workflow-form textarea')

/** Whether somebody is in the form, and not in a list that opened there. */
function isInForm(): boolean {
  const focused = globalThis.document.activeElement
  return focused?.closest('.workflow-form') !== null && focused?.getAttribute('aria-expanded') !== 'true'
}

function Editor({ workflow, draft }: { workflow: Workflow; draft: Draft }) {
  const { id, attributes } = workflow
  const { document, change } = draft
  useDocumentTitle(`${attributes.name} · Tellback`)
  const navigate = useNavigate()
  const isWide = useMediaQuery('(min-width: 62em)', true)
  const catalogue = useCatalogue()
  const choices = useChoices(catalogue.data)
  const custom = useCustomAttributes()
  const variables = useVariables(id)
  const [tab, setTab] = useState<string | null>('canvas')
  const [selected, setSelected] = useState<string | undefined>(document.steps.length === 0 ? triggerStep : undefined)
  const [place, setPlace] = useState<Place>()
  const [path, setPath] = useState<ReadonlySet<string>>()
  const [opened, setOpened] = useState<'try' | 'variables' | 'delete'>()
  useEffect(() => {
    // Before the fields hear of it: afterwards a list that the key closes looks as if it had never been open.
    const leave = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && selected !== undefined && isInForm()) {
        focusSoon(cardOf(selected))
      }
    }
    globalThis.document.addEventListener('keydown', leave, true)
    return () => globalThis.document.removeEventListener('keydown', leave, true)
  }, [selected])
  useHotkeys([
    ['mod+Z', () => draft.undo?.()],
    ['mod+shift+Z', () => draft.redo?.()],
  ])
  const onRemove = useCallback(
    (step: string) => {
      change(removeStep(document, step))
      setSelected(undefined)
      offerUndo('The step was removed.', () => change(document))
    },
    [change, document],
  )
  const onEnter = useCallback(() => focusSoon(firstField), [])
  const onSelect = useCallback((step: string | undefined) => setSelected(step), [])
  const onAddStep = useCallback((next: Place) => setPlace(next), [])
  const problems = attributes.problems
  if (catalogue.data === undefined) {
    return (
      <Page title={attributes.name} above={above}>
        {catalogue.error === null ? (
          <LoadingCards />
        ) : (
          <ErrorState error={catalogue.error} onRetry={() => void catalogue.refetch()} />
        )}
      </Page>
    )
  }
  const names = new Map(
    ['user', 'team', 'surveyApp', 'callable'].flatMap((kind) =>
      (choices[kind] ?? []).map((it) => [it.value, it.label] as const),
    ),
  )
  const drawn = {
    document,
    catalogue: catalogue.data,
    choices,
    selected,
    problems,
    path,
    onSelect,
    onAddStep,
    onRemove,
    onEnter,
  }
  const isForm = selected !== undefined && (tab === 'canvas' || tab === 'list')
  return (
    <NamesContext value={names}>
      <Box component="main" id="content" px={{ base: 'md', sm: 'lg' }} py="md" className="workflow-page">
        <Stack gap="sm" h="100%">
          <EditorHead workflow={workflow} draft={draft} onOpen={setOpened} />
          <EditorState workflow={workflow} onSelect={onSelect} />
          {attributes.hasUpgrade && (
            <UpgradeAlert id={id} app={attributes.app} draft={document} onTaken={() => void draft.reload()} />
          )}
          <DraftAlerts draft={draft} />
          <Tabs value={tab} onChange={setTab} className="workflow-tabs" keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="canvas" leftSection={<IconRoute size={16} />}>
                Canvas
              </Tabs.Tab>
              <Tabs.Tab value="list" leftSection={<IconList size={16} />}>
                List
              </Tabs.Tab>
              <Tabs.Tab value="runs" leftSection={<IconPlayerPlay size={16} />}>
                Runs
              </Tabs.Tab>
              <Tabs.Tab value="history" leftSection={<IconHistory size={16} />}>
                History
              </Tabs.Tab>
            </Tabs.List>
            <div className="workflow-work" data-form={isForm && isWide}>
              <div className="workflow-panel">
                <Tabs.Panel value="canvas" h="100%">
                  <Canvas {...drawn} />
                </Tabs.Panel>
                <Tabs.Panel value="list" pt="sm">
                  <StepList {...drawn} />
                </Tabs.Panel>
                <Tabs.Panel value="runs" pt="sm">
                  <Runs workflow={id} catalogue={catalogue.data} onPath={setPath} />
                </Tabs.Panel>
                <Tabs.Panel value="history" pt="sm">
                  <History
                    id={id}
                    live={attributes.version}
                    draft={document}
                    onRolledBack={() => void draft.reload()}
                  />
                </Tabs.Panel>
              </div>
              {isForm && (
                <Paper withBorder p="md" className="workflow-form" component="section" aria-label="What is selected">
                  <Inspector
                    document={document}
                    selected={selected}
                    catalogue={catalogue.data}
                    choices={choices}
                    attributes={custom}
                    variables={variables.data?.map((it) => it.attributes.name) ?? []}
                    problems={problems}
                    onChange={change}
                    onAddStep={onAddStep}
                    onSelect={onSelect}
                    onRemove={onRemove}
                  />
                </Paper>
              )}
            </div>
          </Tabs>
        </Stack>
        {place !== undefined && (
          <AddStepDialog
            catalogue={catalogue.data}
            onClose={() => {
              setPlace(undefined)
              focusSoon(cardOf(place.step))
            }}
            onPick={(action) => {
              const added = addStep(document, place, { ...(action === undefined ? {} : { action }), params: {} })
              change(added.document)
              setSelected(added.id)
              focusSoon(cardOf(added.id))
              setPlace(undefined)
            }}
          />
        )}
        {opened === 'try' && (
          <DryRunDrawer
            id={id}
            document={document}
            catalogue={catalogue.data}
            flush={draft.flush}
            onPath={setPath}
            onClose={() => setOpened(undefined)}
          />
        )}
        {opened === 'variables' && <VariablesDialog id={id} onClose={() => setOpened(undefined)} />}
        {opened === 'delete' && (
          <ConfirmDialog
            title={`Delete ${attributes.name}?`}
            action="Delete workflow"
            run={async () => {
              await api.call('DELETE /v1/workflows/{id}', { params: { id } })
              await navigate('/settings/workflows')
            }}
            touches={['workflows']}
            onClose={() => setOpened(undefined)}
          >
            It no longer starts, and what of it is under way ends where it is. Its runs are no longer listed.
          </ConfirmDialog>
        )}
      </Box>
    </NamesContext>
  )
}
