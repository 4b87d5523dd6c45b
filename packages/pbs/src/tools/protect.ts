import { z } from 'zod'
import { addressOf, readBackup, targetOf } from '../addresses.ts'
import { requireSnapshots } from '../inventory.ts'
import { defineTool, type StateReader } from './define-tool.ts'

const input = z.object({
  backup: z.string().describe('main:vm/100/<time>'),
  protected: z.boolean().default(true).describe('False lifts it.'),
})

const readState: StateReader<z.output<typeof input>, { isProtected: boolean }> = async ({ backup }, { client, signal }) => {
  const [found] = await requireSnapshots(client, readBackup(backup), signal)
  return { isProtected: found?.isProtected ?? false }
}

const words = (isProtected: boolean) => (isProtected ? 'protected' : 'not protected')

/** Keeps one backup from every prune and deletion, or lets it go again. */
export const protectBackup = defineTool({
  name: 'protect_backup',
  title: 'Protect a backup',
  description: 'Pin one backup: nothing prunes or deletes it until that is lifted.',
  access: 'configure',
  idempotent: true,
  input,
  output: z.object({ backup: z.string().describe('Its address.'), protected: z.boolean().describe('Now.') }),
  state: readState,
  plan({ backup, protected: wanted }, { state: { isProtected }, instance }) {
    const name = addressOf(readBackup(backup))
    const targets = [targetOf(instance, 'backup', name)]
    if (isProtected === wanted) return { summary: `${name} is ${words(wanted)} already`, targets, nothing: true }
    return {
      summary: wanted ? `Protect ${name}` : `Lift the protection of ${name}`,
      targets,
      diff: [`${name}: ${words(isProtected)} → ${words(wanted)}`],
      warnings: wanted
        ? ['It takes up space until the protection is lifted; it does not count among what a prune keeps.']
        : ['The next prune may take it.'],
    }
  },
  async run({ backup, protected: wanted }, { client, signal }) {
    const address = readBackup(backup)
    await client.protect(address, wanted, signal)
    return { backup: addressOf(address), protected: wanted }
  },
  settled: ({ isProtected }, { protected: wanted }) => isProtected === wanted || `it is still ${words(isProtected)}`,
  undo: ({ isProtected }, { backup }) => ({ tool: 'protect_backup', input: { backup, protected: isProtected } }),
})
