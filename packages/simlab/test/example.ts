import { createLab } from '@rackwarden/simlab'

const lab = createLab()

/** Undefined for a service the lab does not have. */
export const docker = await lab.simulationOf('docker')
