import { Anchor, Badge, Box, Divider, Group, Image, SimpleGrid, Stack, Text } from '@mantine/core'
import { useUncontrolled } from '@mantine/hooks'
import { IconChevronDown, IconCornerDownRight, IconExternalLink, IconRosetteDiscountCheck } from '@tabler/icons-react'
import { useId } from 'react'
import type { z } from 'zod'

import type { FeedbackAttributes } from '../../../src/core/feedback/schema.ts'
import type { KlassAttributes } from '../../../src/core/objects/schema.ts'
import type { TimelineAttributes } from '../../../src/core/timeline/schema.ts'
import { AttributeValue } from '../../ui/attribute-value.tsx'
import { KlassIcon } from '../../ui/klass-icon.tsx'
import { Label } from '../../ui/label.tsx'
import { usePreferences } from '../../ui/preferences.ts'
import { Score } from '../../ui/score.tsx'
import { Time } from '../../ui/time.tsx'
import { Trust } from '../../ui/trust.tsx'
import { labelOf, useProperties } from '../objects/use-klasses.ts'
import { ReplyButton } from '../replies/reply-button.tsx'
import { ReplyState } from '../replies/reply-state.tsx'
import { CardBody, CardHead, CardText } from './card.tsx'

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
    <CardBody icon={<KlassIcon icon={object.icon ?? klass?.icon ?? null} color={klass?.color ?? null} />}>
      <CardHead at={item.at}>
        {feedback?.score !== undefined && feedback.score !== null && (
          <Score
            metric={feedback.metric}
            score={feedback.score}
            min={feedback.scaleMin}
            max={feedback.scaleMax}
            sentiment={feedback.sentiment}
          />
        )}
        <h3 className="card-title said">{object.title}</h3>
        {feedback?.test === true && (
          <Badge color="grape" variant="light" tt="none">
            Test
          </Badge>
        )}
      </CardHead>
      {text !== null && text !== '' && <CardText lines={opened ? undefined : 3}>{text}</CardText>}
      {feedback?.replyText !== undefined && feedback.replyText !== null && (
        <Reply text={feedback.replyText} at={feedback.repliedAt} />
      )}
      <div className="card-foot">
        <div className="card-marks">
          <span className="card-small">
            {[klass?.displayName ?? item.klass, feedback?.store].filter((part) => part !== undefined).join(' · ')}
          </span>
          {feedback !== null && <Trust trust={feedback.trust} />}
          {feedback?.verified === true && (
            <Label tone="teal" icon={<IconRosetteDiscountCheck size={14} />}>
              Verified buyer
            </Label>
          )}
          {feedback?.kind === 'review' && (
            <>
              <ReplyState state={feedback.replyState} />
              {id !== undefined && <ReplyButton feedback={{ id, attributes: feedback }} />}
            </>
          )}
          {feedback?.removedAt !== undefined && feedback.removedAt !== null && (
            <Label tone="red" tinted>
              Removed there
            </Label>
          )}
        </div>
        <button
          type="button"
          className="card-more"
          onClick={() => setOpened(!opened)}
          aria-expanded={opened}
          aria-controls={details}
          aria-label={`${opened ? 'Hide' : 'Show'} details of ${object.title}`}
        >
          {opened ? 'Less' : 'Details'}
          <IconChevronDown size={14} aria-hidden />
        </button>
      </div>
      {opened && (
        <div id={details}>
          <Details item={item} object={object} feedback={feedback} />
        </div>
      )}
    </CardBody>
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
