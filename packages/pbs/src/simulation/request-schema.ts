// Written by test/digest.mjs from the vendor's schema.

/** Every endpoint the pretend server has: method, path, and its parameters with their types, `?` behind what may be left out. */
export const requestSchema = `
GET /api2/json/version
GET /api2/json/access/permissions auth-id?=string path?=string
GET /api2/json/admin/datastore
GET /api2/json/admin/datastore/{store}/groups ns?=string
GET /api2/json/admin/datastore/{store}/snapshots backup-id?=string backup-type?=enum(vm|ct|host) ns?=string
DELETE /api2/json/admin/datastore/{store}/snapshots backup-id=string backup-time=integer backup-type=enum(vm|ct|host) ns?=string
GET /api2/json/admin/datastore/{store}/namespace max-depth?=integer parent?=string
PUT /api2/json/admin/datastore/{store}/protected backup-id=string backup-time=integer backup-type=enum(vm|ct|host) ns?=string protected=boolean
POST /api2/json/admin/datastore/{store}/gc
POST /api2/json/admin/datastore/{store}/verify backup-id?=string backup-time?=integer backup-type?=enum(vm|ct|host) ignore-verified?=boolean max-depth?=integer ns?=string outdated-after?=integer read-threads?=integer verify-threads?=integer
POST /api2/json/admin/datastore/{store}/prune backup-id=string backup-type=enum(vm|ct|host) dry-run?=boolean keep-daily?=integer keep-hourly?=integer keep-last?=integer keep-monthly?=integer keep-weekly?=integer keep-yearly?=integer ns?=string use-task?=boolean
GET /api2/json/admin/gc store?=string
GET /api2/json/admin/prune store?=string
GET /api2/json/admin/sync store?=string sync-direction?=enum(all|push|pull)
POST /api2/json/admin/sync/{id}/run
GET /api2/json/admin/verify store?=string
GET /api2/json/status/datastore-usage
GET /api2/json/config/traffic-control
GET /api2/json/nodes/{node}/status
GET /api2/json/nodes/{node}/tasks errors?=boolean limit?=integer running?=boolean since?=integer start?=integer statusfilter?=enum(ok|warning|error|unknown)[] store?=string typefilter?=string until?=integer userfilter?=string
GET /api2/json/nodes/{node}/tasks/{upid}/status
GET /api2/json/nodes/{node}/tasks/{upid}/log download?=boolean limit?=integer start?=integer test-status?=boolean
`
