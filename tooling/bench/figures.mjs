/**
 * @typedef {object} Figure
 * @property {string} name
 * @property {string} unit
 * @property {'ratio' | 'value'} [judged] What the budget is for: the ratio to the reference, or the value itself.
 * @property {number} [budget]
 * @property {number} [horizon]
 * @property {'at least'} [limit] Most figures are to be at most their budget.
 * @property {number} [tolerance] How far beyond a budget noise alone leads.
 */

/**
 * Everything that is measured, with its budget and the horizon it is heading for.
 * @satisfies {Record<string, Figure>}
 */
export const figures = {
  'start.service': { name: 'cold start of a service, to its tools', unit: 'ms', judged: 'ratio', budget: 2, horizon: 1 },
  'start.hub': { name: 'cold start of the hub, every service configured', unit: 'ms', judged: 'ratio', budget: 2.5, horizon: 1.3 },
  'start.other': { name: 'cold start of others, to their tools', unit: 'ms' },

  'list.100.cpu': { name: 'tools/list, 100 tools, cpu', unit: 'µs' },
  'list.100.bytes': { name: 'tools/list, 100 tools, answer', unit: 'bytes' },
  'list.1000.cpu': { name: 'tools/list, 1,000 tools, cpu', unit: 'µs', judged: 'ratio', budget: 0.05, horizon: 0.01 },
  'list.1000.bytes': { name: 'tools/list, 1,000 tools, answer', unit: 'bytes' },

  'call.first.cpu': { name: 'first 200 calls, cpu of one', unit: 'µs', judged: 'ratio', budget: 1.3, horizon: 0.7 },
  'call.one.milliseconds': { name: 'warm call, one at a time, median', unit: 'ms' },
  'call.one.cpu': { name: 'warm call, one at a time, cpu', unit: 'µs', judged: 'ratio', budget: 1.15, horizon: 0.5 },
  'call.sixteen.rate': { name: 'warm calls, sixteen at a time', unit: '/s' },
  'call.sixteen.cpu': { name: 'warm call, sixteen at a time, cpu', unit: 'µs', judged: 'ratio', budget: 1.15, horizon: 0.5 },

  'proxied.first.cpu': { name: 'first 200 proxied calls, cpu of one', unit: 'µs' },
  'proxied.one.milliseconds': { name: 'proxied call, one at a time, median', unit: 'ms' },
  'proxied.one.cpu': { name: 'proxied call, one at a time, cpu', unit: 'µs', judged: 'ratio', budget: 5, horizon: 2 },
  'proxied.sixteen.rate': { name: 'proxied calls, sixteen at a time', unit: '/s' },
  'proxied.sixteen.peer': {
    name: 'proxied calls, sixteen at a time, beside the best peer over Streamable HTTP',
    unit: '/s',
    judged: 'ratio',
    limit: 'at least',
    budget: 1.5,
    horizon: 5,
  },
  'proxied.sixteen.cpu': { name: 'proxied call, sixteen at a time, cpu', unit: 'µs', judged: 'ratio', budget: 5, horizon: 2 },

  'upstream.start': {
    name: 'start to the first answer of a good upstream, beside a bad one',
    unit: 'ms',
    judged: 'ratio',
    budget: 1.1,
    horizon: 1.05,
  },
  'upstream.back': { name: 'a killed upstream, to its next answer', unit: 'ms', judged: 'ratio', budget: 3, horizon: 2 },

  'memory.idle.service': { name: 'resident memory of a service, idle', unit: 'MB' },
  'memory.idle.hub': { name: 'resident memory of the hub, idle', unit: 'MB' },
  'memory.session.open': { name: 'heap of an open session', unit: 'KiB', judged: 'value', budget: 20, horizon: 4 },
  'memory.session.kept': {
    name: 'heap kept of a session that ended',
    unit: 'KiB',
    judged: 'value',
    budget: 0,
    horizon: 0,
    tolerance: 0.25,
  },
  'memory.call.kept': { name: 'heap kept of a call', unit: 'bytes', judged: 'value', budget: 100, horizon: 50 },

  'size.service': { name: 'installed size of a service', unit: 'MB', judged: 'value', budget: 12, horizon: 4 },
  'size.workspace': { name: 'size of a service, not installed but weighed here', unit: 'MB', judged: 'value', budget: 12, horizon: 4 },
  'size.other': { name: 'installed size of what is no single service', unit: 'MB' },

  'fault.call': { name: 'a hung call to its error', unit: 'ms', judged: 'ratio', budget: 1.05, horizon: 1.02 },
  'fault.health': { name: 'service_health of twelve, one of them hung', unit: 'ms', judged: 'ratio', budget: 1.05, horizon: 1.02 },
  'fault.end': { name: 'process gone after its stdin closed', unit: 'ms', judged: 'value', budget: 200, horizon: 100 },

  'redaction.usual': { name: 'looking for secrets in 100 kB', unit: 'ms', judged: 'value', budget: 5, horizon: 2 },
  'redaction.worst': {
    name: 'looking for secrets, slowest of hostile inputs, of 100 kB',
    unit: 'ms',
    judged: 'value',
    budget: 100,
    horizon: 20,
  },
  'audit.query': { name: 'a million audit lines looked through', unit: 'ms', judged: 'value', budget: 10_000, horizon: 1_000 },
  'audit.verify': { name: 'a million audit lines verified', unit: 'ms', judged: 'value', budget: 15_000, horizon: 3_000 },
  'audit.memory': { name: 'resident memory over a million lines', unit: 'MB', judged: 'value', budget: 192, horizon: 96 },

  'guests.cpu': { name: 'first page of 5,000 guests on 20 nodes, cpu', unit: 'ms', judged: 'ratio', budget: 8, horizon: 3 },
  // A page is fitted by an estimate, which is off by a few in a hundred.
  'guests.tokens': { name: 'first page of 5,000 guests, tokens', unit: 'tokens', judged: 'value', budget: 2_000, tolerance: 100 },

  'tokens.average': { name: 'tokens of a tool, average', unit: 'tokens', judged: 'value', budget: 100, horizon: 87 },
  'tokens.search': {
    name: 'tokens of tools/list in search mode, every service',
    unit: 'tokens',
    judged: 'value',
    budget: 1500,
    horizon: 700,
  },
  'tokens.task': { name: 'tokens of a task in search mode: list, calls and answers', unit: 'tokens' },
  'tokens.percentile': { name: 'tokens of a tool, 95th percentile', unit: 'tokens', judged: 'value', budget: 200 },
}

/** @typedef {keyof typeof figures} FigureId */
