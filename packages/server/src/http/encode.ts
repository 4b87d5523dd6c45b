import type { JSONRPCMessage } from '@modelcontextprotocol/server'

/** Writes a message as JSON. */
export type Encode = (message: JSONRPCMessage) => string

/** Makes an encoder that writes each list of tools once and copies the text from then on. */
export function createEncoder(): Encode {
  const written = new WeakMap<object, string>()
  return (message) => {
    if (!('result' in message) || !('id' in message)) return JSON.stringify(message)
    const { tools, ...rest } = message.result as { tools?: object }
    if (!Array.isArray(tools) || Object.keys(rest).length > 0) return JSON.stringify(message)
    const text = written.get(tools) ?? JSON.stringify(tools)
    written.set(tools, text)
    return `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":{"tools":${text}}}`
  }
}
