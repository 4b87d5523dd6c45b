import { join } from 'node:path'
import { requireUnpacked, unpackedPackages, type UnpackedPackages } from './unpacked-packages.ts'

const newest: UnpackedPackages = {
  component: 'prometheus-newest',
  directory: 'metrics-sid',
  release: 'sid',
  packages: ['prometheus', 'prometheus-alertmanager'],
  trial: 'for program in prometheus prometheus-alertmanager; do "$tree/usr/bin/$program" --version; done',
}

/** Says why the newest Prometheus cannot run here, after trying to fetch it; undefined when `newest: true` will do. */
export async function requireNewestPrometheus(): Promise<string | undefined> {
  return requireUnpacked(newest)
}

/** The directory of the programs of the newest Prometheus and Alertmanager, fetched on first use into the user's cache. */
export async function newestPrometheus(): Promise<string> {
  return join(await unpackedPackages(newest), 'usr/bin')
}
