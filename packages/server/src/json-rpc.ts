import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/server'

/** Codes of JSON-RPC and of the Streamable HTTP transport that are answered outside any session. */
export const rpcCodes = { parse: -32700, invalidRequest: -32600, internal: -32603, transport: -32000, sessionNotFound: -32001 } as const

/** Whether a parsed value has the shape of one JSON-RPC 2.0 message. */
export function isRpcMessage(value: unknown): value is JSONRPCMessage {
  if (!isRecord(value) || value.jsonrpc !== '2.0') return false
  if (typeof value.method === 'string')
    return (value.id === undefined || isRpcId(value.id)) && (value.params === undefined || isRecord(value.params))
  return isRpcId(value.id) && (isRecord(value.result) || isRecord(value.error))
}

/** The id of a request, undefined for notifications and answers. */
export function requestIdOf(message: JSONRPCMessage): RequestId | undefined {
  return 'method' in message && 'id' in message ? message.id : undefined
}

/** The id of an answer, undefined for requests and notifications. */
export function answerIdOf(message: JSONRPCMessage): RequestId | undefined {
  return 'method' in message ? undefined : message.id
}

/** Whether a request only waits for news, until its client has heard enough. */
export function listensOn(message: unknown): boolean {
  return isRecord(message) && message.method === 'subscriptions/listen'
}

/** The text of an error that answers no request in particular, or the one with this id. */
export function rpcError(code: number, message: string, id: RequestId | null = null): string {
  return JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id })
}

function isRpcId(value: unknown): value is RequestId {
  return typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))
}

/** Whether a value is an object with named members. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
