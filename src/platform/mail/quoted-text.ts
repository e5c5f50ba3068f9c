import EmailReplyParser from 'email-reply-parser'

/**
 * Where in a mail's text that begins which only repeats what it answers, in characters; undefined where nothing is repeated, where
 * somebody wrote below it, or where there is nothing else.
 */
export function quotedFrom(text: string): number | undefined {
  const fragments = new EmailReplyParser().read(text).getFragments()
  const last = fragments.findLastIndex((it) => !it.isHidden() && !it.isQuoted())
  const said = fragments.slice(0, last + 1)
  if (last === -1 || said.some((it) => it.isQuoted()) || !fragments.some((it) => it.isQuoted())) {
    return undefined
  }
  const shown = said
    .map((it) => it.getContent())
    .join('\n')
    .trimEnd()
  return text.startsWith(shown) && shown.length < text.length ? shown.length : undefined
}
