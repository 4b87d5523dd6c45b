import { ToolError } from '@rackwarden/core'
import { createConnection, type Runtime } from '@rackwarden/core/runtime'

const limitMs = 10_000

/**
 * What to pin of an address: the fingerprint that was read on the machine itself, if that is what its port shows; nothing
 * where an authority this machine knows vouches for the port. Throws for any other, before a secret is sent there.
 */
export async function pinFor(url: string, fingerprint: string, { log }: Pick<Runtime, 'log'>): Promise<string | undefined> {
  // Without TLS there is nothing to pin, and a token would go over the wire for all to read.
  if (!url.startsWith('https:'))
    throw new ToolError('invalid_input', `${url} is not guarded by TLS, and a token would be sent there.`, { hint: 'Write https://.' })
  if (await answers(url, {}, log)) return undefined
  await ask(url, { tlsFingerprint: fingerprint }, log)
  return fingerprint
}

async function answers(url: string, trust: { tlsFingerprint?: string }, log: Runtime['log']): Promise<boolean> {
  try {
    await ask(url, trust, log)
    return true
  } catch (error) {
    if (!ToolError.isInstance(error) || !(error.hint ?? '').includes('tlsFingerprint')) throw error
    return false
  }
}

/** Any answer will do. */
async function ask(url: string, trust: { tlsFingerprint?: string }, log: Runtime['log']): Promise<void> {
  const connection = createConnection({ url, timeoutMs: limitMs, ...trust }, { log })
  try {
    const response = await connection.fetch('/api2/json/version', { timeoutMs: limitMs })
    await response.body?.cancel()
  } finally {
    await connection.close?.()
  }
}
