import { ToolError, type Tier } from '@rackwarden/core'
import { variable, type Caller, type Environment } from '@rackwarden/core/runtime'
import type { IncomingMessage } from 'node:http'
import { hashOf, sameHash, type Tokens } from '../tokens.ts'
import { isLoopback } from './address.ts'

/** What callers are told apart by. */
export interface AuthenticationOptions {
  /** Tier of the process, as of now: what the token of the environment and a local caller are given. */
  readonly tier: Tier
  tokens: Tokens
  /** The token of the environment, where there is one. */
  environmentToken?: string | undefined
  /** Who calls without a token, on loopback only. */
  localPrincipal: string
}

/** Tells who sends a request; undefined where it is nobody known. */
export type Authenticate = (request: IncomingMessage) => Promise<Caller | undefined>

/** Makes the authentication of one server; refuses to serve others than this machine without any token. */
export async function createAuthentication(options: AuthenticationOptions, host: string): Promise<Authenticate> {
  const { tokens, environmentToken, localPrincipal } = options
  const environmentHash = environmentToken === undefined ? undefined : hashOf(environmentToken)
  let required = !isLoopback(host) || environmentHash !== undefined
  if (!isLoopback(host) && environmentHash === undefined && (await tokens.list()).length === 0)
    throw new ToolError('invalid_config', `Listening on ${host} without a token would give the lab to the network`, {
      hint: 'Make one with `token create <name>`, or set RACKWARDEN_TOKEN_FILE, or listen on 127.0.0.1.',
    })

  return async (request) => {
    required ||= await tokens.any()
    const { tier } = options
    if (!required) return { principal: localPrincipal, tier }
    const presented = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (presented === undefined) return undefined
    if (environmentHash !== undefined && sameHash(hashOf(presented), environmentHash)) return { principal: 'token:environment', tier }
    const record = await tokens.verify(presented)
    if (record === undefined) return undefined
    const { name, tier: own, services, toolsets, exposure } = record
    return {
      principal: `token:${name}`,
      tier: own,
      ...(services === undefined ? {} : { services }),
      ...(toolsets === undefined ? {} : { toolsets }),
      ...(exposure === undefined ? {} : { exposure }),
    }
  }
}

/** The token of `RACKWARDEN_TOKEN` or `RACKWARDEN_TOKEN_FILE`; undefined where neither is set. */
export async function tokenOf(environment: Environment): Promise<string | undefined> {
  const token = (await variable('RACKWARDEN_TOKEN', environment))?.trim()
  if (token === undefined) return undefined
  if (Buffer.byteLength(token) < 32)
    throw new ToolError('invalid_config', 'RACKWARDEN_TOKEN, or the file RACKWARDEN_TOKEN_FILE names, holds fewer than 32 bytes', {
      hint: 'Make one with `openssl rand -base64 32`.',
    })
  return token
}
