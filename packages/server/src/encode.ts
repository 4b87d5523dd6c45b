import type { JSONRPCMessage } from '@modelcontextprotocol/server'

/** A message as JSON: a text, or its parts where bytes of it are at hand, which are written one after the other and never copied. */
export type Encoded = string | readonly (string | Buffer)[]

/** Writes a message as JSON. */
export type Encode = (message: JSONRPCMessage) => Encoded

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

/** Makes an encoder that takes the bytes of a list of tools instead of writing it anew. */
export function createEncoder(bytesOf: ListBytes): Encode {
  return (message) => {
    if (!('result' in message)) return JSON.stringify(message)
    const { tools, ...rest } = message.result as { tools?: object }
    if (!Array.isArray(tools)) return JSON.stringify(message)
    const others = JSON.stringify(rest).slice(1)
    const head = `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":{"tools":`
    return [head, bytesOf(tools), others === '}' ? '}}' : `,${others}}`]
  }
}

/** What an encoded message reads. */
export function textOf(encoded: Encoded): string {
  return typeof encoded === 'string' ? encoded : encoded.join('')
}

/** How many bytes an encoded message has. */
export function bytesIn(encoded: Encoded): number {
  const parts = typeof encoded === 'string' ? [encoded] : encoded
  return parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0)
}
