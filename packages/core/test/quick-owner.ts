import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { canonicalJson, type Owner } from '@rackwarden/core/runtime'

/** An owner whose passphrase costs nothing: the key is here, and its public half, the record, where every process looks for it. */
export function quickOwner(): { owner: Owner; record: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const bytes = (statement: unknown) => Buffer.from(canonicalJson(statement))
  const owner = {
    sign: (statement: unknown) => Promise.resolve(sign(null, bytes(statement), privateKey).toString('base64url')),
    verify: (statement: unknown, signature: string) =>
      Promise.resolve(verify(null, bytes(statement), publicKey, Buffer.from(signature, 'base64url'))),
  } as unknown as Owner
  const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64url')
  return { owner, record: JSON.stringify({ version: 1, publicKey: spki, sealedKey: 'AAAA', salt: 'AAAA', cost: 2 ** 17 }) }
}
