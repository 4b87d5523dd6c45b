import type { JSONRPCMessage } from '@modelcontextprotocol/server'

/** Writes a message as JSON: a text, or its bytes where those are at hand. */
export type Encode = (message: JSONRPCMessage) => string | Buffer

/** The bytes of each list of tools, written once; a changed list is another one. */
export type ListBytes = (tools: object) => Buffer

/** Keeps the bytes of lists for as long as the lists live. */
export function keepListBytes(): ListBytes {
  const written = new WeakMap<object, Buffer>()
  return (tools) => {
    const bytes = written.get(tools) ?? Buffer.from(JSON.stringify(tools))
    written.set(tools, bytes)
    return bytes
  }
}

/** Makes an encoder that copies the bytes of a list of tools instead of writing it anew. */
export function createEncoder(bytesOf: ListBytes): Encode {
  return (message) => {
    if (!('result' in message)) return JSON.stringify(message)
    const { tools, ...rest } = message.result as { tools?: object }
    if (!Array.isArray(tools)) return JSON.stringify(message)
    const others = JSON.stringify(rest).slice(1)
    return Buffer.concat([
      Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":{"tools":`),
      bytesOf(tools),
      Buffer.from(others === '}' ? '}}' : `,${others}}`),
    ])
  }
}
