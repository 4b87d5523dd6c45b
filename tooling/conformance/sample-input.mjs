/**
 * An input a schema allows, as far as its required fields say.
 * @param {unknown} schema
 * @returns {Record<string, unknown>}
 */
export function sampleOf(schema) {
  const { properties = {}, required = [] } = /** @type {{ properties?: Record<string, { type?: string }>, required?: string[] }} */ (schema)
  return Object.fromEntries(required.map((name) => [name, valueOf(properties[name]?.type)]))
}

/** @param {string | undefined} type */
function valueOf(type) {
  if (type === 'number' || type === 'integer') return 2
  if (type === 'boolean') return true
  if (type === 'array') return []
  return type === 'object' ? {} : 'words'
}
