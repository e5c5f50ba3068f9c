import {
  IconBox,
  IconCalendar,
  IconCreditCard,
  IconFileText,
  IconGauge,
  IconHeart,
  IconHelpCircle,
  IconShoppingBag,
  IconStar,
  IconTool,
  IconTruck,
} from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'

/** The icons that a klass may name. */
export const klassIcons: Record<string, Icon> = {
  scoreboard: IconGauge,
  star: IconStar,
  question: IconHelpCircle,
  shopping: IconShoppingBag,
  delivery: IconTruck,
  payment: IconCreditCard,
  repair: IconTool,
  calendar: IconCalendar,
  document: IconFileText,
  heart: IconHeart,
}

/** The icon a klass names, on its color; any other name shows a box. */
export function KlassIcon({ icon, color, size = 34 }: { icon: string | null; color: string | null; size?: number }) {
  const Picture = klassIcons[icon ?? ''] ?? IconBox
  return (
    <span className="klass-icon" style={{ width: size, height: size, background: filled(color) }} aria-hidden>
      <Picture size={size * 0.56} stroke={1.8} />
    </span>
  )
}

/** A color as CSS: a name of the theme's, or whatever else CSS knows. */
function filled(color: string | null): string {
  return color === null
    ? 'var(--mantine-color-gray-6)'
    : /^[a-z]+$/.test(color)
      ? `var(--mantine-color-${color}-filled, ${color})`
      : color
}
