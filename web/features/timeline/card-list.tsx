import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual'
import type { VirtualItem } from '@tanstack/react-virtual'
import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

import { relatedId } from '../../api.ts'
import type { Klass } from '../objects/use-klasses.ts'
import { useUsers } from '../people/people.ts'
import { ConversationCard } from './conversation-card.tsx'
import { NoteCard } from './note-card.tsx'
import { ObjectCard } from './object-card.tsx'
import { SurveyCard } from './survey-card.tsx'
import { ItemFrame, PinnedMark } from './timeline-item.tsx'
import type { TimelineItem } from './timeline-item.tsx'

interface CardListProps {
  customerId: string
  items: TimelineItem[]
  klasses: Klass[] | undefined
}

const usualHeight = 132 // of a folded card, in pixels, until it is measured
const gap = 12
const besideWindow = 3 // cards that stand ready above and below what is seen

/** How tall the cards of a timeline were when somebody left it: coming back finds the same place. */
const heights = new Map<string, VirtualItem[]>()

/** The cards of a timeline. Only those near the window are in the page, so thousands scroll as ten do. */
export const CardList = memo(function CardList({ customerId, items, klasses }: CardListProps) {
  const list = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [toggled, setToggled] = useState<Record<string, boolean>>({})
  const [focused, setFocused] = useState<string>()
  const authors = useUsers()
  // Were it another function each time, the places of all cards would be worked out anew with every drawing.
  const getItemKey = useCallback((index: number) => items[index]?.id ?? index, [items])
  // oxlint-disable-next-line react/incompatible-library -- what it returns is used here alone, and in no memoized part
  const cards = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => usualHeight,
    getItemKey,
    gap,
    overscan: besideWindow,
    scrollMargin: top,
    initialMeasurementsCache: heights.get(customerId) ?? [],
    // Whoever has the focus stays, however far one scrolls.
    rangeExtractor: (range) => {
      const seen = defaultRangeExtractor(range)
      const held = items.findIndex((item) => item.id === focused)
      return held < 0 || seen.includes(held) ? seen : [...seen, held].toSorted((a, b) => a - b)
    },
  })
  useLayoutEffect(() => {
    const now = list.current === null ? 0 : list.current.getBoundingClientRect().top + window.scrollY
    setTop(Math.round(now))
  }, [items])
  useEffect(() => () => void heights.set(customerId, cards.measurementsCache), [cards, customerId])
  const toggle = useCallback((id: string, opened: boolean) => setToggled((before) => ({ ...before, [id]: opened })), [])
  return (
    <div ref={list} style={{ position: 'relative', height: cards.getTotalSize() }}>
      {cards.getVirtualItems().map(({ key, index, start }) => {
        const item = items[index]
        return item === undefined ? null : (
          <div
            key={key}
            ref={cards.measureElement}
            data-index={index}
            style={{ position: 'absolute', insetInline: 0, top: start - top }}
            onFocus={() => setFocused(item.id)}
          >
            <TimelineCard
              customerId={customerId}
              item={item}
              klass={klassOf(klasses, item.attributes.klass)}
              author={authors.get(relatedId(item, 'createdBy') ?? '')?.attributes.displayName}
              toggled={toggled[item.id]}
              onToggle={toggle}
            />
          </div>
        )
      })}
    </div>
  )
})

function klassOf(klasses: Klass[] | undefined, name: string | null): Klass['attributes'] | undefined {
  return klasses?.find((klass) => klass.attributes.name === name)?.attributes
}

interface TimelineCardProps {
  customerId: string
  item: TimelineItem
  klass: Klass['attributes'] | undefined
  author: string | undefined
  /** Whether somebody opened or folded it; undefined: it stands as such cards usually do. */
  toggled: boolean | undefined
  onToggle: (id: string, opened: boolean) => void
}

const TimelineCard = memo(function TimelineCard(props: TimelineCardProps) {
  const { customerId, item, klass, author, toggled, onToggle } = props
  const { object, conversation, note, survey, pinnedAt } = item.attributes
  const title =
    object?.title ??
    conversation?.name ??
    (note !== null ? 'Note' : survey !== null ? `Survey by ${survey.store}` : 'Conversation')
  return (
    <ItemFrame customerId={customerId} item={item} title={title}>
      {pinnedAt !== null && <PinnedMark />}
      {object !== null && (
        <ObjectCard
          id={item.id}
          item={item.attributes}
          object={object}
          klass={klass}
          toggled={toggled}
          onToggle={(opened) => onToggle(item.id, opened)}
        />
      )}
      {conversation !== null && <ConversationCard id={item.id} conversation={conversation} />}
      {survey !== null && (
        <SurveyCard
          id={item.id}
          survey={survey}
          at={item.attributes.at}
          conversationId={relatedId(item, 'conversation')}
        />
      )}
      {note !== null && <NoteCard note={note} author={author} conversationId={relatedId(item, 'conversation')} />}
    </ItemFrame>
  )
})
