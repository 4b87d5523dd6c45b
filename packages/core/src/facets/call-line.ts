/** A call as a line: the tool as it is listed, and its input. What could pass for something else is quoted: names are an upstream's. */
export function callLine(name: string, input: Readonly<Record<string, unknown>>): string {
  const inputs = Object.entries(input).map(
    ([key, value]) => `${key}=${typeof value === 'string' && !/["=\p{C}\u2028\u2029]/u.test(value) ? value : JSON.stringify(value)}`,
  )
  return [name, ...inputs].join(' ')
}
