import { setTimeout as delay } from 'node:timers/promises'
import { defineService, secret, ToolError, toolsFor, type Service } from '@rackwarden/core'
import { z } from 'zod'

/** A vault, and what happened to it. */
export interface Vault {
  opened: number
  waiting: number
  aborted: number
}

const defineTool = toolsFor<Vault & { password: string }>()

const getVault = defineTool({
  name: 'get_vault',
  title: 'Get the vault',
  description: 'Whatever the vault holds.',
  access: 'observe',
  input: z.object({}),
  output: z.object({ note: z.string().describe('What lies in it.'), opened: z.number().describe('How often it was opened.') }),
  run: (_, { client }) => ({ note: `password=${client.password}`, opened: client.opened }),
})

const restartVault = defineTool({
  name: 'restart_vault',
  title: 'Restart the vault',
  description: 'Opens the vault and shuts it.',
  access: 'operate',
  input: z.object({ seconds: z.number().max(5).describe('For how long.') }),
  output: z.object({ opened: z.number().describe('How often it was opened.') }),
  state: (_, { client }) => ({ opened: client.opened }),
  plan: ({ seconds }) => ({ summary: `Open the vault for ${seconds} s`, targets: ['vault/vault/main'] }),
  run: (_, { client }) => ({ opened: (client.opened += 1) }),
  undo: 'transient',
})

const checkVault = defineTool({
  name: 'check_vault',
  title: 'Check the vault',
  description: 'Takes its time, and says how far it is.',
  access: 'observe',
  input: z.object({ rounds: z.number().optional().describe('Rounds; without end when not given.') }),
  output: z.object({ rounds: z.number().describe('Rounds made.') }),
  run: async ({ rounds = Infinity }, { client, signal, progress }) => {
    client.waiting += 1
    try {
      for (let round = 1; round <= rounds; round += 1) {
        progress(`round ${round} with ${client.password}`, round, 3)
        await delay(20, undefined, { signal })
      }
    } catch (error) {
      client.aborted += 1
      throw new ToolError('timeout', 'It was stopped.', { hint: 'Ask again.', cause: error })
    }
    return { rounds }
  },
})

/** A service of one vault that can be watched. */
export function vaultService(vault: Vault): Service {
  return defineService({
    name: 'vault',
    title: 'Vault',
    description: 'A vault.',
    instances: 'single',
    config: { password: secret().describe('Its password.') },
    connect: ({ password }) => Object.assign(vault, { password }),
    health: () => ({ evidence: 'shut' }),
    simulate: () => Promise.reject(new Error('a vault needs no simulator')),
    tools: [checkVault, getVault, restartVault],
  })
}
