import { diagnose, openOwner, type Diagnosis } from '@rackwarden/core/runtime'
import type { Application } from '../application.ts'
import { exitCodes } from './failure.ts'
import { openApplication, type Opened, type OpenOptions } from './open.ts'
import { entranceOf } from '../http/entrance.ts'
import { openTokens } from '../tokens.ts'
import { clientStates } from './connect/client-state.ts'
import { diagnoseClients } from './connect/diagnose-clients.ts'
import { diagnoseEntrance } from './connect/diagnose-entrance.ts'
import { table, type Terminal } from './terminal.ts'

/** Prints what is well and what is not, each with its fix. */
export async function doctor(application: Application, options: OpenOptions & { json?: boolean }, terminal: Terminal): Promise<number> {
  const opened = await openApplication(application, options, terminal)
  try {
    const [looked, tokens, registered] = await Promise.all([
      diagnose(opened.catalogue),
      diagnoseTokens(opened),
      options.demo === true ? [] : diagnoseConnecting(application, opened, terminal),
    ])
    const diagnoses = [...looked, ...tokens, ...registered].map((diagnosis) => opened.runtime.secrets.data(diagnosis))
    if (options.json === true) terminal.print(JSON.stringify(diagnoses, null, 2))
    else
      terminal.print(
        table(
          diagnoses.flatMap(({ level, subject, message, fix }) => [
            [level, subject, message],
            ...(fix === undefined ? [] : [['', '', `→ ${fix}`]]),
          ]),
        ),
      )
    return diagnoses.some(({ level }) => level === 'error') ? exitCodes.failed : exitCodes.ok
  } finally {
    await opened.close()
  }
}

/** Looks at whether clients lead here, and whether this server answers where they are told it does. */
async function diagnoseConnecting(application: Application, { catalogue, runtime }: Opened, terminal: Terminal): Promise<Diagnosis[]> {
  const { http } = catalogue.configuration
  const entrance = entranceOf({}, terminal.environment, http)
  const states = await clientStates(application, entrance.publicUrl ?? entrance.localUrl, terminal)
  const isServed = Boolean(terminal.environment['RACKWARDEN_HTTP']) || http?.address !== undefined
  const clientUrls = states.flatMap(({ own }) => (own?.url === undefined ? [] : [own.url]))
  return [
    ...diagnoseClients(application, states),
    ...(await diagnoseEntrance(application, { entrance, isServed, clientUrls, hasToken: await hasToken(runtime, terminal) }, runtime.log)),
  ]
}

async function hasToken(runtime: Opened['runtime'], { environment }: Terminal): Promise<boolean> {
  if (environment['RACKWARDEN_TOKEN'] || environment['RACKWARDEN_TOKEN_FILE']) return true
  return openTokens({ ...runtime, owner: openOwner(runtime) })
    .any()
    .catch(() => true)
}

/** Looks at whether there are tokens that let nobody in. */
async function diagnoseTokens({ runtime }: Opened): Promise<Diagnosis[]> {
  const unsigned = await openTokens({ ...runtime, owner: openOwner(runtime) })
    .unsigned()
    .catch(() => [])
  if (unsigned.length === 0) return []
  const names = unsigned.map(({ name }) => name).join(', ')
  return [
    {
      level: 'warning',
      subject: 'tokens',
      message: `not signed by the owner, and refused: ${names}`,
      fix: "'token rotate <name>' gives one of yours a new secret; 'token revoke <name>' takes one away that is not.",
    },
  ]
}
