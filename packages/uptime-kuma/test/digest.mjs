// Reduces what was read out of the vendor's sources to the events and fields this service uses, without prose:
//   node test/digest.mjs <the contract of Uptime Kuma, as JSON> > test/schema-digest.json
import { readFileSync } from 'node:fs'

const asked = `loginByToken login add editMonitor getMonitorList getMonitor resumeMonitor pauseMonitor deleteMonitor getTags addTag deleteTag
  addMonitorTag deleteMonitorTag monitorImportantHeartbeatListPaged addMaintenance addMonitorMaintenance getMaintenanceList
  getMonitorMaintenance deleteMaintenance pauseMaintenance resumeMaintenance`
const pushed = `info loginRequired autoLogin setup monitorList updateMonitorIntoList deleteMonitorFromList monitorTypeList heartbeat heartbeatList
  importantHeartbeatList avgPing uptime certInfo notificationList maintenanceList dockerHostList`

const { apiVersion, clientEvents, serverEvents, types } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const words = (/** @type {string} */ text) => text.split(/\s+/)
const fields = (/** @type {object} */ type) => Object.keys(type).map((name) => name.replace('?', ''))
const distinct = (/** @type {string[]} */ names) => [...new Set(names)].toSorted((first, second) => (first < second ? -1 : 1))
const of = (/** @type {string} */ name) => {
  const found = clientEvents.find((/** @type {{ event: string }} */ { event }) => event === name)
  return [name, { args: found.args.length, login: found.needsLogin }]
}
const digest = {
  version: apiVersion,
  asked: Object.fromEntries(words(asked).map(of)),
  pushed: words(pushed).filter((name) => name in serverEvents),
  monitor: distinct(types.Monitor),
  heartbeat: fields(types.Heartbeat),
  heartbeatRow: fields(types.HeartbeatRow),
  monitorTypes: distinct(types['MonitorTypes (partial)']),
}
process.stdout.write(`${JSON.stringify(digest, null, 2)}\n`)
