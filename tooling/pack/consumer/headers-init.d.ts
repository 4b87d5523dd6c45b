// The types of @modelcontextprotocol/sdk name it, and those of Node 20 do not have it.
type HeadersInit = NonNullable<ConstructorParameters<typeof Headers>[0]>
