import { ok, refuse, type Reply, type Request } from './replies.ts'
import type { HeldTask, SimulatedServer } from './server.ts'

const usualTasks = 50
const usualLines = 50

/** Answers what is asked of the server itself and of its tasks: without Sys.Audit of its own alone. */
export function nodeAnswer(server: SimulatedServer, { method, parts, values }: Request): Reply | undefined {
  const [nodes, , what, upid = '', about] = parts
  if (nodes !== 'nodes' || method !== 'GET') return undefined
  if (what === 'status') {
    if (!server.privileges.has('/system/status', 'Sys.Audit')) return refuse('permission check failed', 403)
    return ok(nodeStatus)
  }
  if (what !== 'tasks') return undefined
  const seesAll = server.privileges.has('/system/tasks', 'Sys.Audit')
  if (upid === '') return ok(tasksOf(server, values, seesAll))
  const task = server.tasks.find((one) => one.upid === upid)
  if (task === undefined) return refuse('no such task')
  if (!seesAll && task.user !== server.token.id) return refuse('task access not allowed')
  if (about === 'log') return logOf(task, values)
  server.look(task)
  return ok(statusOf(task))
}

function tasksOf(server: SimulatedServer, values: Request['values'], seesAll: boolean) {
  const { running, errors, store, typefilter, since, start = 0, limit = usualTasks } = values
  const found = server.tasks
    .filter(
      (task) =>
        (seesAll || task.user === server.token.id) &&
        (running !== true || task.end === undefined) &&
        (errors !== true || (task.end !== undefined && task.status !== 'OK')) &&
        (typeof store !== 'string' || task.on === store || task.on?.startsWith(`${store}:`) === true) &&
        (typeof typefilter !== 'string' || task.type.includes(typefilter)) &&
        // Those that run are told whenever they began.
        (typeof since !== 'number' || task.end === undefined || task.start >= since),
    )
    .toSorted((first, second) => second.start - first.start)
  const from = Number(start)
  return found.slice(from, limit === 0 ? undefined : from + Number(limit)).map((task) => ({
    upid: task.upid,
    node: 'localhost',
    pid: 1_000,
    pstart: 49_374,
    starttime: task.start,
    worker_type: task.type,
    ...(task.on === undefined ? {} : { worker_id: task.on }),
    user: task.user,
    ...(task.end === undefined ? {} : { endtime: task.end, status: task.status }),
  }))
}

function statusOf({ upid, type, on, user, start, end, status }: HeldTask) {
  const [owner = '', tokenid] = user.split('!')
  return {
    upid,
    node: 'pbs',
    pid: 1_000,
    pstart: 49_374,
    starttime: start,
    type,
    ...(on === undefined ? {} : { id: on }),
    user: owner,
    ...(tokenid === undefined ? {} : { tokenid }),
    ...(end === undefined ? { status: 'running' } : { status: 'stopped', exitstatus: status }),
  }
}

/** Lines are counted from 1, and a start of 0 and of 1 are the same. */
function logOf({ log }: HeldTask, { start = 0, limit = usualLines }: Request['values']): Reply {
  const lines = log.map((t, index) => ({ n: index + 1, t })).filter(({ n }) => n >= Number(start))
  return ok(limit === 0 ? lines : lines.slice(0, Number(limit)), { total: log.length, success: 1 })
}

const nodeStatus = {
  uptime: 1_296_000,
  cpu: 0.04,
  wait: 0.01,
  loadavg: [0.1, 0.1, 0.1],
  kversion: 'Linux 6.14.8-2-pve',
  info: { fingerprint: '00:00' },
  'boot-info': { mode: 'efi', secureboot: false },
  'current-kernel': { machine: 'x86_64', release: '6.14.8-2-pve', sysname: 'Linux', version: '#1' },
  cpuinfo: { cpus: 4, model: 'pretend', sockets: 1 },
  memory: { free: 6e9, total: 8e9, used: 2e9 },
  root: { avail: 20e9, total: 32e9, used: 12e9 },
  swap: { free: 0, total: 0, used: 0 },
}
