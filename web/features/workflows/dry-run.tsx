import { Alert, Button, Drawer, JsonInput, List, Radio, Stack, Text } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import type { Catalogue, DryRunResult, WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { isCallable, scheduleEvent, triggerStep } from '../../../src/core/workflows/schema.ts'
import { api } from '../../api.ts'
import { EmptyState, ErrorState, LoadingCards } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { inWords, sourcesFor } from './sources.ts'
import { TakenSteps } from './taken-steps.tsx'

const longestShown = 80

interface DryRunDrawerProps {
  id: string
  document: WorkflowDocument
  catalogue: Catalogue
  /** Keeps what is not kept yet, so that what is tried is what is on screen. */
  flush: () => Promise<void>
  onPath: (path: ReadonlySet<string> | undefined) => void
  onClose: () => void
}

/** Tries the draft on something that happened: what it would do is shown, and none of it is done. */
export function DryRunDrawer({ id, document, catalogue, flush, onPath, onClose }: DryRunDrawerProps) {
  const isEventless = isCallable(document) || document.trigger.eventName === scheduleEvent
  const [chosen, setChosen] = useState<string>()
  const [inputs, setInputs] = useState('{}')
  const past = useQuery({
    queryKey: ['past-events', id, document.trigger.eventName],
    enabled: !isEventless && document.trigger.eventName !== '',
    gcTime: 0, // anew whenever it is opened: much has happened since
    queryFn: async () => {
      await flush()
      return (
        await api.call('GET /v1/workflows/{id}/past-events', {
          params: { id },
          query: { event: document.trigger.eventName },
        })
      ).data
    },
  })
  const event = chosen ?? past.data?.[0]?.id // the newest, until another one is chosen
  const trial = useMutation({
    mutationFn: async () => {
      await flush()
      const body = isEventless ? { inputs: JSON.parse(inputs) as Record<string, unknown> } : { event: event ?? '' }
      return (await api.call('POST /v1/workflows/{id}/dry-runs', { params: { id }, body })).data
    },
    onSuccess: (result) => onPath(new Set(['1', ...result.steps.map((it) => it.step)])),
  })
  return (
    <Drawer
      opened
      onClose={() => {
        onPath(undefined)
        onClose()
      }}
      position="right"
      size="lg"
      title="Try it out"
      withOverlay={false}
      lockScroll={false}
      trapFocus={false}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {!isEventless
            ? 'Choose something that happened. '
            : isCallable(document)
              ? 'Write what a caller would hand over. '
              : 'It is tried as if its time had come. '}
          You see the path that the draft would take and what each step would do; nothing is written, nobody is told, no
          address is called.
        </Text>
        {isCallable(document) && (
          <JsonInput
            label="What it is handed over"
            value={inputs}
            onChange={setInputs}
            formatOnBlur
            autosize
            minRows={4}
            validationError="This is not JSON yet."
          />
        )}
        {!isEventless && (
          <>
            {past.error !== null && <ErrorState error={past.error} onRetry={() => void past.refetch()} />}
            {past.isLoading && <LoadingCards count={3} height={44} />}
            {document.trigger.eventName === '' && <Alert color="yellow">Choose first what starts the workflow.</Alert>}
            {past.data?.length === 0 && (
              <EmptyState icon={IconFlask} title="Nothing of the kind in the last 30 days">
                As soon as it has happened once, the workflow can be tried on it. In a demo, an app’s “Send test” makes
                some.
              </EmptyState>
            )}
            {past.data !== undefined && past.data.length > 0 && (
              <Radio.Group label="What happened" value={event ?? null} onChange={setChosen}>
                <Stack gap={6} mt={2} p={4} mah={250} style={{ overflowY: 'auto' }}>
                  {past.data.map((it) => (
                    <Radio
                      key={it.id}
                      value={it.id}
                      label={
                        <>
                          {it.attributes.summary || it.attributes.name}
                          <Text component="span" size="xs" c="dimmed">
                            {it.attributes.customerName !== null && ` · ${it.attributes.customerName}`} ·{' '}
                            <Time at={it.attributes.createdAt} />
                          </Text>
                        </>
                      }
                    />
                  ))}
                </Stack>
              </Radio.Group>
            )}
          </>
        )}
        <Button
          leftSection={<IconFlask size={16} />}
          loading={trial.isPending}
          disabled={!isEventless && event === undefined}
          onClick={() => trial.mutate()}
        >
          Try it
        </Button>
        {trial.error !== null && <ErrorState error={trial.error} />}
        {trial.data !== undefined && <Result result={trial.data} document={document} catalogue={catalogue} />}
      </Stack>
    </Drawer>
  )
}

interface ResultProps {
  result: DryRunResult
  document: WorkflowDocument
  catalogue: Catalogue
}

function Result({ result, document, catalogue }: ResultProps) {
  if (!result.matched) {
    return (
      <Alert color={result.error === null ? 'gray' : 'red'} title="It would not start" role="status">
        {result.error?.message ??
          (result.unmet.length === 0
            ? 'No branch leads on from the trigger: add a step after it.'
            : 'No branch after the trigger holds for this:')}
        {result.unmet.length > 0 && (
          <List size="sm" mt={4}>
            {result.unmet.map((it) => (
              <List.Item key={JSON.stringify(it)}>{whyNot(it, document, catalogue)}</List.Item>
            ))}
          </List>
        )}
      </Alert>
    )
  }
  const isGood = result.state === 'done'
  return (
    <Stack role="status">
      <Alert color={isGood ? 'teal' : 'red'} title={isGood ? 'It would run through' : 'It would stop'}>
        {result.error?.message ??
          `${result.steps.length} ${result.steps.length === 1 ? 'step' : 'steps'}, none of them really taken.`}
      </Alert>
      <TakenSteps steps={result.steps} catalogue={catalogue} />
    </Stack>
  )
}

/** “Two or fewer: score is 4, and should be at most 2.” */
function whyNot(unmet: DryRunResult['unmet'][number], document: WorkflowDocument, catalogue: Catalogue): string {
  const { branch, op, looksAt, found, wanted } = unmet
  const operator = catalogue.operators.find((it) => it.op === op)
  const sources = sourcesFor(document, triggerStep, catalogue, [], {})
  const subject = looksAt === null ? 'A value' : inWords(looksAt, sources)
  const rule = `“${operator?.title ?? op}${operator?.values === 2 ? ` ${inText(wanted)}` : ''}”`
  const said =
    operator?.values === 0
      ? `the condition ${rule} does not hold.`
      : `${subject} is ${inText(found)}; the condition is ${rule}.`
  return branch === null ? said.charAt(0).toUpperCase() + said.slice(1) : `${branch}: ${said}`
}

function inText(value: unknown): string {
  const text = value === null || value === '' ? 'empty' : typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longestShown ? `${text.slice(0, longestShown)} …` : text
}
