const stepMs = 30_000
/** RFC 4226 asks for 128 bits at least; no authenticator gives less than 80, which are sixteen letters. */
const secretForm = /^[A-Z2-7]{16,}$/

/** Whether a text can be the secret of an authenticator: base 32, in whatever groups it is shown. */
export function isOneTimeSecret(secret: string): boolean {
  return secretForm.test(lettersOf(secret))
}

/** The six digits an authenticator shows at a time (RFC 6238), in milliseconds since the epoch; `step` is so many half minutes later. */
export async function oneTimePassword(secret: string, atMs: number, step = 0): Promise<string> {
  const { Secret, TOTP } = await import('../libraries/otpauth.ts')
  return new TOTP({ secret: Secret.fromBase32(lettersOf(secret)) }).generate({ timestamp: atMs + step * stepMs })
}

function lettersOf(secret: string): string {
  return secret.replaceAll(/[\s=-]/g, '').toUpperCase()
}
