import { useLocalStorage } from '@mantine/hooks'

export type ComposerMode = 'note' | 'reply' | 'public'

/** What is being written to a conversation; it is kept in this browser until it is sent, whatever happens to the page or the desk. */
export function useKeptText(conversationId: string, mode: ComposerMode): [string, (text: string) => void] {
  const key = `tellback.text.${conversationId}.${mode}`
  const [text, setText, forget] = useLocalStorage({ key, defaultValue: '', getInitialValueInEffect: false })
  return [text, (next) => (next === '' ? forget() : setText(next))]
}
