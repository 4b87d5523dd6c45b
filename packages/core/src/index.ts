export { acceptWebSockets, type AcceptedSocket } from './connect/accept-web-sockets.ts'
export { createAgent } from './connect/agent.ts'
export {
  createApiClient,
  type ApiClient,
  type ApiClientOptions,
  type ApiRequest,
  type ApiRequestInit,
  type JsonCall,
  type Query,
} from './connect/api-client.ts'
export { resolveReference } from './config/environment.ts'
export { statusError } from './connect/api-error.ts'
export { failureOf, type Place } from './connect/failure.ts'
export { isOneTimeSecret, oneTimePassword } from './connect/one-time-password.ts'
export { tellTime } from './connect/told-time.ts'
export { openRpcClient, type RpcClient, type RpcClientOptions, type RpcRequest } from './connect/rpc-client.ts'
export { accessLevels, adminAcknowledgement, allows, highestTier, lowestTier, type Access, type Tier } from './define/access.ts'
export {
  backupKinds,
  usualBackupHours,
  type BackedUp,
  type BackupCopy,
  type BackupKind,
  type BackupSubject,
  type KeptBackups,
} from './define/backup.ts'
export type { Candidate } from './define/candidate.ts'
export type { Connection, DatagramOptions, DialTarget, ExecOptions, ExecResult, FetchOptions } from './define/connection.ts'
export { errorCodes, ToolError, type ErrorCode, type ToolErrorOptions } from './define/error.ts'
export {
  censusSections,
  severities,
  stakes,
  type Asset,
  type CensusItem,
  type CensusSection,
  type FacetContext,
  type Finding,
  type Health,
  type MirroredFacts,
  type Removal,
  type Rights,
  type Severity,
  type Stake,
} from './define/facet.ts'
export { httpConfig, paging, secret, sshConfig, traitsOf, type FieldTraits } from './define/field.ts'
export { tryForbidden, type ForbiddenCall } from './define/forbidden-call.ts'
export { inParallel } from './define/in-parallel.ts'
export { momentBefore } from './define/moment.ts'
export { nearestNames } from './define/nearest-names.ts'
export type { OpenContext } from './define/open-context.ts'
export { page } from './define/page.ts'
export type { Pitfall } from './define/pitfall.ts'
export { diffOf, type Plan } from './define/plan.ts'
export { listPrinted, valuePrinted } from './define/printed.ts'
export { diffInstances, differencesOf, type Difference } from './define/mirror.ts'
export {
  defineService,
  prefixOf,
  type Closeable,
  type ConfigOf,
  type ConfigShape,
  type Service,
  type ServiceDefinition,
  type SimulatedInstance,
  type Simulate,
  type Simulation,
} from './define/service.ts'
export {
  defineSetup,
  type Command,
  type RunCommand,
  type Setup,
  type SetupAddress,
  type SetupDefinition,
  type SetupGoal,
  type SetupPrint,
  type SetupProof,
  type SetupShell,
  type SetupStep,
  type SetupToken,
} from './define/setup.ts'
export {
  reservedInputs,
  toolsFor,
  type AdminDefinition,
  type ConfigureDefinition,
  type DefineTool,
  type GatherDefinition,
  type InstanceAnswer,
  type Inverse,
  type InverseOf,
  type ObserveDefinition,
  type OperateDefinition,
  type ReadContext,
  type ReadTool,
  type Settled,
  type Tool,
  type WriteContext,
  type WriteTool,
} from './define/tool.ts'
export type { TaskState } from './define/task.ts'
export { toolsetNames, toolsetsOf, type Toolset, type Toolsets } from './define/toolset.ts'
export type { Pause, Watchers } from './define/watch.ts'
export type { WayBack } from './define/way-back.ts'
export { fixedNames, verbs } from './define/verbs.ts'
export { admitCommand, refuseCommand } from './commands/admission.ts'
export { judgeCommand, judgeScript } from './commands/policy.ts'
export { hideInCommand, secretName, shownCommand, withoutUserInfo } from './commands/shown-command.ts'
export { shownOutput } from './commands/shown-output.ts'
export type { CommandContext, CommandVerdict, Decision } from './commands/verdict.ts'
