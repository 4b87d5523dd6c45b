import { fixedNames, verbs } from '@rackwarden/core'
import type { SourceFile } from './source-file.mjs'

const everywhere = ['package.json', 'tsconfig.json', 'test/tsconfig.json', 'README.md']
const ofServices = [
  'server.json',
  'src/index.ts',
  'src/client.ts',
  'src/simulate.ts',
  'src/bin.ts',
  'test/conformance.test.ts',
  'test/golden.test.ts',
  'test/readme.test.ts',
  'test/tools.json',
  'test/transcript.md',
]

/** Says which files a package lacks, or has twice, one phrase each. */
export function fileViolations(files: readonly string[], { service, library }: { service: boolean; library: boolean }): string[] {
  const required = [...everywhere, library ? 'src/index.ts' : 'src/bin.ts', ...(service ? ofServices : [])]
  const lacking = [...new Set(required)].filter((file) => !files.includes(file)).map((file) => `lacks ${file}`)
  if (!service) return lacking
  const places = [files.includes('src/tools.ts'), files.some((file) => file.startsWith('src/tools/'))].filter(Boolean).length
  return places === 1 ? lacking : [...lacking, places === 0 ? 'has no tools' : 'has src/tools.ts beside src/tools/']
}

/** Says what is wrong with the exports of a service's index, one phrase each. */
export function exportViolations(text: string): string[] {
  const exported = text.match(/^export (?!type )\S+/gm) ?? []
  const expectations: [boolean, string][] = [
    [exported.filter((line) => line === 'export default').length === 1, 'has exactly one default export'],
    [exported.every((line) => line === 'export default'), 'exports nothing else but types'],
    [text.includes('export default defineService({'), 'exports what defineService makes'],
  ]
  return expectations.flatMap(([holds, expectation]) => (holds ? [] : [expectation]))
}

/** Says which test of a service does not call what holds every service to the same, one phrase each. */
export function suiteViolations(read: (file: string) => string): string[] {
  const calls = { 'conformance.test.ts': 'testService(', 'golden.test.ts': 'checkToolsGolden(', 'readme.test.ts': 'checkReadme(' }
  return Object.entries(calls).flatMap(([file, call]) =>
    read(`test/${file}`).includes(call) ? [] : [`test/${file} does not call ${call})`],
  )
}

/** Says which tools of a source are not called by the rules, one phrase each. */
export function toolViolations({ path, text }: SourceFile): string[] {
  const defined = text.match(/= defineTool\(/g)?.length ?? 0
  const named = [...text.matchAll(/^export const (\w+) = defineTool\(\{\s*name: '(\w+)'/gm)]
  const wrong = named.flatMap(([, constant = '', name = '']) => {
    const camelCase = name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    const [verb = ''] = name.split('_')
    return [
      ...(constant === camelCase ? [] : [`${path}: ${name} is exported as ${constant}, not ${camelCase}`]),
      ...(verb in verbs || fixedNames.includes(name) ? [] : [`${path}: '${verb}' of ${name} is no verb of ours`]),
    ]
  })
  return named.length === defined ? wrong : [...wrong, `${path}: a tool is not an export that begins with its name`]
}

/** The sources whose names do not say what they hold. */
export function vagueNames(files: readonly SourceFile[]): string[] {
  return files.map(({ path }) => path).filter((path) => /\/(utils?|helpers?|types|common|misc)(\.ts|\/)/.test(path))
}
