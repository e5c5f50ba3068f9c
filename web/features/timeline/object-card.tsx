import {
  Anchor,
  Badge,
  Box,
  Divider,
  Group,
  Image,
  SimpleGrid,
  Stack,
  Text,
  Title,
  UnstyledButton,
} from '@mantine/core'
import { useUncontrolled } from '@mantine/hooks'
import { IconChevronDown, IconCornerDownRight, IconExternalLink, IconRosetteDiscountCheck } from '@tabler/icons-react'
import { useId } from 'react'
import type { z } from 'zod'

import type { FeedbackAttributes } from '../../../src/core/feedback/schema.ts'
import type { KlassAttributes } from '../../../src/core/objects/schema.ts'
import type { TimelineAttributes } from '../../../src/core/timeline/schema.ts'
import { AttributeValue } from '../../ui/attribute-value.tsx'
import { KlassIcon } from '../../ui/klass-icon.tsx'
import { usePreferences } from '../../ui/preferences.ts'
import { Score } from '../../ui/score.tsx'
import { Time } from '../../ui/time.tsx'
import { Trust } from '../../ui/trust.tsx'
import { labelOf, useProperties } from '../objects/use-klasses.ts'
import { ReplyButton } from '../replies/reply-button.tsx'
import { ReplyState } from '../replies/reply-state.tsx'

interface ObjectCardProps {
  /** Without it nothing can be done from the card. */
  id?: string
  item: TimelineAttributes
  object: NonNullable<TimelineAttributes['object']>
  klass: z.infer<typeof KlassAttributes> | undefined
  /** Whether somebody opened or folded it; without it the card remembers by itself. */
  toggled?: boolean | undefined
  onToggle?: (opened: boolean) => void
}

/** A card drawn from its klass: who and where it came from, score, first lines, trust; open, every attribute. */
export function ObjectCard({ id, item, object, klass, toggled, onToggle }: ObjectCardProps) {
  const [{ expanded }] = usePreferences()
  const [opened, setOpened] = useUncontrolled({
    ...(onToggle === undefined ? {} : { value: toggled ?? expanded.includes(item.klass ?? ''), onChange: onToggle }),
    defaultValue: expanded.includes(item.klass ?? ''),
  })
  const details = useId()
  const { feedback } = item
  const text = feedback?.text ?? object.description
  return (
    <Group wrap="nowrap" align="flex-start" gap="md">
      <KlassIcon icon={object.icon ?? klass?.icon ?? null} color={klass?.color ?? null} />
      <Stack gap={6} flex={1} miw={0}>
        <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start" pe={34}>
          <Group gap={8} wrap="wrap">
            {feedback?.score !== undefined && feedback.score !== null && (
              <Score
                metric={feedback.metric}
                score={feedback.score}
                min={feedback.scaleMin}
                max={feedback.scaleMax}
                sentiment={feedback.sentiment}
              />
            )}
            <Title order={3} className="said">
              {object.title}
            </Title>
            {feedback?.test === true && (
              <Badge color="grape" variant="light" tt="none">
                Test
              </Badge>
            )}
          </Group>
          <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            <Time at={item.at} />
          </Text>
        </Group>
        {text !== null && text !== '' && (
          <Text size="sm" className="said" component="div" {...(opened ? {} : { lineClamp: 3 })}>
            {text}
          </Text>
        )}
        {feedback?.replyText !== undefined && feedback.replyText !== null && (
          <Reply text={feedback.replyText} at={feedback.repliedAt} />
        )}
        <Group gap="md" justify="space-between">
          <Group gap="sm">
            <Text size="xs" c="dimmed">
              {[klass?.displayName ?? item.klass, feedback?.store].filter((part) => part !== undefined).join(' · ')}
            </Text>
            {feedback !== null && <Trust trust={feedback.trust} />}
            {feedback?.verified === true && (
              <Badge
                variant="transparent"
                color="teal"
                size="sm"
                tt="none"
                fw={500}
                px={0}
                leftSection={<IconRosetteDiscountCheck size={14} />}
              >
                Verified buyer
              </Badge>
            )}
            {feedback?.kind === 'review' && (
              <>
                <ReplyState state={feedback.replyState} />
                {id !== undefined && <ReplyButton feedback={{ id, attributes: feedback }} />}
              </>
            )}
            {feedback?.removedAt !== undefined && feedback.removedAt !== null && (
              <Badge color="red" variant="light" size="sm" tt="none" fw={500}>
                Removed there
              </Badge>
            )}
          </Group>
          <UnstyledButton
            onClick={() => setOpened(!opened)}
            mih={24}
            aria-expanded={opened}
            aria-controls={details}
            aria-label={`${opened ? 'Hide' : 'Show'} details of ${object.title}`}
          >
            <Group gap={4} c="indigo">
              <Text size="xs" fw={500}>
                {opened ? 'Less' : 'Details'}
              </Text>
              <IconChevronDown size={14} style={{ transform: opened ? 'rotate(180deg)' : 'none' }} aria-hidden />
            </Group>
          </UnstyledButton>
        </Group>
        {opened && (
          <div id={details}>
            <Details item={item} object={object} feedback={feedback} />
          </div>
        )}
      </Stack>
    </Group>
  )
}

function Reply({ text, at }: { text: string; at: string | null }) {
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" c="dimmed">
      <IconCornerDownRight size={16} style={{ flexShrink: 0, marginTop: 2 }} aria-hidden />
      <Text size="sm" component="div">
        <Text span fw={600} size="sm">
          Public reply
        </Text>{' '}
        {at !== null && (
          <>
            (<Time at={at} />){' '}
          </>
        )}
        <span className="said">{text}</span>
      </Text>
    </Group>
  )
}

interface DetailsProps extends Pick<ObjectCardProps, 'item' | 'object'> {
  feedback: FeedbackAttributes | null
}

function Details({ item, object, feedback }: DetailsProps) {
  const properties = useProperties(`kobject.${item.klass ?? ''}`).data ?? {}
  const rank = (name: string) => properties[name]?.position ?? Number.MAX_SAFE_INTEGER
  const shownAbove = new Set([feedback?.text, feedback?.replyText, object.description])
  const attributes = Object.entries(object.custom)
    .filter(([, value]) => value !== null && !(typeof value === 'string' && shownAbove.has(value)))
    .toSorted(([a], [b]) => rank(a) - rank(b))
  return (
    <Stack gap="sm" pt="xs">
      <Divider />
      {object.images.length > 0 && (
        <Group gap="xs">
          {object.images.map((address) => (
            <Anchor key={address} href={address} target="_blank" rel="noopener noreferrer" aria-label="Open photo">
              <Image src={address} w={84} h={84} radius="md" alt="Photo from the customer" />
            </Anchor>
          ))}
        </Group>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="xs">
        {attributes.map(([name, value]) => (
          <Box key={name}>
            <Text size="xs" c="dimmed">
              {labelOf(properties, name)}
            </Text>
            <AttributeValue name={name} value={value} />
          </Box>
        ))}
      </SimpleGrid>
      {feedback?.permalink !== undefined && feedback.permalink !== null && /^https?:/.test(feedback.permalink) && (
        <Anchor href={feedback.permalink} target="_blank" rel="noopener noreferrer" size="sm">
          <Group gap={4}>
            Open at the provider <IconExternalLink size={14} aria-hidden />
          </Group>
        </Anchor>
      )}
    </Stack>
  )
}
