/** What every server of the bench offers: five groups of echo tools, twenty in each unless ECHO_TOOLS says otherwise. */
export const groups = ['echo1', 'echo2', 'echo3', 'echo4', 'echo5']

export const toolsOfGroup = Number(process.env['ECHO_TOOLS'] ?? 20)

/** Names of the tools of one group. */
export const names = Array.from({ length: toolsOfGroup }, (_, index) => `get_echo_${index + 1}`)

/** Names of all of them, each behind its group. */
export const prefixedNames = groups.flatMap((group) => names.map((name) => `${group}_${name}`))

export const words = { title: 'Echo a text', description: 'Give back the text it was given.' }

/**
 * The listing of one of them, written by hand: as little as a model needs.
 * @param {string} name
 */
export function listing(name) {
  const properties = { text: { type: 'string', description: 'Text to give back.' } }
  return { name, ...words, inputSchema: { type: 'object', properties, required: ['text'] } }
}
