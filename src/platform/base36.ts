const base = 36n

/** Hexadecimal digits as digits and small letters: shorter, and the same in capitals, which some servers make of an address. */
export function toBase36(hex: string, length: number): string {
  return BigInt(`0x${hex}`).toString(Number(base)).padStart(length, '0')
}

/** What `toBase36` made of so many hexadecimal digits; undefined for what it never makes. */
export function fromBase36(text: string, hexLength: number): string | undefined {
  if (!/^[0-9a-z]+$/i.test(text)) {
    return undefined
  }
  const value = Array.from(text.toLowerCase()).reduce((sum, digit) => sum * base + BigInt(parseInt(digit, 36)), 0n)
  const hex = value.toString(16).padStart(hexLength, '0')
  return hex.length === hexLength ? hex : undefined
}
