// Loaded into the hub before its own code: tells what it holds when it is asked.
process.channel?.unref()
process.on('message', () => {
  globalThis.gc?.()
  // What is only held weakly takes a second turn to go.
  setImmediate(() => {
    globalThis.gc?.()
    const { heapUsed, rss, external } = process.memoryUsage()
    process.send?.({ heap: heapUsed, resident: rss, external })
  })
})
process.channel?.unref()
