import {
  createTheme,
  defaultVariantColorsResolver,
  Drawer,
  Modal,
  Notification,
  parseThemeColor,
  rem,
} from '@mantine/core'
import type { CSSVariablesResolver, VariantColorsResolver } from '@mantine/core'

const tinted = new Set(['light', 'subtle', 'transparent'])

/** Colored text on its own tint is one step stronger than the library's, for a contrast of 4.5 to 1 in both schemes. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input)
  const { isThemeColor, color } = parseThemeColor({
    color: input.color ?? input.theme.primaryColor,
    theme: input.theme,
  })
  if (!isThemeColor || !tinted.has(input.variant) || color === 'gray') {
    return colors
  }
  const share = color === 'yellow' ? 66 : 78 // the lightest of them needs more
  const onLight = `color-mix(in srgb, var(--mantine-color-${color}-9) ${share}%, black)`
  return { ...colors, color: `light-dark(${onLight}, var(--mantine-color-${color}-2))` }
}

/** Dimmed text, placeholders and errors keep a contrast of 4.5 to 1 on every surface of either scheme. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c636a',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
  },
  dark: {
    '--mantine-color-dimmed': '#b3b9c2',
    '--mantine-color-placeholder': '#a3aab4',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
  },
})

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: 8, // light enough to be cheerful, dark enough for white text on it
  variantColorResolver,
  defaultRadius: 'md',
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: rem(24) }, h2: { fontSize: rem(18) }, h3: { fontSize: rem(15) } },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
  },
})
