// A mark has its line to itself; one inside a sentence is only spoken of.
const generated = /^(<!-- generated: ([\w-]+) -->\n)[^]*?^(<!-- \/generated -->)$/gm
const snippet = /^(<!-- snippet: ([\w./-]+)(?:#([\w-]+))? -->\n)[^]*?^(<!-- \/snippet -->)$/gm

/**
 * Fills every marked part of a document anew; what stands between the marks is replaced.
 * @param {string} text
 * @param {{ parts?: Readonly<Record<string, () => string>>, readSnippet: (file: string, region: string | undefined) => string }} sources
 */
export function filled(text, { parts = {}, readSnippet }) {
  for (const mark of ['generated', 'snippet']) refuseOpen(text, mark)
  const missing = Object.keys(parts).filter((name) => !text.includes(`<!-- generated: ${name} -->\n`))
  if (missing.length > 0) throw new Error(`there is no place marked <!-- generated: ${missing[0]} --> … <!-- /generated -->`)
  return text
    .replaceAll(generated, (_whole, /** @type {string} */ open, /** @type {string} */ name, /** @type {string} */ close) => {
      const part = Object.hasOwn(parts, name) ? parts[name] : undefined
      if (part === undefined) throw new Error(`nothing is generated for the part '${name}' here`)
      return `${open}\n${part()}\n\n${close}`
    })
    .replaceAll(snippet, (_whole, /** @type {string} */ open, /** @type {string} */ file, region, /** @type {string} */ close) => {
      const language = file.endsWith('.ts') ? 'ts' : 'js'
      return `${open}\n\`\`\`${language}\n${readSnippet(file, region)}\n\`\`\`\n\n${close}`
    })
}

/**
 * A part that is never closed would take everything up to the end of the next one.
 * @param {string} text
 * @param {string} mark
 */
function refuseOpen(text, mark) {
  let open = false
  for (const [found] of text.matchAll(new RegExp(`^<!-- (?:${mark}: .*|/${mark}) -->$`, 'gm'))) {
    const opens = !found.startsWith('<!-- /')
    if (opens === open) throw new Error(`'${found}' ${opens ? 'begins inside another part' : 'ends nothing'}`)
    open = opens
  }
  if (open) throw new Error(`a part marked '${mark}' is not closed by <!-- /${mark} -->`)
}

/**
 * Marks the first table below a heading, where it is not marked yet: the README of a new service.
 * @param {string} text
 * @param {Readonly<Record<string, string>>} headings Name of the part by the heading it stands below.
 */
export function marked(text, headings) {
  return Object.entries(headings).reduce((result, [heading, name]) => {
    if (result.includes(`<!-- generated: ${name} -->`)) return result
    const place = new RegExp(`(?<=\\n## ${heading}\\n(?:(?!\\n## )[^])*?\\n)((?:\\|.*\\n)+)`)
    return result.replace(place, (rows) => `<!-- generated: ${name} -->\n${rows}<!-- /generated -->\n`)
  }, text)
}
