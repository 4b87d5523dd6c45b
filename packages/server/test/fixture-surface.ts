import { allows, lowestTier, type Access, type Tier } from '@rackwarden/core'
import type { CallRequest, CallResult, Surface, ToolListing, View } from '@rackwarden/core/runtime'

/** What the fixture's tools did, for a test to look at. */
export interface FixtureState {
  level: number
  /** Calls of `wait_signal` that began. */
  waiting: number
  /** Calls of `wait_signal` that were told to stop. */
  aborted: number
  /** Lets the calls of `wait_signal` come to their end. */
  release: () => void
}

interface FixtureTool {
  service: string
  access: Access
  properties: Record<string, Record<string, unknown>>
  required?: readonly string[]
  run: (request: CallRequest) => CallResult | Promise<CallResult>
}

/** A surface with two services, small enough to be read whole. */
export function createFixtureSurface({ tier = 'configure', state = newState() }: { tier?: Tier; state?: FixtureState } = {}): Surface & {
  state: FixtureState
} {
  const plans = new Map<string, { principal: string; level: unknown }>()
  const tools: Record<string, FixtureTool> = {
    count_steps: {
      service: 'lamp',
      access: 'observe',
      properties: { steps: { type: 'integer' } },
      async run({ input, progress }) {
        for (let step = 1; step <= Number(input.steps); step += 1) {
          progress?.({ message: `step ${step}`, done: step, total: Number(input.steps) })
          await new Promise((resolve) => setImmediate(resolve))
        }
        return done({ steps: input.steps }, `${String(input.steps)} steps`)
      },
    },
    get_counts: {
      service: 'door',
      access: 'observe',
      properties: {},
      run: () => done(state, `waiting ${state.waiting} aborted ${state.aborted}`),
    },
    get_level: { service: 'lamp', access: 'observe', properties: {}, run: () => done({ level: state.level }, `level ${state.level}`) },
    set_level: {
      service: 'lamp',
      access: 'operate',
      properties: { level: { type: 'integer' }, confirm: { type: 'string' } },
      required: ['level'],
      run({ input: { level, confirm }, caller }) {
        const plan = plans.get(String(confirm))
        if (plan !== undefined && plan.principal === caller.principal && plan.level === level) {
          plans.delete(String(confirm))
          state.level = Number(level)
          return done({ level }, `level ${String(level)}`)
        }
        const token = `TOKEN${plans.size}`
        plans.set(token, { principal: caller.principal, level })
        const summary = `Set the level to ${String(level)}`
        const report = {
          summary,
          targets: ['lamp/level/it'],
          tool: 'set_level',
          instances: ['default'],
          confirm: token,
          expires_at: '2030-01-01T00:00:00.000Z',
        }
        return { kind: 'plan', text: `${summary}. confirm: ${token}`, plan: report }
      },
    },
    get_door: {
      service: 'door',
      access: 'observe',
      properties: { name: { type: 'string' } },
      run: () => ({
        kind: 'error',
        text: 'not_found: There is no such door',
        error: { code: 'not_found', message: 'There is no such door' },
      }),
    },
    wait_signal: {
      service: 'door',
      access: 'observe',
      properties: { stubborn: { type: 'boolean' } },
      run: ({ signal, input, progress }) =>
        new Promise((resolve) => {
          state.waiting += 1
          progress?.({ message: 'waiting', done: 1, total: 2 })
          const releaseOthers = state.release
          state.release = () => {
            releaseOthers()
            resolve(done({}, 'released'))
          }
          signal?.addEventListener('abort', () => {
            state.aborted += 1
            if (input.stubborn !== true) resolve(done({}, 'stopped'))
          })
        }),
    },
    end_waiting: {
      service: 'door',
      access: 'observe',
      properties: {},
      run: () => {
        state.release()
        return done({}, 'ended')
      },
    },
    break_door: {
      service: 'door',
      access: 'observe',
      properties: {},
      run: () => {
        throw new Error('the password is hunter2')
      },
    },
    get_whoami: {
      service: 'door',
      access: 'observe',
      properties: {},
      run: ({ caller }) => done({ principal: caller.principal, tier: caller.tier }, `${caller.principal} ${caller.tier}`),
    },
  }
  const lists = new Map<string, readonly ToolListing[]>()
  const sees = ({ caller, service }: View, tool: FixtureTool) =>
    (service === undefined || service === tool.service) &&
    (caller.services === undefined || caller.services.includes(tool.service)) &&
    allows(lowestTier(tier, caller.tier), tool.access)

  return {
    state,
    name: 'fixture',
    title: 'Fixture',
    version: '1.2.3',
    services: ['door', 'lamp'],
    list(view, { structured = false } = {}) {
      const key = JSON.stringify([view.service, view.caller.tier, view.caller.services, structured])
      const known =
        lists.get(key) ??
        Object.keys(tools)
          .filter((name) => sees(view, tools[name]!))
          .toSorted()
          .map((name) => listing(name, tools[name]!, structured))
      lists.set(key, known)
      return known
    },
    async call(request) {
      const tool = tools[request.name]
      if (tool === undefined || !sees(request, tool)) return failed('not_found', `There is no tool '${request.name}' here`)
      const wrong = Object.keys(request.input).find((key) => tool.properties[key] === undefined)
      if (wrong !== undefined) return failed('invalid_input', `'${wrong}' is not an input`)
      return tool.run(request)
    },
    instructions: () => 'Read first.',
  }
}

/** The state a fixture begins with. */
export function newState(): FixtureState {
  return { level: 1, waiting: 0, aborted: 0, release: () => undefined }
}

function done(output: unknown, text: string): CallResult {
  return { kind: 'done', text, output }
}

function failed(code: 'not_found' | 'invalid_input', message: string): CallResult {
  return { kind: 'error', text: `${code}: ${message}`, error: { code, message } }
}

function listing(name: string, { access, properties, required }: FixtureTool, structured: boolean): ToolListing {
  return {
    name,
    description: `Does ${name}.`,
    inputSchema: { type: 'object', properties, ...(required === undefined ? {} : { required }) },
    ...(structured ? { outputSchema: { type: 'object', properties: { kind: { type: 'string' } }, required: ['kind'] } } : {}),
    annotations: access === 'observe' ? { readOnlyHint: true } : { destructiveHint: false },
  }
}
