/** The verbs a tool name may begin with, each with its one meaning. */
export const verbs = {
  get: 'one thing, whole',
  list: 'many things, a row each',
  search: 'many things, by what they contain',
  find: 'one thing, by any of its names',
  query: 'compute an answer from an expression',
  check: 'a verdict from fixed probes',
  describe: 'a summary of something large',
  probe: 'try to reach something',
  start: 'make it run',
  stop: 'make it cease, in order',
  restart: 'stop, then start',
  enable: 'let it start by itself from now on',
  disable: 'keep it from starting by itself',
  cancel: 'end work under way',
  silence: 'stop notifications for a while; what they tell of goes on',
  expire: 'end before its time what would end by itself',
  add: 'put an entry in',
  remove: 'take an entry out; it can be put back',
  create: 'make a new thing',
  update: 'change some of its fields',
  delete: 'the data is gone',
  undo: 'apply the inverse of a change',
  verify: 'hold against what was recorded',
  exec: 'run a command there',
  recreate: 'delete it and make it again',
  prune: 'delete what nothing uses',
  reboot: 'restart a whole machine',
  apply: 'put what is prepared into effect',
} as const

/** Names that stand outside the verb rule because the design fixed them. */
export const fixedNames: readonly string[] = ['service_health', 'needs_attention', 'what_changed']
