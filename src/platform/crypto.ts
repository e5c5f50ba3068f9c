import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

/** Seals and opens short secrets with AES-256-GCM. `context` binds a secret to its place, so that a sealed value
 * copied to another row does not open. */
export interface Vault {
  seal: (plaintext: string, context: string) => Buffer
  /** Throws when the value was sealed with another key or for another context. */
  open: (sealed: Buffer, context: string) => string
}

/** Derives an independent 32-byte key for one purpose from the installation's secret key. */
export function deriveKey(secretKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, Buffer.alloc(0), `tellback/${purpose}`, 32))
}

export function createVault(secretKey: Buffer): Vault {
  const key = deriveKey(secretKey, 'vault')
  return {
    seal: (plaintext, context) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
      const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body])
    },
    open: (sealed, context) => {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes))
      decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
      return decipher.update(sealed.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
    },
  }
}

export function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest()
}
