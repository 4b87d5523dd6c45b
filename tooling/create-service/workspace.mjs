import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { json } from './json.mjs'
import { formsOf } from './names.mjs'

/**
 * Makes a new service known to what is not generated from the packages there are: its build, what the hub and the pretend
 * lab depend on, the questions of the evals and the release notes.
 * @param {string} root
 * @param {string} name
 * @returns {string[]} The files that changed.
 */
export function joinWorkspace(root, name) {
  const packageName = `@rackwarden/${name}`

  /** @type {Map<string, (text: string) => string>} */
  const changes = new Map([
    ['tsconfig.json', (text) => withReferences(text, [`packages/${name}`, `packages/${name}/test`])],
    ['apps/hub/tsconfig.json', (text) => withReferences(text, [`../../packages/${name}`])],
    ['apps/hub/package.json', (text) => withDependency(text, 'devDependencies', packageName)],
    ['packages/simlab/tsconfig.json', (text) => withReferences(text, [`../${name}`])],
    ['packages/simlab/package.json', (text) => withDependency(text, 'dependencies', packageName)],
    ['tooling/evals/questions.json', (text) => asked(text, name)],
  ])
  // All of them first, so that nothing is half done where one of them has another shape by now.
  const written = [...changes].map(([file, change]) => /** @type {const} */ ([file, change(readFileSync(join(root, file), 'utf8'))]))
  for (const [file, text] of written) writeFileSync(join(root, file), text)

  const changeset = changesetOf(name)
  const note = `---\n'${packageName}': minor\n---\n\n${formsOf(name).at(-1)} tells of its jobs, and they are started and stopped with a plan first.\n`
  writeFileSync(join(root, changeset), note)
  return [...changes.keys(), changeset]
}

/**
 * A list of tools that grew much is explained where releases are told of.
 * @param {string} root
 * @param {string} name
 * @param {string} told What the count of tokens says.
 */
export function explainGrowth(root, name, told) {
  const growth = /tokens: hub \+[\d.]+ %/.exec(told)?.[0]
  if (growth !== undefined)
    appendFileSync(join(root, changesetOf(name)), `\n${growth}, because ${formsOf(name).at(-1)} is a service more.\n`)
}

/** @param {string} name */
function changesetOf(name) {
  return `.changeset/first-${name}.md`
}

/**
 * @param {string} text
 * @param {string} name
 */
function asked(text, name) {
  const [title, prefix] = [formsOf(name).at(-1), name.replaceAll('-', '_')]
  const questions = [
    [`which jobs does ${title} have`, 'list_jobs'],
    [`let ${title} start its export job`, 'start_job'],
    [`make ${title} stop that job`, 'stop_job'],
  ]
  const rows = questions.map(([ask, tool]) => `,\n  { "ask": "${ask}", "tools": ["${prefix}_${tool}"] }`)
  return inserted(text, /(?=\n\]\n$)/, rows.join(''))
}

/**
 * @param {string} text
 * @param {string[]} paths
 */
function withReferences(text, paths) {
  /** @type {{ references: { path: string }[] }} */
  const project = JSON.parse(text)
  const after = project.references.findLastIndex(({ path }) => path.startsWith(paths[0]?.startsWith('packages/') ? 'packages/' : '..'))
  project.references.splice(after + 1, 0, ...paths.map((path) => ({ path })))
  return json(project)
}

/**
 * @param {string} text
 * @param {'dependencies' | 'devDependencies'} field
 * @param {string} packageName
 */
function withDependency(text, field, packageName) {
  /** @type {Record<string, Record<string, string>>} */
  const manifest = JSON.parse(text)
  const dependencies = { ...manifest[field], [packageName]: 'workspace:^' }
  manifest[field] = Object.fromEntries(Object.entries(dependencies).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return json(manifest)
}

/**
 * @param {string} text
 * @param {RegExp} place
 * @param {string} addition
 */
function inserted(text, place, addition) {
  if (!place.test(text))
    throw new Error(`There is no place for:\n${addition.trim()}\nA file of the workspace has another shape than expected.`)
  return text.replace(place, () => addition)
}
