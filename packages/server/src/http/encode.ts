import type { JSONRPCMessage } from '@modelcontextprotocol/server'

/** Writes a message as JSON: a text, or its bytes where those are at hand. */
export type Encode = (message: JSONRPCMessage) => string | Buffer

/** Makes an encoder that writes each list of tools once and copies the bytes from then on. */
export function createEncoder(): Encode {
  const written = new WeakMap<object, Buffer>()
  return (message) => {
    if (!('result' in message)) return JSON.stringify(message)
    const { tools, ...rest } = message.result as { tools?: object }
    if (!Array.isArray(tools) || Object.keys(rest).length > 0) return JSON.stringify(message)
    const bytes = written.get(tools) ?? Buffer.from(`${JSON.stringify(tools)}}}`)
    written.set(tools, bytes)
    return Buffer.concat([Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":{"tools":`), bytes])
  }
}
