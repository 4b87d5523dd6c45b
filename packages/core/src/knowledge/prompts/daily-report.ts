import { listed, numbered, where, type PromptDefinition } from './at-hand.ts'

/** What the owner should know this morning. */
export const dailyReport: PromptDefinition = {
  name: 'daily_report',
  title: 'Daily report',
  description: 'What needs you today, what changed since yesterday, and what is coming.',
  arguments: [],
  text: (hand) => {
    const coming = [
      ['space and load', hand.tools('check_host', 'check_pools', 'list_storage', 'list_volumes')],
      ['disks', hand.tools('check_disks', 'list_disks')],
      ['backups', hand.tools('audit_backups', 'audit_freshness', 'list_backups', 'list_backup_tasks')],
      ['updates', hand.tools('check_updates')],
      ['certificates', hand.tools('list_certificates')],
    ] as const
    const looks = coming.filter(([, names]) => names.length > 0).map(([what, names]) => `   - ${what}: ${names.join(', ')}`)
    return [
      'Report on the lab. Look only; change nothing.',
      '',
      numbered(
        where(listed([hand.own('needs_attention'), hand.own('service_health')]), (calls) => `${calls}: what is wrong now.`),
        where(hand.own('what_changed', { since: '24h' }), (call) => `${call}: what was changed through here, by whom.`),
        where(hand.own('describe_homelab', { depth: 'status' }), (call) => `${call}: what is new, gone or different since the last look.`),
        where(
          listed([hand.own('query_audit', { since: '24h', result: 'error' }), hand.own('list_approvals')]),
          (calls) => `${calls}: what was refused or failed, and what waits for me.`,
        ),
        looks.length === 0 ? undefined : ['What is coming, where a finding or a number calls for it:', ...looks].join('\n'),
      ),
      '',
      'Then write at most 25 lines: what needs me today, the worst first, each with the next call; what changed since yesterday; what will need me within two weeks.',
      'End with what could not be asked and why. Where all is well, one line says so.',
    ].join('\n')
  },
}
