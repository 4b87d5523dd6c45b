import { atEveryWrite, numbered, partOf, where, type PromptDefinition } from './at-hand.ts'

/** What could break while the owner is away, and whether they would hear of it. */
export const beforeITravel: PromptDefinition = {
  name: 'before_i_travel',
  title: 'Before I travel',
  description: 'What could break while you are away, what to mend before, and whether you would hear of it.',
  arguments: [{ name: 'until', description: 'When you are back: a date, or a span as 2w.' }],
  text: (hand, { until }) => {
    const checks = [
      partOf(
        'backups, fresh and proven',
        hand.tools('audit_backups', 'audit_freshness', 'get_verify_coverage', 'list_backups', 'list_backup_tasks'),
      ),
      partOf('disks and pools that may not last', hand.tools('check_disks', 'check_pools', 'analyze_pool', 'list_disks', 'list_volumes')),
      partOf('space that fills up meanwhile', hand.tools('check_host', 'list_storage', 'check_node', 'get_stats')),
      partOf('certificates that end meanwhile', hand.tools('list_certificates', 'get_monitor', 'list_monitors')),
      partOf('updates that restart things by themselves, or are overdue', hand.tools('check_updates')),
      partOf('alerts that fire or are silenced', hand.tools('list_alerts', 'list_silences')),
      partOf('watchers that are down or paused', hand.tools('list_monitors', 'list_targets')),
    ]
    const back = until === undefined ? 'I travel. Ask me until when, then look at that time.' : `I travel until ${until}.`
    return [
      `${back} What could break while I am away, and what should I do before I go?`,
      'Look only, until I say otherwise.',
      '',
      numbered(
        where(hand.own('needs_attention'), (call) => `${call}: what is wrong already.`),
        ['Look at each of these; what may happen before I am back counts:', ...checks.map((check) => `   ${check}`)].join('\n'),
        where(
          hand.own('search_docs', { query: 'recovery after a power cut, who to call, what to do while away' }),
          (call) => `${call}: what my notes say to do.`,
        ),
        where(hand.own('list_approvals'), (call) => `${call}: what waits for me.`),
        hand.isToldByPhone
          ? 'My phone is told of what needs my approval: remind me to try it once before I go.'
          : `Nobody tells my phone of what needs my approval: say that approval.notify in rackwarden.yaml changes that, and that ${hand.command('doctor')} checks it.`,
        'Answer with two lists: to do before I go, the riskiest first, each with the call or the hand that does it; and what I must live with. End with what nobody can see.',
      ),
      '',
      atEveryWrite(hand),
    ].join('\n')
  },
}
