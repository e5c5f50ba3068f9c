import type { ReactNode } from 'react'

import { Time } from '../../ui/time.tsx'

// Plain elements with classes: a long timeline draws a thousand cards in a few seconds, and the library's boxes cost ten times as much.

/** A card's two columns: what kind of thing it is, and what it says. */
export function CardBody({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <div className="card-body">
      {icon}
      <div className="card-content">{children}</div>
    </div>
  )
}

/** The picture of what is no object of a klass, on its tint. */
export function CardIcon({ tone, children }: { tone: 'indigo' | 'teal' | 'yellow'; children: ReactNode }) {
  return (
    <span className="card-icon" data-tone={tone} aria-hidden>
      {children}
    </span>
  )
}

/** A card's first line: its title with what stands beside it, and when it was. */
export function CardHead({ at, children }: { at: string; children: ReactNode }) {
  return (
    <div className="card-head">
      <div className="card-title-line">{children}</div>
      <span className="card-small card-time">
        <Time at={at} />
      </span>
    </div>
  )
}

/** What was said, up to so many lines; without a limit all of it. */
export function CardText({ lines, children }: { lines?: number | undefined; children: ReactNode }) {
  return (
    <div
      className="card-text said"
      {...(lines === undefined ? {} : { 'data-clamped': true, style: { WebkitLineClamp: lines } })}
    >
      {children}
    </div>
  )
}
