import { counted } from './amounts.ts'
import { checkOf, type Check } from './check.ts'
import { targetOf } from './targets.ts'
import type { FailedUnit, Manager } from './units.ts'
import type { Updates } from './updates.ts'

/** One check for each unit that failed, and one for systemd as a whole. */
export function unitChecks(manager: Manager | undefined, failed: readonly FailedUnit[], instance: string): Check[] {
  if (manager === undefined) return [{ section: 'units', probe: 'systemd', verdict: 'unknown', evidence: 'this host has no systemd' }]
  return [
    ...failed.map((unit) =>
      checkOf({ section: 'units', probe: unit.name, verdict: 'crit', evidence: failureOf(unit) }, () => ({
        target: targetOf(instance, 'unit', unit.name),
        id: 'failed',
        title: `${unit.name} failed`,
        severity: 'warning',
        since: unit.since,
        next: { tool: 'get_unit_logs', input: { unit: unit.name, tail: 50 } },
      })),
    ),
    {
      section: 'units',
      probe: 'systemd',
      verdict: failed.length > 0 ? 'warn' : 'ok',
      evidence: `${failed.length} of ${manager.units} units failed, ${manager.state}`,
    },
  ]
}

/** Why a unit failed, in one line. */
export function failureOf({ result, exitCode, lastLine }: FailedUnit): string {
  const reason =
    result === 'exit-code' ? `exit code ${exitCode}` : result === 'signal' ? `killed by signal ${exitCode}` : result || 'failed'
  return `${reason}${lastLine === '' ? '' : `; last line: ${lastLine}`}`
}

/** Judges what waits to be installed. */
export function updateCheck({ manager, updates, listsDays }: Updates): Check {
  const security = updates.filter(({ isSecurity }) => isSecurity).length
  const old = listsDays !== undefined && listsDays > 14
  if (manager === undefined)
    return { section: 'updates', probe: 'packages', verdict: 'unknown', evidence: 'none of apt, dnf, pacman and apk is here' }
  return {
    section: 'updates',
    probe: 'packages',
    verdict: security > 0 || old ? 'warn' : 'ok',
    evidence: [
      `${counted(updates.length, 'update')} waiting, ${security} for security (${manager})`,
      ...(listsDays === undefined ? [] : [listsDays === 0 ? 'lists fetched today' : `lists are ${counted(listsDays, 'day')} old`]),
    ].join(', '),
  }
}

/** Tells whether a reboot waits. */
export function rebootCheck(reason: string | undefined, hostname: string, instance: string): Check {
  return checkOf(
    { section: 'updates', probe: 'reboot', verdict: reason === undefined ? 'ok' : 'warn', evidence: reason ?? 'none waiting' },
    () => ({
      target: targetOf(instance, 'host', hostname),
      id: 'reboot',
      title: `${hostname} waits for a reboot`,
      severity: 'notice',
      next: { tool: 'check_updates', input: {} },
    }),
  )
}
