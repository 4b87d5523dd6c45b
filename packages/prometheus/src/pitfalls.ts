import type { Pitfall } from '@rackwarden/core'

const pitfalls: readonly Pitfall[] = [
  {
    title: 'No data is not zero',
    text: 'A series that is gone gives no point, and an alert on it cannot fire. Ask for up and absent() before you conclude that all is quiet.',
  },
  {
    title: 'A counter restarts at zero',
    text: 'Read counters through rate() or increase(), never as they are: a restart looks like a fall. The window must hold at least four scrapes.',
  },
  {
    title: 'A target that is up may be empty',
    text: 'up says that the scrape worked, not that the exporter found anything. list_targets tells the last error; look for a metric of its own besides.',
  },
  {
    title: 'An alert waits before it fires',
    text: 'A rule with a time (for) is pending that long, and the Alertmanager groups after that: minutes pass between trouble and notification. list_rules shows what is pending.',
  },
  {
    title: 'A silence hides what comes later, too',
    text: 'It matches labels, not the alert of now: everything with these labels is quiet until its end. list_silences before you call it quiet.',
  },
  {
    title: 'History ends with retention',
    text: 'Fifteen days are kept by default; a query further back answers with nothing, not with an error.',
  },
  {
    title: 'Labels are exact',
    text: 'instance is mostly host:port, and differs from the name the rest of the lab uses. search_metrics names the labels there are.',
  },
]

export default pitfalls
