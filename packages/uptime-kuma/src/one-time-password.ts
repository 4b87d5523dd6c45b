const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const stepSeconds = 30
// RFC 4226 asks for 128 bits at least; no authenticator gives less than 80.
const shortest = 16

/** Reads the secret of an authenticator, base32 as it is shown beside the picture; undefined where it is none. */
export function totpKey(secret: string): Uint8Array | undefined {
  const letters = secret.replaceAll(/[\s=]/g, '').toUpperCase()
  if (letters.length < shortest || !/^[A-Z2-7]+$/.test(letters)) return undefined
  const bytes: number[] = []
  let [buffer, bits] = [0, 0]
  for (const letter of letters) {
    buffer = ((buffer << 5) | alphabet.indexOf(letter)) & 0xfff
    bits += 5
    if (bits >= 8) bytes.push((buffer >> (bits -= 8)) & 0xff)
  }
  return Uint8Array.from(bytes)
}

/** The six digits an authenticator shows at a time (RFC 6238); `step` is so many half minutes later. */
export async function oneTimePassword(key: Uint8Array, atMs: number, step = 0): Promise<string> {
  const { createHmac } = await import('node:crypto')
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 1_000 / stepSeconds) + step))
  const digest = createHmac('sha1', key).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 0xf
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
