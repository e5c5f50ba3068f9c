import {
  IconArrowsSplit,
  IconBell,
  IconBolt,
  IconBox,
  IconClock,
  IconMessage,
  IconMessages,
  IconNote,
  IconRefresh,
  IconStar,
  IconUser,
  IconWorld,
} from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'

const byWord: [RegExp, Icon, string][] = [
  [/rest-api/, IconWorld, 'grape'],
  [/wait/, IconClock, 'orange'],
  [/notify/, IconBell, 'yellow'],
  [/note/, IconNote, 'lime'],
  [/message/, IconMessage, 'cyan'],
  [/feedback|reply|survey/, IconStar, 'pink'],
  [/conversation/, IconMessages, 'indigo'],
  [/customer|company/, IconUser, 'teal'],
  [/kobject/, IconBox, 'violet'],
  [/schedule-workflow/, IconRefresh, 'orange'],
]

/** The picture and the color of what a step does; undefined: it only decides. */
export function pictureOf(action: string | undefined): { icon: Icon; color: string } {
  if (action === undefined || action === '') {
    return { icon: IconArrowsSplit, color: 'gray' }
  }
  const [, icon, color] = byWord.find(([word]) => word.test(action)) ?? [undefined, IconBolt, 'indigo']
  return { icon: icon ?? IconBolt, color: color ?? 'indigo' }
}
