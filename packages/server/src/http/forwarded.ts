/** One hop of the Forwarded header, as far as it is read here. */
export interface ForwardedElement {
  for?: string
  host?: string
  proto?: string
}

const parameter = /[ \t]*([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~\w:[\]-]*))[ \t]*(;|,|$)/suy

/** Reads a Forwarded header (RFC 7239), nearest hop last; undefined where it is not written as one. */
export function forwardedElements(text: string): ForwardedElement[] | undefined {
  const elements: ForwardedElement[] = [{}]
  let at = 0
  while (at < text.length) {
    parameter.lastIndex = at
    const match = parameter.exec(text)
    if (match === null) return undefined
    const [whole, name = '', quoted, plain = '', end] = match
    const key = name.toLowerCase()
    const value = quoted === undefined ? plain : quoted.replaceAll(/\\(.)/gsu, '$1')
    const element = elements.at(-1)!
    if (key === 'for' || key === 'host' || key === 'proto') {
      // What is said twice of one hop is said by nobody who can be believed.
      if (element[key] !== undefined) return undefined
      element[key] = value
    }
    if (end === ',') elements.push({})
    at += whole.length
  }
  return elements
}
