import { Box, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'

interface FoldedTextProps {
  text: string
  quotedFrom: number | undefined
}

/** A text of which what it only repeats is behind a mark that opens. */
export function FoldedText({ text, quotedFrom }: FoldedTextProps) {
  const [opened, { toggle }] = useDisclosure(false)
  if (quotedFrom === undefined || quotedFrom >= text.length) {
    return text
  }
  return (
    <>
      {text.slice(0, quotedFrom).trimEnd()}
      <Box mt={4}>
        <UnstyledButton onClick={toggle} aria-expanded={opened} aria-label="Quoted text" className="quote-mark">
          •••
        </UnstyledButton>
      </Box>
      {opened && (
        <Text size="sm" c="dimmed" component="div" className="said">
          {text.slice(quotedFrom).trim()}
        </Text>
      )}
    </>
  )
}
