import { transformSync } from 'esbuild'
import { expect, test } from 'vitest'
import { droppable } from '../lean-libraries.mjs'

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
