import {
  ActionIcon,
  Alert,
  Button,
  Collapse,
  Divider,
  Group,
  Select,
  Stack,
  Text,
  TextInput,
  Title,
  Tooltip,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconTrash, IconX } from '@tabler/icons-react'

import { triggerStep } from '../../../src/core/workflows/schema.ts'
import type { Catalogue, Problem, Step, WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { Branches } from './branches.tsx'
import { withStep, withTransitions } from './document.ts'
import type { Place } from './document.ts'
import { ParamField } from './param-field.tsx'
import type { FieldSchema } from './param-field.tsx'
import { nameOfStep, nameOfTrigger, sourcesFor } from './sources.ts'
import { pictureOf } from './step-icon.tsx'
import { TriggerForm } from './trigger-form.tsx'
import type { Choices } from './use-catalogue.ts'

interface InspectorProps {
  document: WorkflowDocument
  selected: string
  catalogue: Catalogue
  choices: Choices
  attributes: Record<string, string[]>
  variables: string[]
  problems: readonly Problem[]
  onChange: (document: WorkflowDocument) => void
  onAddStep: (place: Place) => void
  onSelect: (id: string | undefined) => void
  onRemove: (id: string) => void
}

/** Everything about the trigger or one step, as a form. */
export function Inspector(props: InspectorProps) {
  const step = props.document.steps.find((it) => it.id === props.selected)
  return props.selected === triggerStep ? (
    <TriggerPart {...props} />
  ) : step === undefined ? null : (
    <StepPart key={step.id} {...props} step={step} />
  )
}

function problemsAt(problems: readonly Problem[], step: string, kind: string): Map<number, string> {
  return new Map(
    problems.flatMap((it) => {
      const [field, index] = it.field?.split('.') ?? []
      return it.step === step && field === kind && index !== undefined ? [[Number(index), it.message] as const] : []
    }),
  )
}

const problemAt = (problems: readonly Problem[], step: string, field: string) =>
  problems.find((it) => it.step === step && it.field === field)?.message

function Head({
  title,
  kind,
  onClose,
  children,
}: {
  title: string
  kind: string
  onClose: () => void
  children?: React.ReactNode
}) {
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <Stack gap={0}>
        <Text size="xs" c="dimmed">
          {kind}
        </Text>
        <Title order={2} size="h3">
          {title}
        </Title>
      </Stack>
      <Group gap={4} wrap="nowrap">
        {children}
        <Tooltip label="Close">
          <ActionIcon variant="subtle" color="gray" aria-label="Close the form" onClick={onClose}>
            <IconX size={18} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </Group>
  )
}

function TriggerPart({
  document,
  catalogue,
  attributes,
  variables,
  problems,
  onChange,
  onAddStep,
  onSelect,
}: InspectorProps) {
  return (
    <Stack>
      <Head title={nameOfTrigger(document, catalogue)} kind="When this happens" onClose={() => onSelect(undefined)} />
      <TriggerForm
        document={document}
        catalogue={catalogue}
        errorOf={(field) => problemAt(problems, triggerStep, field)}
        onChange={(trigger) => onChange({ ...document, trigger })}
      />
      <Divider />
      <Branches
        title="Then"
        hint="The first branch whose conditions hold is taken; when none does, nothing happens."
        document={document}
        catalogue={catalogue}
        transitions={document.trigger.transitions}
        sources={sourcesFor(document, 'nothing', catalogue, variables, attributes)}
        problems={problemsAt(problems, triggerStep, 'transitions')}
        onChange={(transitions) =>
          onChange(withTransitions(document, { step: triggerStep, kind: 'transitions' }, transitions))
        }
        onAddStep={() => onAddStep({ step: triggerStep, kind: 'transitions', isBranch: true })}
      />
    </Stack>
  )
}

const about: [RegExp, string][] = [
  [/conversation/, 'conversation'],
  [/customer/, 'customer'],
  [/company/, 'company'],
]

