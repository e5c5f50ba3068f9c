import {
  Checkbox,
  Fieldset,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core'
import type { MultiSelectProps } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'

import type { InputOf } from '../../api.ts'
import { timeZones } from '../../ui/time-zones.ts'
import { channelNames } from '../conversations/names.ts'
import { useTags, useTeams } from '../people/people.ts'
import { useBrands } from '../settings/resources.ts'

export type Policy = InputOf<'PUT /v1/survey-policy'>['body']['policy']

/** The policy as fields that stand on a page: nested parts are laid flat. */
export interface PolicyValues extends Record<string, unknown> {
  closedBy: string[]
  aboutReviews: boolean
  channels: string[]
  teams: string[]
  brands: string[]
  tags: string[]
  notTags: string[]
  vetoTags: string[]
  sample: number
  most: number
  days: number
  hasQuietHours: boolean
  from: string
  to: string
  weekends: boolean
  timeZone: string
  cancelOnReopen: boolean
}

export function valuesOf(policy: Required<Policy>): PolicyValues {
  const { perCustomer, quietHours, ...rest } = policy
  return {
    ...rest,
    most: perCustomer.most,
    days: perCustomer.days,
    hasQuietHours: quietHours !== null,
    from: quietHours?.from ?? '20:00',
    to: quietHours?.to ?? '08:00',
    weekends: quietHours?.weekends ?? false,
  }
}

export function policyOf({ most, days, hasQuietHours, from, to, weekends, ...rest }: PolicyValues): Policy {
  return {
    ...rest,
    closedBy: rest.closedBy as NonNullable<Policy['closedBy']>,
    perCustomer: { most, days },
    quietHours: hasQuietHours ? { from, to, weekends } : null,
  }
}

const closedBy = [
  { value: 'agent', label: 'An agent' },
  { value: 'automatic', label: 'A program or the desk itself' },
  { value: 'spam', label: 'As spam' },
  { value: 'merged', label: 'By merging it into another' },
]

/** Whom all survey apps together may ask. */
export function PolicyFields({ form }: { form: UseFormReturnType<PolicyValues> }) {
  const [tags, teams, brands] = [useTags(), useTeams(), useBrands()]
  const tagChoices = tags.map((tag) => ({ value: tag.id, label: tag.attributes.name }))
  const teamChoices = [...teams.values()].map((team) => ({ value: team.id, label: team.attributes.displayName }))
  const brandChoices = (brands.data ?? []).map((brand) => ({ value: brand.id, label: brand.attributes.name }))
  const values = form.getValues()
  return (
    <Stack gap="lg">
      <Fieldset legend="Which closes">
        <Stack>
          <Checkbox.Group label="Closed by" {...form.getInputProps('closedBy')}>
            <Group mt={6}>
              {closedBy.map((it) => (
                <Checkbox key={it.value} value={it.value} label={it.label} />
              ))}
            </Group>
          </Checkbox.Group>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Only
              label="Only in these channels"
              none="Every channel"
              data={Object.entries(channelNames).map(([value, label]) => ({ value, label }))}
              {...form.getInputProps('channels')}
            />
            <Only label="Only of these teams" none="Every team" data={teamChoices} {...form.getInputProps('teams')} />
            <Only
              label="Only of these brands"
              none="Every brand"
              data={brandChoices}
              {...form.getInputProps('brands')}
            />
            <Only
              label="Only with one of these tags"
              none="With any tag or none"
              data={tagChoices}
              {...form.getInputProps('tags')}
            />
            <Only label="Not with one of these tags" none="None" data={tagChoices} {...form.getInputProps('notTags')} />
            <TagsInput
              label="Tags by which an agent holds a survey back"
              description="An agent can also close “without a survey”."
              {...form.getInputProps('vetoTags')}
            />
          </SimpleGrid>
          <Switch
            label="Also conversations that a review opened"
            {...form.getInputProps('aboutReviews', { type: 'checkbox' })}
          />
        </Stack>
      </Fieldset>
      <Fieldset legend="How often">
        <Stack>
          <Group align="flex-end" gap="xs">
            <NumberInput label="A customer at most" w={130} min={0} {...form.getInputProps('most')} />
            <NumberInput label="times in so many days" w={170} min={1} max={365} {...form.getInputProps('days')} />
            <Text size="xs" c="dimmed" pb={8}>
              By all survey apps together. 0 is without limit.
            </Text>
          </Group>
          <NumberInput
            label="Of 100 closes, ask about"
            description="Drawn by chance; 100 asks about all of them."
            w={260}
            min={0}
            max={100}
            {...form.getInputProps('sample')}
          />
        </Stack>
      </Fieldset>
      <Fieldset legend="When">
        <Stack>
          <Switch
            label="Leave people alone at some hours"
            description="By their own clock. What falls into these hours goes out after them."
            {...form.getInputProps('hasQuietHours', { type: 'checkbox' })}
          />
          {values.hasQuietHours && (
            <Group align="flex-end" gap="xs">
              <TextInput type="time" label="From" w={120} {...form.getInputProps('from')} />
              <TextInput type="time" label="To" w={120} {...form.getInputProps('to')} />
              <Switch label="And at weekends" pb={8} {...form.getInputProps('weekends', { type: 'checkbox' })} />
              <Select
                label="Where the time zone is not known"
                w={240}
                searchable
                allowDeselect={false}
                data={timeZones(form.values.timeZone)}
                {...form.getInputProps('timeZone')}
              />
            </Group>
          )}
          <Switch
            label="Do not ask about a conversation that is opened again"
            {...form.getInputProps('cancelOnReopen', { type: 'checkbox' })}
          />
        </Stack>
      </Fieldset>
    </Stack>
  )
}

/** Some of what there is; `none` says what it means to pick nothing. */
function Only({ none, ...input }: MultiSelectProps & { none: string }) {
  const isNone = input.value === undefined || input.value.length === 0
  return <MultiSelect placeholder={isNone ? none : ''} clearable searchable {...input} />
}
