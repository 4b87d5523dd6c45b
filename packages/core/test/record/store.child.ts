import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createFileStore } from '../../src/record/state-store.ts'

const [job, directory = '', name = ''] = process.argv.slice(-3)
const store = createFileStore(directory)

const attempt = (action: () => Promise<unknown>): Promise<unknown> =>
  action().catch((error: unknown) => {
    const { code, message, hint } = error as { code: string; message: string; hint: string }
    return { code, message, hint }
  })

if (job === 'claim') {
  const won: string[] = []
  for (const record of await store.list('plans')) if (await store.claim(`plans/${record}`, `claimed/${record}`)) won.push(record)
  print(won)
} else if (job === 'create') {
  const won: string[] = []
  for (let index = 0; index < 50; index += 1) if (await store.create(`keys/${index}`, name)) won.push(String(index))
  print(won)
} else {
  await store.write('plans/a.json', 'before')
  if (job === 'read-only') execFileSync('mount', ['-o', 'remount,ro', directory])
  else fill(join(directory, 'filler'))
  print({
    write: await attempt(() => store.write('plans/b.json', 'x'.repeat(9000))),
    claim: job === 'read-only' ? await attempt(() => store.claim('plans/a.json', 'claimed/a.json')) : undefined,
    remove: job === 'read-only' ? await attempt(() => store.remove('plans/a.json')) : undefined,
    read: await store.read('plans/a.json'),
    list: await store.list('plans'),
    left: readdirSync(join(directory, '.temporary')),
  })
}

function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (;;) writeSync(file, Buffer.alloc(4096))
  } catch {
    closeSync(file)
  }
}

function print(value: unknown): void {
  process.stdout.write(JSON.stringify(value))
}
