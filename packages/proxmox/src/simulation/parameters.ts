/** What requests may carry, an endpoint a line; written by `test/digest.mjs` from the vendor's schema. */
export const parameters = `
GET /version
GET /access/permissions path?:string userid?:string
GET /cluster/status
GET /cluster/resources type?:enum(vm|storage|node|sdn)
GET /cluster/ha/resources type?:enum(ct|vm)
GET /cluster/ha/rules resource?:string type?:enum(node-affinity|resource-affinity)
GET /cluster/ha/status/current
GET /cluster/replication
GET /cluster/backup
GET /cluster/backup-info/not-backed-up
GET /cluster/ceph/status
GET /nodes/{node}/status
GET /nodes/{node}/time
GET /nodes/{node}/services
GET /nodes/{node}/disks/list include-partitions?:boolean skipsmart?:boolean type?:enum(unused|journal_disks)
GET /nodes/{node}/apt/update
GET /nodes/{node}/apt/versions
GET /nodes/{node}/certificates/info
GET /nodes/{node}/replication guest?:integer(100..999999999)
GET /nodes/{node}/tasks errors?:boolean limit?:integer(0..) since?:integer source?:enum(archive|active|all) start?:integer(0..) statusfilter?:string(pve-task-status-type-list) typefilter?:string until?:integer userfilter?:string vmid?:integer(100..999999999)
GET /nodes/{node}/tasks/{upid}/status
GET /nodes/{node}/tasks/{upid}/log download?:boolean limit?:integer(0..) start?:integer(0..)
DELETE /nodes/{node}/tasks/{upid}
GET /nodes/{node}/storage/{storage}/content content?:string(pve-storage-content) vmid?:integer(100..999999999)
DELETE /nodes/{node}/storage/{storage}/content/{volume} delay?:integer(1..30)
GET /nodes/{node}/storage/{storage}/rrddata cf?:enum(AVERAGE|MAX) timeframe:enum(hour|day|week|month|year)
GET /nodes/{node}/qemu/{vmid}/status/current
POST /nodes/{node}/qemu/{vmid}/status/start force-cpu?:string machine?:string(properties) migratedfrom?:string(pve-node) migration_network?:string(CIDR) migration_type?:enum(secure|insecure) nets-host-mtu?:string skiplock?:boolean stateuri?:string(≤128) targetstorage?:string(storage-pair-list) timeout?:integer(0..) with-conntrack-state?:boolean
POST /nodes/{node}/qemu/{vmid}/status/shutdown forceStop?:boolean keepActive?:boolean skiplock?:boolean timeout?:integer(0..)
POST /nodes/{node}/qemu/{vmid}/status/stop keepActive?:boolean migratedfrom?:string(pve-node) overrule-shutdown?:boolean skiplock?:boolean timeout?:integer(0..)
POST /nodes/{node}/qemu/{vmid}/status/reboot timeout?:integer(0..)
GET /nodes/{node}/qemu/{vmid}/config current?:boolean snapshot?:string(pve-configid,≤40)
GET /nodes/{node}/qemu/{vmid}/feature feature:enum(snapshot|clone|copy) snapname?:string(pve-configid,≤40)
GET /nodes/{node}/qemu/{vmid}/snapshot
POST /nodes/{node}/qemu/{vmid}/snapshot description?:string snapname:string(pve-configid,≤40) vmstate?:boolean
DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname} force?:boolean
POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback start?:boolean
GET /nodes/{node}/lxc/{vmid}/status/current
POST /nodes/{node}/lxc/{vmid}/status/start debug?:boolean skiplock?:boolean
POST /nodes/{node}/lxc/{vmid}/status/shutdown forceStop?:boolean timeout?:integer(0..)
POST /nodes/{node}/lxc/{vmid}/status/stop overrule-shutdown?:boolean skiplock?:boolean
POST /nodes/{node}/lxc/{vmid}/status/reboot timeout?:integer(0..)
GET /nodes/{node}/lxc/{vmid}/config current?:boolean snapshot?:string(pve-configid,≤40)
GET /nodes/{node}/lxc/{vmid}/feature feature:enum(snapshot|clone|copy) snapname?:string(pve-configid,≤40)
GET /nodes/{node}/lxc/{vmid}/snapshot
POST /nodes/{node}/lxc/{vmid}/snapshot description?:string snapname:string(pve-configid,≤40)
DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname} force?:boolean
POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback start?:boolean
POST /nodes/{node}/qemu/{vmid}/agent/ping
GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces
GET /nodes/{node}/lxc/{vmid}/interfaces
POST /nodes/{node}/vzdump all?:boolean bwlimit?:integer(0..) compress?:enum(0|1|gzip|lzo|zstd) dumpdir?:string exclude?:string(pve-vmid-list) exclude-path?:array fleecing?:string(backup-fleecing) ionice?:integer(0..8) job-id?:string(≤50) lockwait?:integer(0..) mailnotification?:enum(always|failure) mailto?:string(email-or-username-list) maxfiles?:integer(1..) mode?:enum(snapshot|suspend|stop) notes-template?:string(≤1024) notification-mode?:enum(auto|legacy-sendmail|notification-system) pbs-change-detection-mode?:enum(legacy|data|metadata) performance?:string(backup-performance) pigz?:integer pool?:string protected?:boolean prune-backups?:string(prune-backups) quiet?:boolean remove?:boolean script?:string stdexcludes?:boolean stdout?:boolean stop?:boolean stopwait?:integer(0..) storage?:string(pve-storage-id) tmpdir?:string vmid?:string(pve-vmid-list) zstd?:integer
`
