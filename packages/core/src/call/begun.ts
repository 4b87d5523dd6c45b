import { thisProcess } from '../record/owner-process.ts'
import { orLog } from './call.ts'
import type { PlannedStep } from './step.ts'
import type { Progress } from './surface.ts'
import type { Taking } from './taking.ts'

/** What is known of a part of a write while an upstream works on it. */
export interface Begun {
  /** Passes on what is told, and writes down what the upstream calls its work once that is known. */
  report: (progress: Progress) => void
  /** Forgets it: what came of it is known. */
  end(): Promise<void>
}

/** Follows a part of a write by the tasks its upstream names, so that the next process can where this one is killed. */
export function beginsAs(id: string, step: PlannedStep, { approval, group, wayBack, confirm, report }: Taking): Begun {
  const { call, instance, before, plan } = step
  const { environment, mount, tool, input, undoes, entry, request } = call
  const from = { given: input, before, ...(confirm === undefined ? {} : { confirm }) }
  let kept: Promise<unknown> | undefined
  let known: string | undefined
  const keep = async (task: string, earlier: Promise<unknown> | undefined) => {
    await earlier
    const write = {
      id,
      call: entry.call,
      at: new Date(environment.runtime.clock.now()).toISOString(),
      principal: request.caller.principal,
      service: mount.service,
      instance: instance.name,
      tool: tool.name,
      summary: plan.summary,
      targets: plan.targets,
      approval,
      ...(group === undefined ? {} : { group }),
      ...(wayBack === undefined ? {} : { wayBack }),
      ...(undoes === undefined ? {} : { undoes: undoes.change }),
      task,
      ...thisProcess(),
    }
    await orLog(call, 'What the upstream works on could not be written down', environment.begun.keep(write, from))
  }
  return {
    report: (progress) => {
      const { task, ...told } = progress
      if (task !== undefined && task !== known) kept = keep((known = task), kept)
      report(told)
    },
    end: async () => {
      if (kept === undefined) return
      await kept
      await orLog(call, 'What the upstream worked on still looks as if it did', environment.begun.drop(id))
    },
  }
}
