import { Anchor, Text } from '@mantine/core'

import { attributeTypeOf } from '../../src/sdk/domain.ts'
import { formatDateTime } from './time.tsx'

/** Shows the value of any custom attribute by the type its name ends in. All of it is text to the browser. */
export function AttributeValue({ name, value }: { name: string; value: unknown }) {
  const type = attributeTypeOf(name)
  if (typeof value === 'boolean') {
    return <Text size="sm">{value ? 'Yes' : 'No'}</Text>
  }
  if (typeof value === 'number') {
    return <Text size="sm">{new Intl.NumberFormat().format(value)}</Text>
  }
  const text = Array.isArray(value) ? value.join(', ') : String(value)
  if (type === 'date' && !Number.isNaN(Date.parse(text))) {
    return <Text size="sm">{formatDateTime(text)}</Text>
  }
  if (/^https?:\/\//.test(text) && URL.canParse(text)) {
    return (
      <Anchor href={text} target="_blank" rel="noopener noreferrer" size="sm" style={{ overflowWrap: 'anywhere' }}>
        {text}
      </Anchor>
    )
  }
  return (
    <Text size="sm" className="said" component="div">
      {text}
    </Text>
  )
}
