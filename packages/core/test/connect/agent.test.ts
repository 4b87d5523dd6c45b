import { get } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { createAgent } from '../../src/connect/agent.ts'
import { ToolError } from '../../src/define/error.ts'
import { createCertificate } from '../../src/testing/certificate.ts'
import { serveHandler } from '../../src/testing/serve-handler.ts'
import { connect } from './loopback.ts'

test("a library's own requests are held to the pin of the connection, and it is told why one was refused", async () => {
  const certificate = createCertificate()
  const served = await serveHandler(() => new Response(null, { status: 204 }), { tls: certificate })
  onTestFinished(() => served.close())
  const status = async (tlsFingerprint: string, failed?: (error: unknown) => void) => {
    const agent = await createAgent(connect({ tlsFingerprint }), { secure: true, ...(failed !== undefined && { failed }) })
    return new Promise<number | undefined>((resolve, reject) => {
      get(served.url, { agent }, (response: IncomingMessage) => resolve(response.resume().statusCode)).on('error', reject)
    })
  }
  expect(await status(certificate.fingerprint)).toBe(204)
  const failures: unknown[] = []
  await expect(status(createCertificate().fingerprint, (error) => failures.push(error))).rejects.toThrow('another certificate')
  expect(failures.map((error) => ToolError.isInstance(error) && error.code)).toEqual(['unreachable'])
})
