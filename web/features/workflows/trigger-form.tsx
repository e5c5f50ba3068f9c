import { Code, Select, Stack, Text, TextInput } from '@mantine/core'

import { callEvent, scheduleEvent } from '../../../src/core/workflows/schema.ts'
import type { Catalogue, Trigger, WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { ownTimeZone, timeZones } from '../../ui/time-zones.ts'

const times = [
  { value: '0 9 * * *', label: 'Every day at 9:00' },
  { value: '0 9 * * 1-5', label: 'Every working day at 9:00' },
  { value: '0 9 * * 1', label: 'Every Monday at 9:00' },
  { value: '0 9 1 * *', label: 'On the first of every month at 9:00' },
  { value: '0 * * * *', label: 'Every hour' },
  { value: '*/15 * * * *', label: 'Every quarter of an hour' },
]

interface TriggerFormProps {
  document: WorkflowDocument
  catalogue: Catalogue
  errorOf: (field: string) => string | undefined
  onChange: (trigger: Trigger) => void
}

/** What starts the workflow. */
export function TriggerForm({ document: { trigger }, catalogue, errorOf, onChange }: TriggerFormProps) {
  const isCalled = trigger.callable === true
  const value = isCalled ? callEvent : trigger.eventName
  const known = catalogue.events.some((it) => it.name === value)
  const groups = [...Map.groupBy(catalogue.events, (it) => it.group)].map(([group, items]) => ({
    group,
    items: items.map((it) => ({ value: it.name, label: it.title })),
  }))
  const schedule = trigger.schedule ?? { cron: '', timeZone: ownTimeZone() }
  const isKnownTime = times.some((it) => it.value === schedule.cron)
  return (
    <Stack>
      <Select
        label="What starts it"
        placeholder="Choose an event"
        data={known || value === '' ? groups : [...groups, { group: 'Other', items: [{ value, label: value }] }]}
        value={value === '' ? null : value}
        error={errorOf('eventName')}
        searchable
        selectFirstOptionOnChange
        allowDeselect={false}
        nothingFoundMessage="Nothing like that"
        onChange={(name) => {
          const { callable: _callable, schedule: _schedule, ...rest } = trigger
          onChange({
            ...rest,
            eventName: name ?? '',
            ...(name === callEvent ? { callable: true } : {}),
            ...(name === scheduleEvent ? { schedule: { ...schedule, cron: '0 9 * * 1-5' } } : {}),
          })
        }}
      />
      {isCalled && (
        <Text size="sm" c="dimmed">
          It starts when another workflow calls it, or a program does: <Code>POST /v1/workflows/…/calls</Code>. What is
          handed over is at <Code>steps.1</Code>.
        </Text>
      )}
      {trigger.eventName === scheduleEvent && (
        <>
          <Select
            label="When"
            data={isKnownTime ? times : [...times, { value: schedule.cron, label: `Other: ${schedule.cron}` }]}
            value={schedule.cron}
            allowDeselect={false}
            error={errorOf('schedule')}
            onChange={(cron) => onChange({ ...trigger, schedule: { ...schedule, cron: cron ?? schedule.cron } })}
          />
          <TextInput
            label="Minute, hour, day, month, day of the week"
            description="As cron has it, for other times."
            value={schedule.cron}
            onChange={(event) => onChange({ ...trigger, schedule: { ...schedule, cron: event.currentTarget.value } })}
          />
          <Select
            label="Time zone"
            data={timeZones(schedule.timeZone)}
            value={schedule.timeZone}
            searchable
            selectFirstOptionOnChange
            allowDeselect={false}
            onChange={(timeZone) =>
              onChange({ ...trigger, schedule: { ...schedule, timeZone: timeZone ?? schedule.timeZone } })
            }
          />
        </>
      )}
    </Stack>
  )
}
