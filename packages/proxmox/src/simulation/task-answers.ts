import { parseUpid } from '../upid.ts'
import type { TaskRecord } from './cluster.ts'
import { may, need, Refused, type Answer, type Asked } from './replies.ts'

/** What is asked of tasks. */
export const taskAnswers: Readonly<Record<string, Answer>> = {
  'GET /nodes/{node}/tasks': (asked) => {
    const { cluster, parts, fields, user } = asked
    const [node = ''] = parts
    const since = Number(fields.get('since') ?? 0)
    const source = fields.get('source') ?? 'archive'
    const isErrors = fields.get('errors') === '1'
    const rows = [...cluster.tasks.values()]
      .filter((task) => task.node === node)
      .filter((task) => task.user === user || may(asked, `/nodes/${node}`, 'Sys.Audit'))
      .filter((task) => (source === 'all' ? true : source === 'active' ? !task.isOver : task.isOver))
      .filter((task) => fields.get('vmid') === null || task.about === fields.get('vmid'))
      .filter((task) => fields.get('typefilter') === null || task.type === fields.get('typefilter'))
      .filter((task) => task.startedAt >= since && (!isErrors || (task.isOver && task.exit !== 'OK' && !task.exit.startsWith('WARNINGS'))))
      .toSorted((first, second) => second.startedAt - first.startedAt)
    const start = Number(fields.get('start') ?? 0)
    return rows.slice(start, start + Number(fields.get('limit') ?? 50)).map((task) => ({
      ...identity(task),
      ...(task.isOver ? { endtime: task.endsAt, status: task.exit } : {}),
    }))
  },
  'GET /nodes/{node}/tasks/{upid}/status': (asked) => {
    const task = taskIn(asked)
    // Nobody waits here: time goes by with each look.
    asked.cluster.pass(1)
    return { ...identity(task), status: task.isOver ? 'stopped' : 'running', ...(task.isOver ? { exitstatus: task.exit } : {}) }
  },
  'GET /nodes/{node}/tasks/{upid}/log': (asked) => {
    const { log } = taskIn(asked)
    const start = Number(asked.fields.get('start') ?? 0)
    const lines = log.slice(start, start + Number(asked.fields.get('limit') ?? 50))
    return lines.length === 0 ? [{ n: 1, t: 'no content' }] : lines.map((text, index) => ({ n: start + index + 1, t: text }))
  },
  'DELETE /nodes/{node}/tasks/{upid}': (asked) => {
    const task = taskIn(asked)
    if (task.user !== asked.user) need(asked, `/nodes/${asked.parts[0]}`, 'Sys.Modify')
    asked.cluster.stop(task)
    return null
  },
}

function taskIn(asked: Asked): TaskRecord {
  const [node = '', upid = ''] = asked.parts
  const task = asked.cluster.tasks.get(upid)
  if (task === undefined || task.node !== node) throw new Refused(500, `unable to open file - no such task ${upid} on this node`)
  if (task.user !== asked.user) need(asked, `/nodes/${node}`, 'Sys.Audit')
  return task
}

function identity({ upid, node, type, about, user, startedAt }: TaskRecord) {
  const pid = Number.parseInt(upid.split(':')[2] ?? '0', 16)
  return { upid, node, type, id: about, user: parseUpid(upid).user === user ? user : 'unknown', starttime: startedAt, pid, pstart: pid * 7 }
}
