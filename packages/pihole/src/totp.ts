import { ToolError } from '@rackwarden/core'

/** The code of this moment that belongs to a shared secret. */
export async function codeOf(secret: string): Promise<number> {
  const { Secret, TOTP } = await import('./libraries/otpauth.ts')
  try {
    // Authenticators show it in groups.
    return Number(new TOTP({ secret: Secret.fromBase32(secret.replaceAll(/[\s-]/g, '').toUpperCase()) }).generate())
  } catch (cause) {
    throw new ToolError('invalid_config', 'totpSecret is no secret in base 32.', {
      hint: 'Give the text Pi-hole shows beside the QR code, or use an app password as password, which needs no code.',
      cause,
    })
  }
}
