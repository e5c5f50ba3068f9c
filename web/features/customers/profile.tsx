import { Anchor, Badge, Button, Group, SimpleGrid, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCircleCheck } from '@tabler/icons-react'

import { relatedId } from '../../api.ts'
import { AttributeValue } from '../../ui/attribute-value.tsx'
import { formatDateTime } from '../../ui/time.tsx'
import { AttributeField } from '../objects/attribute-field.tsx'
import { inOrder, labelOf, useProperties } from '../objects/use-klasses.ts'
import { useTags } from '../people/people.ts'
import type { Customer } from '../searches/run-search.ts'
import { useChangeCustomer } from './change-customer.ts'
import { CompanyChoice, useCompany } from './company-choice.tsx'
import { ContactEditor } from './contact-editor.tsx'
import { InPlace } from './in-place.tsx'
import { latestScores } from './latest-scores.ts'
import { SurveyObjection } from './survey-objection.tsx'

const emptyShown = 3

/** Latest scores, ways to reach the customer, and what else is known, each changed where it stands. */
export function Profile({ customer }: { customer: Customer }) {
  const { attributes } = customer
  const properties = useProperties('customer').data ?? {}
  const change = useChangeCustomer(customer)
  const companyId = relatedId(customer, 'company')
  const company = useCompany(companyId)
  const [all, { toggle }] = useDisclosure()
  const custom = attributes.custom
  const scores = latestScores(
    custom,
    Object.fromEntries(Object.keys(properties).map((name) => [name, labelOf(properties, name)])),
  )
  const isScore = (name: string) => scores.some((score) => score.name === name)
  const held = (name: string) => custom[name] !== undefined && custom[name] !== null
  const declared = inOrder(properties)
    .map(([name]) => name)
    .filter((name) => !isScore(name))
  const others = Object.keys(custom).filter((name) => held(name) && !isScore(name) && !declared.includes(name))
  const filled = [...declared.filter(held), ...others]
  const empty = declared.filter((name) => !held(name))
  const shownEmpty = all || empty.length <= emptyShown ? empty : []

  return (
    <Stack gap="md">
      {scores.length > 0 && (
        <SimpleGrid cols={2} spacing="xs">
          {scores.map(({ name, label, value }) => (
            <Stack
              key={name}
              gap={0}
              p="xs"
              bg="light-dark(var(--mantine-color-gray-1), var(--mantine-color-dark-5))"
              style={{ borderRadius: 8 }}
            >
              <Text size="xs" c="dimmed">
                {label}
              </Text>
              <Text fw={700} size="xl" lh={1.2} data-score={name}>
                {value}
              </Text>
            </Stack>
          ))}
        </SimpleGrid>
      )}
      <InPlace
        label="Name"
        value={attributes.name}
        onSave={(name) => change({ name }, 'Changed the name.')}
        renderEditor={(value, onChange, error) => (
          <TextInput
            aria-label="Name"
            autoFocus
            value={value}
            error={error}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        )}
      >
        <Text size="sm" className="said">
          {attributes.displayName}
        </Text>
      </InPlace>
      <InPlace
        label="E-mail"
        value={attributes.emails.map(({ email }) => email)}
        onSave={(emails) =>
          change({ emails: kept(emails, attributes.emails, 'email') as never }, 'Changed the e-mail addresses.')
        }
        renderEditor={(value, onChange, error) => (
          <ContactEditor noun="E-mail address" type="email" {...{ value, onChange, error }} />
        )}
      >
        {attributes.emails.length === 0
          ? undefined
          : attributes.emails.map(({ email, verified }) => (
              <Group key={email} gap={6} wrap="nowrap">
                <Anchor href={`mailto:${email}`} size="sm" lh="24px" style={{ overflowWrap: 'anywhere' }}>
                  {email}
                </Anchor>
                {verified && (
                  <IconCircleCheck size={15} color="var(--mantine-color-teal-6)" aria-label="verified" role="img" />
                )}
              </Group>
            ))}
      </InPlace>
      <InPlace
        label="Phone"
        value={attributes.phones.map(({ phone }) => phone)}
        onSave={(phones) =>
          change({ phones: kept(phones, attributes.phones, 'phone') as never }, 'Changed the numbers.')
        }
        renderEditor={(value, onChange, error) => (
          <ContactEditor noun="Phone number" type="tel" {...{ value, onChange, error }} />
        )}
      >
        {attributes.phones.length === 0
          ? undefined
          : attributes.phones.map(({ phone }) => (
              <Anchor key={phone} href={`tel:${phone}`} size="sm" lh="24px" display="block">
                {phone}
              </Anchor>
            ))}
      </InPlace>
      <InPlace
        label="Company"
        value={companyId ?? null}
        onSave={(id) => change({ company: id }, 'Changed the company.')}
        renderEditor={(value, onChange, error) => <CompanyChoice {...{ value, onChange, error }} />}
      >
        {company === undefined ? undefined : (
          <Text size="sm" className="said">
            {company.attributes.name}
          </Text>
        )}
      </InPlace>
      <InPlace
        label="Tags"
        value={attributes.tags}
        onSave={(ids) => change({ tags: ids }, 'Changed the tags.')}
        renderEditor={(value, onChange, error) => <TagChoice {...{ value, onChange, error }} />}
      >
        {attributes.tags.length === 0 ? undefined : (
          <Group gap={4}>
            {attributes.tags.map((tag) => (
              <Badge key={tag} variant="default" tt="none">
                {tag}
              </Badge>
            ))}
          </Group>
        )}
      </InPlace>
      {[...filled, ...shownEmpty].map((name) => (
        <InPlace
          key={name}
          label={labelOf(properties, name)}
          value={custom[name] ?? null}
          onSave={(value) => change({ custom: { [name]: value } }, `Changed ${labelOf(properties, name)}.`)}
          renderEditor={(value, onChange, error) => (
            <AttributeField
              name={name}
              label={labelOf(properties, name)}
              choices={properties[name]?.enumeration}
              autoFocus
              {...{ value, onChange, error }}
            />
          )}
        >
          {held(name) ? <AttributeValue name={name} value={custom[name]} /> : undefined}
        </InPlace>
      ))}
      {empty.length > emptyShown && (
        <Button size="compact-xs" variant="subtle" onClick={toggle} style={{ alignSelf: 'flex-start' }}>
          {all ? 'Show only what is known' : `Show ${empty.length} empty attributes`}
        </Button>
      )}
      <SurveyObjection customerId={customer.id} />
      <Stack gap={1}>
        <Text size="xs" c="dimmed">
          Customer since
        </Text>
        <Text size="sm">{formatDateTime(attributes.createdAt)}</Text>
      </Stack>
    </Stack>
  )
}

/** Lines as the desk takes them: what was there keeps its kind and whether it is verified; empty lines go. */
function kept(lines: string[], before: Record<string, unknown>[], field: string): unknown[] {
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => before.find((it) => it[field] === line) ?? { [field]: line })
}

interface TagChoiceProps {
  value: string[]
  onChange: (value: string[]) => void
  error: string | undefined
}

/** The tags of a customer are words, unlike those of a conversation; the organisation's are offered. */
function TagChoice({ value, onChange, error }: TagChoiceProps) {
  const tags = useTags()
  return (
    <TagsInput
      aria-label="Tags"
      autoFocus
      error={error}
      data={tags.map((tag) => tag.attributes.name)}
      value={value}
      onChange={onChange}
    />
  )
}
