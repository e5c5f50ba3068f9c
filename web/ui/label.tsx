import type { ReactNode } from 'react'

export type Tone = 'teal' | 'orange' | 'red' | 'gray'

interface LabelProps {
  tone: Tone
  icon?: ReactNode
  /** On its own tint; without it the words alone are colored. */
  tinted?: boolean
  title?: string
  /** What it is called where it is a picture more than words. */
  alt?: string
  children?: ReactNode
}

/** A few colored words on a card. Plain elements: thousands of cards scroll by, and each has several. */
export function Label({ tone, icon, tinted = false, title, alt, children }: LabelProps) {
  return (
    <span
      className="label"
      data-tone={tone}
      data-tinted={tinted || undefined}
      title={title}
      {...(alt === undefined ? {} : { role: 'img', 'aria-label': alt })}
    >
      {icon}
      {children}
    </span>
  )
}
