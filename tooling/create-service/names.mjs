/** The service every template is: its name in each form stands for that of the new one. */
export const templateName = 'quiet-lantern'

// Tools are named after their service where the hub serves them; at most 48 characters are left for both.
const longestName = 30

/** What stands beside the name in the sources of a service or of the hub, and the names of other packages. */
const takenNames = ['app', 'apps', 'conformance', 'create-service', 'evals', 'hub', 'lab', 'rackwarden', 'run', 'services', 'test']

const reservedWords =
  'arguments async await break case catch class const continue debugger default delete do else enum eval export extends false finally for from function if implements import in instanceof interface let new null of package private protected public return static super switch this throw true try type typeof undefined var void while with yield'.split(
    ' ',
  )

/**
 * Says what is wrong with a name for a service; nothing where it will do.
 * @param {string} name
 * @returns {string | undefined}
 */
export function whyNoName(name) {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return `'${name}' is not kebab-case: small letters and digits, parted by single dashes.`
  if (name.length > longestName) return `'${name}' is longer than ${longestName} characters.`
  if (name === templateName) return `'${name}' is the service of the templates.`
  if (reservedWords.includes(name)) return `'${name}' is a word of the language; nothing can be imported under it.`
  if (takenNames.includes(name)) return `'${name}' means something else here.`
  return undefined
}

/**
 * Puts a name in the place of the template's, in every form it is written in.
 * @param {string} text
 * @param {string} name
 */
export function renamed(text, name) {
  const from = formsOf(templateName)
  const to = formsOf(name)
  return from.reduce((result, form, index) => result.replaceAll(form, to[index] ?? ''), text)
}

/**
 * A name as packages, variables of the language, types, variables of the environment and people write it.
 * @param {string} name
 */
export function formsOf(name) {
  const words = name.split('-')
  const capitalized = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
  return [
    name,
    [words[0], ...capitalized.slice(1)].join(''),
    capitalized.join(''),
    words.map((word) => word.toUpperCase()).join('_'),
    capitalized.join(' '),
  ]
}
