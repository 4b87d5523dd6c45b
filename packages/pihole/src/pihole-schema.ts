import { z } from 'zod'

/** What was made of a login; without `sid` none is needed. */
export const login = z.object({
  session: z.object({ valid: z.boolean(), sid: z.string().nullish(), message: z.string().nullish() }),
})

/** Whether it blocks, and for how many seconds it stays so; null for good. */
export const blocking = z.object({ blocking: z.string(), timer: z.number().nullish() })

export const summary = z.object({
  queries: z.object({ total: z.number(), blocked: z.number(), percent_blocked: z.number() }),
  clients: z.object({ active: z.number(), total: z.number() }),
  gravity: z.object({ domains_being_blocked: z.number(), last_update: z.number() }),
})

export const version = z.object({
  version: z.object({
    core: z.object({ local: z.object({ version: z.string().nullish() }) }).optional(),
    ftl: z.object({ local: z.object({ version: z.string().nullish() }) }).optional(),
  }),
})

export const ftl = z.object({ ftl: z.object({ pid: z.number() }) })
export const loginInfo = z.object({ dns: z.boolean() })
export const messages = z.object({
  messages: z.array(z.object({ id: z.number(), timestamp: z.number(), type: z.string(), plain: z.string() })),
})
export const host = z.object({ host: z.object({ uname: z.object({ nodename: z.string() }) }) })
export const interfaces = z.object({
  interfaces: z.array(z.object({ addresses: z.array(z.object({ address: z.string().optional() })).optional() })),
})
export const sessions = z.object({
  sessions: z.array(z.object({ current_session: z.boolean().optional(), app: z.boolean().optional() })),
})

/** What of the configuration is looked at. */
export const dnsConfig = z.object({
  config: z.object({
    dns: z.object({ hosts: z.array(z.string()), cnameRecords: z.array(z.string()), upstreams: z.array(z.string()) }),
  }),
})
export const apiConfig = z.object({ config: z.object({ webserver: z.object({ api: z.object({ app_sudo: z.boolean() }) }) }) })

const entry = z.object({
  comment: z.string().nullish(),
  enabled: z.boolean(),
  groups: z.array(z.number()).default([]),
})
const domain = entry.extend({ domain: z.string(), type: z.enum(['allow', 'deny']), kind: z.enum(['exact', 'regex']) })
const list = entry.extend({ address: z.string(), type: z.enum(['allow', 'block']) })

/** A domain somebody allowed or denied. */
export type DomainEntry = z.output<typeof domain>
/** A list gravity is made of. */
export type ListEntry = z.output<typeof list>

export const domains = z.object({ domains: z.array(domain) })
export const lists = z.object({ lists: z.array(list) })
export const groups = z.object({ groups: z.array(z.object({ id: z.number(), name: z.string(), enabled: z.boolean() })) })
export const search = z.object({ search: z.object({ domains: z.array(domain), gravity: z.array(list) }) })

/** What became of each item of a write: some may fail where the whole is answered with success. */
export const processed = z
  .object({ processed: z.object({ errors: z.array(z.object({ item: z.string(), error: z.string() })) }).nullish() })
  .optional()

const query = z.object({
  id: z.number().optional(),
  time: z.number(),
  type: z.string(),
  domain: z.string(),
  status: z.string().nullish(),
  client: z.object({ ip: z.string(), name: z.string().nullish() }),
  reply: z.object({ type: z.string().nullish() }).optional(),
  upstream: z.string().nullish(),
})

/** One query of the log. */
export type Query = z.output<typeof query>
export const queries = z.object({ queries: z.array(query) })
