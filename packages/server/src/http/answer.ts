import type { RequestId } from '@modelcontextprotocol/server'
import type { ServerResponse } from 'node:http'
import { rpcError } from '../json-rpc.ts'

/** Answers with a JSON text. */
export function answerJson(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers })
  response.end(text)
}

/** What went wrong before or around a call, as a JSON-RPC error behind an HTTP status. */
export interface Refusal {
  status: number
  code: number
  message: string
  id?: RequestId
  headers?: Record<string, string>
}

/** Answers with a refusal. */
export function refuse(response: ServerResponse, { status, code, message, id, headers }: Refusal): void {
  answerJson(response, status, rpcError(code, message, id), headers)
}
