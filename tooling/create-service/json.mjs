/**
 * The text of a JSON file, each reference of a project in one line.
 * @param {unknown} value
 */
export function json(value) {
  return `${JSON.stringify(value, undefined, 2).replaceAll(/\{\s+("path": "[^"]+")\s+\}/g, '{ $1 }')}\n`
}
