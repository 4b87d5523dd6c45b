export { createFaultProxy, faults, type Fault } from './testing/fault-proxy.ts'
export { expectedCodes } from './testing/fault-checks.ts'
export { openSimulatedLab, type SimulatedLab, type SimulatedLabOptions } from './testing/simulated-lab.ts'
export { testService, type Sample, type TestServiceOptions } from './testing/test-service.ts'
