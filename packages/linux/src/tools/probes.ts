import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { httpPart, httpProbeOf, tcpPart, tcpProbeOf } from '../probes.ts'
import { defineTool } from './define-tool.ts'

const seconds = z.number().int().min(1).max(30).default(5).describe('Timeout.')

/** Tries a TCP port, as seen from the host. */
export const probeTcp = defineTool({
  name: 'probe_tcp',
  title: 'Try a TCP port',
  description: 'Can a host reach this TCP port? Open, refused, silent (a firewall) or unknown.',
  access: 'observe',
  toolset: 'network',
  input: z.object({
    address: z
      .string()
      .regex(/^[\w.:-]+$/, 'is no name or address')
      .refine((text) => !text.startsWith('-'), 'is no name or address')
      .describe('Name or IP.'),
    tcp_port: z.number().int().min(1).max(65_535).describe('TCP port.'),
    seconds,
  }),
  output: z.object({
    from: z.string().describe('Host it was tried from.'),
    address: z.string().describe('What was tried.'),
    outcome: z.enum(['open', 'refused', 'timeout', 'unresolved', 'unreachable', 'failed']).describe('What came of it.'),
    milliseconds: z.number().optional().describe('How long it took.'),
    said: z.string().optional().describe('What the system said.'),
  }),
  async run({ address, tcp_port, seconds: limit }, { client, signal }) {
    const { sections } = await client.ask([tcpPart], {
      parameters: [address, String(tcp_port), String(limit)],
      signal,
      timeoutMs: (limit + 15) * 1000,
    })
    const probe = tcpProbeOf(sections)
    if (probe === undefined)
      throw new ToolError('not_found', 'This host has neither bash nor nc to try a port with.', { hint: 'Try it from another host.' })
    const { from, outcome, milliseconds, said } = probe
    return { from, address: `${address}:${tcp_port}`, outcome, milliseconds, said }
  },
})

/** Asks a web address, as seen from the host. */
export const probeHttp = defineTool({
  name: 'probe_http',
  title: 'Ask a web address',
  description: 'Does a website (URL) answer from a host? HTTP status, time, resolved IP, TLS certificate and its expiry.',
  access: 'observe',
  toolset: 'network',
  input: z.object({
    url: z
      .string()
      .regex(/^https?:\/\/[^\s'"<>\\]+$/i, 'is no http or https address')
      .describe('URL.'),
    seconds,
  }),
  output: z.object({
    from: z.string().describe('Host it was asked from.'),
    status: z.number().optional().describe('HTTP status; absent where none came.'),
    milliseconds: z.number().optional().describe('How long it took.'),
    error: z.string().optional().describe('Why no answer came.'),
    address: z.string().optional().describe('IP that answered.'),
    location: z.string().optional().describe('Where it points to.'),
    content_type: z.string().optional().describe('What kind of answer it is.'),
    certificate_until: z.string().optional().describe('When its certificate ends.'),
    with: z.string().describe('Program that asked.'),
  }),
  untrusted: true,
  async run({ url, seconds: limit }, { client, signal }) {
    const { sections } = await client.ask([httpPart], { parameters: [url, String(limit)], signal, timeoutMs: (limit + 15) * 1000 })
    const probe = httpProbeOf(sections)
    if (probe === undefined)
      throw new ToolError('not_found', 'This host has neither curl nor wget to ask with.', { hint: 'probe_tcp may do, or another host.' })
    return {
      from: probe.from,
      status: probe.status,
      milliseconds: probe.milliseconds,
      error: probe.error,
      address: probe.address,
      location: probe.location,
      content_type: probe.contentType,
      certificate_until: probe.certificateUntil,
      with: probe.with,
    }
  },
})
