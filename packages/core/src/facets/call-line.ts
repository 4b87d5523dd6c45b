/** A call as a line: the tool as it is listed, and its input. */
export function callLine(name: string, input: Readonly<Record<string, unknown>>): string {
  const inputs = Object.entries(input).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return [name, ...inputs].join(' ')
}
