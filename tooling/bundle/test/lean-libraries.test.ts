import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { transformSync } from 'esbuild'
import { expect, test } from 'vitest'
import { droppable, lateOutputs, toldByMember } from '../lean-libraries.mjs'

const packages = fileURLToPath(new URL('../../../packages', import.meta.url))

const code = `import * as z from "zod/v4";

const UsedSchema = z.object({ name: z.string() });
/**
* A type of the protocol.
*/
const UnusedSchema = UsedSchema.extend({ age: z.preprocess((value) => {
\tconst text = String(value);
\treturn text;
}, z.string()) });
const limit = 3;
export const used = [UsedSchema, limit];
`

function bundled(source: string): string {
  return transformSync(source, { format: 'esm', treeShaking: true }).code
}

test('a schema nobody uses is left out, and one that is used stays', () => {
  expect(bundled(code)).toContain('UnusedSchema')
  const lean = bundled(droppable(code))
  expect(lean).not.toContain('UnusedSchema')
  expect(lean).toContain('UsedSchema')
  expect(lean).toContain('limit = 3')
})

test('what a tool answers with is made when it is read, and everything beside it stays', () => {
  const made: string[] = []
  const z = { object: (shape: object) => (made.push(Object.keys(shape).join(' ')), shape) }
  const tool = `({
  input: z.object({ name: 1 }),
  output: z.object({
    rows: z.object({
      id: 2,
    }),
  }),
  run: () => 3,
})`
  const definition = runInNewContext(lateOutputs(tool), { z }) as { output: object; run: () => number }
  expect([made, definition.run()]).toEqual([['name'], 3])
  expect([definition.output, made]).toEqual([{ rows: { id: 2 } }, ['name', 'id', 'rows']])
})

test('every tool of a service is written so that its output is made late', () => {
  const sources = readdirSync(packages).flatMap((name) => sourcesOf(join(packages, name, 'src')))
  const eager = /^\s*output: z\b/m
  expect(sources.filter((file) => eager.test(readFileSync(file, 'utf8'))).length).toBeGreaterThan(20)
  expect(sources.filter((file) => eager.test(lateOutputs(readFileSync(file, 'utf8'))))).toEqual([])
})

function sourcesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(directory, file))
}

test('a message is only parsed as what it has the member of, and judged as before', () => {
  const parsed: string[] = []
  const schemaOf = (name: string, isValid: boolean) => ({ safeParse: () => (parsed.push(name), { success: isValid }) })
  const kinds = `const isJSONRPCRequest = (value) => Requests.safeParse(value).success;
const isJSONRPCResultResponse = (value) => Results.safeParse(value).success;
[isJSONRPCRequest, isJSONRPCResultResponse]`
  const [isRequest, isResult] = runInNewContext(toldByMember(kinds), {
    Requests: schemaOf('request', true),
    Results: schemaOf('result', false),
  }) as ((value: unknown) => boolean)[]
  expect([isRequest?.({ method: 'ping' }), isResult?.({ method: 'ping' }), isResult?.({ result: 1 })]).toEqual([true, false, false])
  expect([null, undefined, 'text', {}].map((value) => isRequest?.(value))).toEqual([false, false, false, false])
  expect(parsed).toEqual(['request', 'result'])
})