function StepPart({
  step,
  document,
  catalogue,
  choices,
  attributes,
  variables,
  problems,
  onChange,
  onAddStep,
  onSelect,
  onRemove,
}: InspectorProps & { step: Step }) {
  const action = catalogue.actions.find((it) => it.name === step.action)
  const [more, { toggle }] = useDisclosure(false)
  const schema = (action?.input ?? {}) as { properties?: Record<string, FieldSchema>; required?: string[] }
  const fields = Object.entries(schema.properties ?? {})
  const isMain = ([name]: [string, FieldSchema]) =>
    action?.main.includes(name) === true || step.params[name] !== undefined
  const order = ([name]: [string, FieldSchema]) =>
    action?.main.includes(name) === true ? action.main.indexOf(name) : 99
  const main = fields.filter(isMain).toSorted((a, b) => order(a) - order(b))
  const others = fields.filter((it) => !isMain(it))
  const change = (part: Partial<Step>) => onChange(withStep(document, step.id, (it) => ({ ...it, ...part })))
  const sources = sourcesFor(document, step.id, catalogue, variables, attributes)
  const ownSources = sourcesFor(document, step.id, catalogue, variables, attributes, true)
  const errorSources = [
    { path: 'error.status', label: 'status', group: 'What went wrong' },
    { path: 'error.message', label: 'message', group: 'What went wrong' },
    { path: 'error.code', label: 'code', group: 'What went wrong' },
    ...sources,
  ]
  const names = attributes[about.find(([word]) => word.test(step.action ?? ''))?.[1] ?? ''] ?? []
  const draw = ([name, field]: [string, FieldSchema]) => (
    <ParamField
      key={name}
      name={name}
      schema={field}
      required={schema.required?.includes(name) === true}
      value={step.params[name]}
      error={problemAt(problems, step.id, `params.${name}`)}
      sources={field.condition === true ? ownSources : sources}
      choices={choices}
      attributes={names}
      operators={catalogue.operators}
      onChange={(value) => {
        const { [name]: _before, ...rest } = step.params
        change({ params: value === undefined ? rest : { ...rest, [name]: value } })
      }}
    />
  )
  const branches = (kind: 'transitions' | 'errorCases', title: string, hint: string) => (
    <Branches
      title={title}
      hint={hint}
      document={document}
      catalogue={catalogue}
      transitions={step[kind]}
      sources={kind === 'transitions' ? ownSources : errorSources}
      problems={problemsAt(problems, step.id, kind)}
      onChange={(changed) => change({ [kind]: changed })}
      onAddStep={() => onAddStep({ step: step.id, kind, isBranch: true })}
    />
  )
  const { icon: Picture } = pictureOf(step.action)
  return (
    <Stack>
      <Head
        title={nameOfStep(step, catalogue)}
        kind={action?.group ?? (step.action === undefined ? 'Deciding' : 'Unknown')}
        onClose={() => onSelect(undefined)}
      >
        <Tooltip label="Remove this step (Delete)">
          <ActionIcon variant="subtle" color="red" aria-label="Remove this step" onClick={() => onRemove(step.id)}>
            <IconTrash size={18} />
          </ActionIcon>
        </Tooltip>
      </Head>
      {action !== undefined && (
        <Text size="sm" c="dimmed">
          {action.description}
        </Text>
      )}
      {problems
        .filter(
          (it) => it.step === step.id && (it.field === null || it.field === 'action' || it.field === 'transitions'),
        )
        .map((it) => (
          <Alert key={it.message} color="red" variant="light" p="xs">
            {it.message}
          </Alert>
        ))}
      <TextInput
        label="Name of the step"
        value={step.meta?.displayName ?? ''}
        placeholder={action?.title ?? 'Decide'}
        onChange={(event) => change({ meta: { ...step.meta, displayName: event.currentTarget.value || undefined } })}
      />
      <Select
        label="What it does"
        data={[...Map.groupBy(catalogue.actions, (it) => it.group)].map(([group, items]) => ({
          group,
          items: items.map((it) => ({ value: it.name, label: it.title })),
        }))}
        value={step.action ?? null}
        placeholder="Decides only"
        searchable
        selectFirstOptionOnChange
        clearable
        leftSection={<Picture size={16} />}
        onChange={(name) => {
          const { action: _before, ...rest } = step
          onChange(withStep(document, step.id, () => (name === null ? rest : { ...rest, action: name })))
        }}
      />
      {main.map(draw)}
      {others.length > 0 && (
        <>
          <Button
            size="compact-sm"
            variant="subtle"
            w="fit-content"
            rightSection={<IconChevronDown size={14} />}
            aria-expanded={more}
            onClick={toggle}
          >
            {more ? 'Fewer fields' : `${others.length} more ${others.length === 1 ? 'field' : 'fields'}`}
          </Button>
          <Collapse expanded={more}>
            <Stack>{more && others.map(draw)}</Stack>
          </Collapse>
        </>
      )}
      <Divider />
      {branches(
        'transitions',
        'Then',
        'The first branch whose conditions hold is taken; when none does, the run ends here.',
      )}
      {action !== undefined &&
        branches(
          'errorCases',
          'If it fails',
          'Without a branch here the run stops as failed, and the admins are told.',
        )}
    </Stack>
  )
}
