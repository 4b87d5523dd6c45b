import { traitsOf } from '../define/field.ts'
import type { Service } from '../define/service.ts'

/** The environment variable derived from a service and a field: `pihole` and `tlsCa` give `PIHOLE_TLS_CA`. */
export function variableName(service: string, field: string): string {
  return `${upperSnake(service)}_${upperSnake(field)}`
}

/** Every variable of a service's fields, the derived one first, then the aliases. */
export function variablesOf(
  service: Service,
): { field: string; names: readonly string[]; required: boolean; secret: boolean; description: string }[] {
  return Object.entries(service.config).map(([field, schema]) => {
    const traits = traitsOf(schema)
    return {
      field,
      names: [variableName(service.name, field), ...(traits.env ?? [])],
      required: !schema.safeParse(undefined).success,
      secret: traits.secret === true,
      description: traits.description ?? '',
    }
  })
}

function upperSnake(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase()
}
