import type { AttributeSuffix } from '../../../src/sdk/domain.ts'

/** The types of custom attributes, as an admin chooses among them. */
export const attributeChoices: { suffix: AttributeSuffix; label: string; about: string }[] = [
  { suffix: 'Str', label: 'Text', about: 'One line; can be limited to some values' },
  { suffix: 'Txt', label: 'Long text', about: 'Several lines' },
  { suffix: 'Num', label: 'Number', about: 'Whole or with decimals' },
  { suffix: 'At', label: 'Date and time', about: 'Shown in everybody’s own time zone' },
  { suffix: 'Bool', label: 'Yes or no', about: 'Or not known yet' },
  { suffix: 'Url', label: 'Link', about: 'Opens in a new tab' },
  { suffix: 'Tree', label: 'Choice in levels', about: 'Levels with dots between: damage.transport' },
  { suffix: 'Id', label: 'Id of another record', about: '24 letters and digits, as the API has them' },
]

export function typeLabelOf(name: string): string {
  return attributeChoices.find(({ suffix }) => name.endsWith(suffix))?.label ?? 'Text'
}

/** The name that programs use: “Order number” as a text becomes `orderNumberStr`. */
export function attributeNameOf(label: string, suffix: AttributeSuffix): string {
  const words = label
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9 ]/g, '')
    .split(' ')
    .filter((word) => word !== '')
  const [first = '', ...rest] = words.map((word) => word.toLowerCase())
  return first === '' ? '' : first + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') + suffix
}
