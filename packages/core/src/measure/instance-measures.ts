import type { Instance } from '../runtime/instance.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Labels, Measure } from './measures.ts'

/** What is known of every instance without asking any. */
export function instanceMeasures(mounts: readonly Mount[]): Measure[] {
  const all = mounts.flatMap(({ service, instances }) =>
    instances.map((instance) => ({ instance, labels: { service, instance: instance.name } })),
  )
  const readings = (value: (instance: Instance) => number | undefined) =>
    all.flatMap(({ instance, labels }) => readingOf(labels, value(instance)))
  return [
    {
      kind: 'gauge',
      name: 'rackwarden_instance_up',
      help: 'Whether an instance answered when it was last asked.',
      readings: readings(({ sight }) => (sight?.last === undefined ? undefined : Number(sight.last.isUp))),
    },
    {
      kind: 'gauge',
      name: 'rackwarden_instance_seen_timestamp_seconds',
      help: 'When an instance was last asked.',
      readings: readings(({ sight }) => (sight?.last === undefined ? undefined : sight.last.at / 1_000)),
    },
    {
      kind: 'gauge',
      name: 'rackwarden_instance_calls_running',
      help: 'Calls at work on an instance.',
      readings: readings(({ busy, admission }) => (busy ?? admission)?.running),
    },
    {
      kind: 'gauge',
      name: 'rackwarden_instance_calls_waiting',
      help: 'Calls in line for an instance.',
      readings: readings(({ busy, admission }) => (busy ?? admission)?.waiting),
    },
    {
      kind: 'counter',
      name: 'rackwarden_instance_calls_refused_total',
      help: 'Calls that were turned away because an instance was busy.',
      readings: readings(({ busy, admission }) => (busy ?? admission)?.refused),
    },
  ]
}

function readingOf(labels: Labels, value: number | undefined) {
  return value === undefined ? [] : [{ labels, value }]
}
