export { requestEntry, type Announce, type ApprovalRequest } from './approve/approval-request.ts'
export {
  createApprovalRequests,
  type ApprovalRequests,
  type ApprovalState,
  type Deciding,
  type Decision,
} from './approve/approval-requests.ts'
export { createApprovalLinks, type ApprovalLinks } from './approve/approval-link.ts'
export { openOwner, type Owner } from './approve/owner.ts'
export { createStandingRules, type StandingRule, type StandingRules } from './approve/standing-rules.ts'
export { exposureOf, exposures, type Exposure } from './call/exposure.ts'
export { hashOf, canonicalJson } from './call/canonical.ts'
export { admitted, createAdmission, type Admission, type AdmissionLimits, type AdmissionOptions, type Comer } from './call/admission.ts'
export type { Ask } from './call/parked-calls.ts'
export { createRateLimit, type RateLimit } from './call/rate-limit.ts'
export { lenientInput } from './call/parse-input.ts'
export type { RegisteredTool, RegisteredWrite, RunContext } from './call/registered-tool.ts'
export type { Operation } from './call/operations.ts'
export type {
  CompletionRequest,
  Content,
  PromptListing,
  PromptMessage,
  PromptRequest,
  Prompts,
  ResourceContent,
  ResourceListing,
  ResourceRequest,
  Resources,
  ResourceTemplate,
} from './call/content.ts'
export { longestPlanMs } from './call/plan-store.ts'
export { askableBy, type Askable, type Answers, type Question, type Questions, type Respondent } from './call/questions.ts'
export type { CallResult, ErrorReport, PlanReport } from './call/result.ts'
export type { CallRequest, ListName, LogEntry, Progress, Surface, ToolListing } from './call/surface.ts'
export type { Caller, View } from './call/view.ts'
export type { Configuration, InstanceConfiguration, ServiceConfiguration } from './config/configuration.ts'
export type { DocsConfiguration, DocsFolder } from './config/docs.ts'
export { homeDirectory, variable, type Environment } from './config/environment.ts'
export { configurationDirectory, configurationFileName } from './config/file.ts'
export type { ConnectionConfig } from './connect/connection-config.ts'
export { createConnection } from './connect/connection.ts'
export { keepBytes, type KeptBytes } from './connect/kept-bytes.ts'
export type { HttpConfiguration } from './config/http.ts'
export { loadConfiguration, type LoadOptions } from './config/load.ts'
export { defaultLimits, type Limits } from './config/limits.ts'
export type { NotifyChannel, NotifyConfiguration } from './config/notify.ts'
export { tierOf } from './config/tier.ts'
export {
  upstreamKeys,
  type UpstreamAddress,
  type UpstreamConfiguration,
  type UpstreamEntry,
  type UpstreamProgram,
} from './config/upstreams.ts'
export { variableName, variablesOf } from './config/variables.ts'
export type { GivenConfiguration, GivenValues } from './embed/given-configuration.ts'
export type { HostContext, ToolHost } from './embed/host.ts'
export { localPrincipal } from './embed/local-principal.ts'
export { openService, type OpenCallOptions, type OpenedService, type OpenServiceOptions } from './embed/open-service.ts'
export { registerTools, type OfferOptions, type RegisterToolsOptions, type Registration } from './embed/register-tools.ts'
export { toolResultOf, typedPartOf, type ResultForm, type ToolResult } from './embed/tool-result.ts'
export { measureCalls } from './measure/call-measures.ts'
export { createMeasures, oneNumber, type Labels, type Measure, type Measures, type Reading } from './measure/measures.ts'
export type { Span, SpanAttributes, SpanStart, Tracing } from './measure/tracing.ts'
export { createNotifier, type Notifier } from './notify/notifier.ts'
export { approvals, channels, defaultApproval, type Approval, type ApprovalPolicy, type Channel } from './policy/required-approval.ts'
export { momentAfter, momentBefore, spanOf } from './define/moment.ts'
export { cleanData, cleanText, markUntrusted } from './present/clean.ts'
export { renderOutput } from './present/render.ts'
export { estimateTokens } from './present/budget.ts'
export { isSecretName } from './present/secret-name.ts'
export { createSecretFilter, type SecretFilter } from './present/redact.ts'
export {
  createAuditLog,
  readAudit,
  searchAudit,
  verifyAudit,
  type AuditEntry,
  type AuditHead,
  type AuditLine,
  type AuditLog,
  type AuditProblem,
  type AuditQuery,
  type UnfinishedWrite,
  type AuditReport,
} from './record/audit.ts'
export { createId, createJournal, type Change, type ChangeSummary, type Journal } from './record/journal.ts'
export { headLines, headsIn } from './record/audit-anchor.ts'
export { holdingHeads } from './record/audit-file.ts'
export type { AuditPolicy } from './record/audit-policy.ts'
export { detailOf, resultOf } from './record/audit-shown.ts'
export { followAudit } from './record/audit-follow.ts'
export { createFileStore, type StateStore } from './record/state-store.ts'
export { openCatalogue, type Catalogue, type CatalogueOptions } from './runtime/catalogue.ts'
export { createRuntime, stateDirectoryOf, type RuntimeOptions } from './runtime/create-runtime.ts'
export { diagnose } from './runtime/diagnose.ts'
export type { ForeignServers } from './runtime/foreign-servers.ts'
export type { Instance } from './runtime/instance.ts'
export type { Diagnosis } from './runtime/diagnosis.ts'
export type { Facets, Mount } from './runtime/mount.ts'
export { tendAudit } from './runtime/tend-audit.ts'
export { logLevels, type Clock, type Log, type LogFields, type LogLevel, type Runtime } from './runtime/runtime.ts'
export { tryInstance, type Trial } from './runtime/try-instance.ts'
