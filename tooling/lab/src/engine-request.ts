import { request } from 'node:http'

/** What an engine answered. `body` is parsed JSON, or the text where it is not. */
export interface EngineResponse {
  status: number
  body: unknown
}

/** Sends one request over a Unix socket. A buffer goes out as a tar archive, anything else as JSON. */
export function engineRequest(socketPath: string, method: string, path: string, body?: unknown): Promise<EngineResponse> {
  const payload = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
  const type = Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json'
  const headers = payload === undefined ? {} : { 'content-type': type, 'content-length': payload.length }
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString('utf8')) }))
    })
    sent.on('error', reject)
    sent.end(payload)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
