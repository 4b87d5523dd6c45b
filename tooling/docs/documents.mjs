import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { configurationTable, packageGraph } from './architecture.mjs'
import { clientsTable } from './clients.mjs'
import { environmentExample } from './environment-example.mjs'
import { listings } from './listings.mjs'
import { filled, marked } from './markers.mjs'
import { pitfallsList } from './pitfalls.mjs'
import { registryEntries } from './registry-entry.mjs'
import { mainVariables, servicesPage } from './services-page.mjs'
import { snippetOf } from './snippet.mjs'
import { toolsTable } from './tools.mjs'
import { variablesTable } from './variables.mjs'

const sections = { Variables: 'variables', Tools: 'tools' }

/**
 * Everything that is generated in a workspace, as it should be, by its path.
 * @param {import('./workspace.mjs').Workspace} workspace
 * @returns {Promise<Map<string, string>>}
 */
export async function documents(workspace) {
  const { root, services } = workspace
  /** @type {Record<string, Record<string, () => string>>} */
  const parts = {
    'README.md': { conversation: () => conversation(root), variables: () => mainVariables(workspace) },
    'docs/architecture.md': { packages: () => packageGraph(root), configuration: () => configurationTable(workspace) },
    'docs/connect.md': { clients: () => clientsTable() },
  }
  for (const { directory, service } of services) {
    const pitfalls = (await service.pitfalls?.())?.default
    parts[`${directory}/README.md`] = {
      variables: () => variablesTable(service),
      tools: () => toolsTable(service),
      ...(pitfalls === undefined ? {} : { pitfalls: () => pitfallsList(pitfalls) }),
    }
  }
  const prose = proseFiles(root).map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    const isService = services.some(({ directory }) => path === `${directory}/README.md`)
    try {
      const own = parts[path]
      return /** @type {const} */ ([
        path,
        filled(isService ? marked(text, sections) : text, {
          ...(own === undefined ? {} : { parts: own }),
          readSnippet: (file, region) => snippet(root, file, region),
        }),
      ])
    } catch (error) {
      throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  })
  return new Map([
    ...prose,
    ['docs/services.md', await servicesPage(workspace)],
    ['.env.example', environmentExample(workspace)],
    ...(await listings(root)),
    ...(await registryEntries(workspace)),
  ])
}

/**
 * The conversation of the demo, as a test holds it.
 * @param {string} root
 */
function conversation(root) {
  return `\`\`\`text\n${readFileSync(join(root, 'apps/hub/test/demo.txt'), 'utf8').trimEnd()}\n\`\`\``
}

/**
 * The documents written by people, by their paths; what they show of the sources is filled in.
 * @param {string} root
 */
export function proseFiles(root) {
  const readmes = ['packages', 'apps', 'examples', 'tooling'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}/README.md`),
  )
  const pages = readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md') && name !== 'services.md')
    .map((name) => `docs/${name}`)
  const own = readdirSync(root).filter((name) => name.endsWith('.md'))
  return [...own, ...pages, ...readmes].filter((path) => existsSync(join(root, path))).toSorted()
}

/**
 * @param {string} root
 * @param {string} file
 * @param {string | undefined} region
 */
function snippet(root, file, region) {
  if (!existsSync(join(root, file))) throw new Error(`there is no ${file} to show`)
  try {
    return snippetOf(readFileSync(join(root, file), 'utf8'), region)
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
