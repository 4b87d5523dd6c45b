import { diagnose } from '@rackwarden/core/runtime'
import type { Application } from '../application.ts'
import { exitCodes } from './failure.ts'
import { openApplication, type OpenOptions } from './open.ts'
import { diagnoseRegistration } from './registration.ts'
import { table, type Terminal } from './terminal.ts'

/** Prints what is well and what is not, each with its fix. */
export async function doctor(application: Application, options: OpenOptions & { json?: boolean }, terminal: Terminal): Promise<number> {
  const opened = await openApplication(application, options, terminal)
  try {
    const [looked, registered] = await Promise.all([
      diagnose(opened.catalogue),
      options.demo === true ? [] : diagnoseRegistration(application, terminal),
    ])
    const diagnoses = [...looked, ...registered].map((diagnosis) => opened.runtime.secrets.data(diagnosis))
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
