// The vocabulary of the field: what people with a homelab say, and how tools say it. Endings do not matter. An entry has to be right for any tool.

/** Words that stand in any question and tell none from another. */
export const filler: ReadonlySet<string> = new Set(
  `
    a about actually after again all also always am an and any anymore anything are aren't as at be because been before being
    but by can can't cannot check checking could did didn't do does doesn't doing don't each either else ever every for from get
    gets getting give go going gone gonna got had has have having he her here him his how i i'm i've if in into is isn't it it's
    its just keep keeps know let let's like ll look make many maybe me mine more most much my need no nope not now of off ok
    okay on one only or our ours out over please pls put quick quickly really right rn say says see seeing she should show
    showing shows so some something still such take tell than thanks that that's the their them then there there's these they
    thing things this those though to today tonight too tried try trying up us use using ve very want was we went were what
    what's when where where's which while who who's whole why will with won't would yes yet you your
  `
    .trim()
    .split(/\s+/),
)

/** What people say, and the words of tools it may stand for. */
export const synonyms: readonly (readonly [means: string, said: string])[] = [
  // Things
  ['host server', 'box, machine, computer, node, server, hypervisor, bare metal'],
  ['unit systemd service', 'service, daemon, systemd, systemctl, unit, background process'],
  ['containers running', 'docker ps, pod'],
  ['VM virtual machine guest', 'vm, vms, virtual machine, virtual machines, guest, guests, kvm'],
  ['VM container', 'lxc, ct'],
  ['bring back fresh verified', 'not backed up, backed up, no backup, without a backup'],
  ['restore', 'bring back from its backup, back from backup, back from the backup, from its backup'],
  ['thin rules', 'prune, keep last, keep daily, retention'],
  ['write document notes', 'my notes, my docs, documented, written down, did i document, gotcha, runbook, wiki page, howto'],
  ['hypervisor cluster', 'proxmox, pve, hypervisor, hypervisors, virtualisation, esxi'],
  ['compose project stack', 'compose, stack, docker compose'],
  ['images', 'layer, tag, untagged'],
  ['volumes', 'vol, persistent data'],
  ['disk drive', 'drive, disk, hdd, ssd, hard drive, platter, spindle'],
  ['pool raid zfs', 'array, mdadm, zpool, raidz, mirror, vdev, raid, degraded, parity, btrfs, zfs'],
  ['rebuilding scrub', 'resilver, rebuild, scrub, checksum errors'],
  [
    'interfaces',
    'ethernet, nic, network card, network port, adapter, gigabit, link speed, jumbo, wifi, packets, packet loss, bond, vlan, cable, ethtool, ifconfig, default route',
  ],
  ['timers', 'cron, cronjob, schedule'],
  ['mounts', 'fstab, share, automount'],
  ['scrape targets exporters', 'exporter, endpoint, scrape, pulling from, target, collect'],
  ['rules', 'alert definition, alert condition'],
  ['alerts', 'alarm, page, notification, alertmanager, warned, buzz, woke me, wake me, pager, pinged me, beeping'],
  ['promql', 'prom, evaluate, expression, time series, timeseries, sum by'],
  [
    'operation long call',
    "job, task, operation, you started, you kicked off, thing you, what you are doing, what you're doing, you are running, you're running",
  ],
  // What a host has
  ['memory ram', 'ram, mem, memory, oom, out of memory, leak'],
  ['cpu', 'processor, core'],
  ['cpu memory usage', 'resources, top, hungry, heaviest'],
  [
    'disk space free',
    'full, gb, gig, tb, terabyte, capacity, free space, no space, out of space, room, storage left, filling up, df, space left',
  ],
  ['temperatures', 'hot, warm, heat, temp, celsius, degrees, thermal, overheating, cooling, throttling, cook, toasty'],
  ['clock', 'ntp, chrony, in sync, time sync, wrong time, timezone, is the time, time is off, system time, wrong date'],
  ['uptime', 'how long has, been up, last rebooted, last boot'],
  ['linux distribution', 'os, distro, operating system, which linux'],
  [
    'smart sectors wear',
    'smartctl, smart, sectors, worn, wearing out, tbw, power on hours, failing drive, lifetime, lifespan, reallocated',
  ],
  ['dying', 'failing, fail soon, about to fail, clicking'],
  [
    'updates packages',
    'upgrade, patch, apt, dnf, yum, pacman, outdated, cve, vulnerabilities, up to date, out of date, packages behind, update, reboot required',
  ],
  ['network usage', 'bandwidth, traffic, throughput'],
  ['ports', 'exposed, mapped, published'],
  ['inspect', 'config, configured, details, restart policy, bind mount, exit code, created with'],
  ['variable names', 'env, environment, variables'],
  // How it is
  [
    'problems wrong broken',
    "wrong, broken, broke, issue, trouble, problem, fix, bad, weird, on fire, worry, urgent, attention, misbehaving, doesn't work, not working, acting up, messed up, anything failing, morning check, morning report, borked, busted, feels off, looks off, something is off, something's off, is off, off today, hosed, toast, not right, failing, catch fire, go wrong, went wrong, errors anywhere, how's the lab, how is the lab, how's everything, how are things",
  ],
  ['healthy health', 'healthy, health, ok, okay, fine, alright, all right, good, in shape, in good shape, well'],
  [
    'everything',
    "all good, all well, all up, everything ok, everything okay, everything fine, everything running, everything working, all green, lab healthy, lab ok, lab up, setup healthy, still alive, how's the lab, how is the lab, everything online, all online, all systems",
  ],
  [
    'wrong problems',
    "all good, all well, everything ok, everything fine, everything working, lab healthy, lab ok, setup healthy, how are things, how is everything, how's everything, what's up with",
  ],
  [
    'connection service',
    'rackwarden, connected, connection to, can you reach, can you talk, credentials, integration, backend, plugin, talk to, log into',
  ],
  ['checkup', 'check on, look over, once over, health check, health glance, glance, full check'],
  ['checkup host healthy', 'wrong with'],
  ['slow', 'sluggish, laggy, lag, hang, unresponsive, crawling, freezing, choppy, stalling'],
  ['restarting', 'crash, crashloop, crash loop, keeps dying, keeps crashing, flapping, boot loop'],
  ['failed', 'crashed, died, dead, failure, hosed, bombed, errored'],
  ['stopped', 'down, exited, dead, not running, offline, unreachable'],
  ['exit', 'crashed, died, quit, killed'],
  [
    'unused orphans dangling',
    'unused, dangling, orphaned, leftover, left over, stale, lying around, cleanup, clean up, clean, prune, get rid, reclaim, nothing uses, no longer used, not used, anonymous, untagged, old',
  ],
  [
    'usage',
    'use, hog, eat, burn, consume, gobble, chew, suck, heavy, greedy, utilization, pegging, maxing, biggest, most of, hammering, thrashing, guzzling, taking up, greediest',
  ],
  ['muted silences', 'muted, silenced, snoozed'],
  ['active firing', 'going off, ringing, active, firing, triggered, raised'],
  ['pending', 'waiting, outstanding'],
  // What to do
  ['restart', 'bounce, reboot, reload, recycle, power cycle, cycle, kick, off and on, poke, turn it off and on'],
  [
    'stop',
    'shut down, turn off, switch off, shut off, take down, kill, halt, terminate, power off, bring down, nuke, yank, put to sleep, shutdown',
  ],
  ['start', 'turn on, switch on, fire up, spin up, bring up, bring back, back up, launch, power on, boot up'],
  [
    'boot automatically',
    'on its own, by itself, by themselves, autostart, startup, on boot, at boot, after a reboot, after reboot, when the machine boots, machine boots, survive a reboot, come up at, automatically, auto start, booting, every reboot, every boot, each boot, each reboot, next boot, next reboot, comes up',
  ],
  [
    'enable',
    'come up by itself, come back by itself, survive a reboot, start automatically, autostart, after every reboot, after each reboot, every reboot, every boot, start on boot, start at boot, up on boot, on startup',
  ],
  [
    'disable',
    "don't start, never start, from starting, from launching, no longer start, don't launch, stop starting, not start at, shouldn't start, coming up at, come up at boot any more, not come up, don't autostart, don't want it to start",
  ],
  [
    'silence mute',
    "mute, silence, snooze, quiet, hush, suppress, shut up, stop paging, don't page, stop alerting, don't alert, stop notifying, don't notify, stop bugging, stop nagging, no notifications, no alerts, leave me alone",
  ],
  ['unmute expire silence', 'unsilence, unmute, unsnooze, lift, alert again, notify again, page me again, maintenance is over'],
  ['remove', 'delete, end, lift, drop, get rid, cancel'],
  ['expire expiry until', 'run out, ran out, expire, valid until, still valid'],
  [
    'abort cancel',
    "abort, cancel, nevermind, never mind, nvm, scrap, call off, stop that, stop what, forget it, don't bother, drop that, leave it",
  ],
  [
    'progress done result',
    "done yet, finished, progress, how far, complete, how's that, still going, eta, still working on, through yet, done, is it done, any update on, working on it, any news on",
  ],
  ['pause', "pause, don't check, stop checking, stop watching, no longer check, not checked"],
  ['resume', 'unpause, resume, check again, start checking, watch again'],
  ['delete', 'get rid, throw out, throw away'],
  ['maintenance mute', 'not bother, bother anybody, bother me, planned work, planned downtime, downtime window'],
  ['change', 'how often, only every, every five minutes, every minute, instead of every'],
  ['down failing', 'outage, offline, unreachable, went down, not reachable, failing'],
  // What to know
  [
    'logs printed',
    'log, print, output, complain, whine, moan, spit, wrote, write, say, error message, traceback, stack trace, stderr, stdout, throw, dmesg, syslog, grep, tail, lines, spam, warnings, errors from',
  ],
  ['journalctl', 'journal, syslog, dmesg'],
  [
    'history trend graph',
    'graph, chart, plot, trend, curve, yesterday, last week, last month, past month, past week, past day, last day, last 24, over time, history, historical, grown, grew, growth, peak, highest, lowest, average, spike, this month, this week, over the last, over the past, change over, last night, overnight, weekend, filling up, growing, increase, rising, dropped, dip, timeline',
  ],
  ['current value', 'right now, currently, at the moment, value'],
  ['threshold', 'percent, trigger, kick in, limit, criteria'],
  ['expression rules', 'threshold, kick in, trigger, before it fires, how long does, condition'],
  [
    'find metric called',
    'metric called, name of the metric, which metric, what metric, metrics exist, is there a metric, metric for, metric name',
  ],
  ['reach address', 'reachable, reach, connect, ping, alive, respond, telnet, netcat, talk to, get to, accessible, unreachable, handshake'],
  ['tcp port', 'port, listening, blocked, refused, refuses connections'],
  [
    'website url http',
    'url, site, website, webpage, web, http, https, curl, browser, web page, web ui, homepage, status code, reverse proxy, redirect, page load, page open, load in the browser, site load',
  ],
  ['certificate tls', "cert, ssl, certificate, letsencrypt, let's encrypt"],
  ['resolves', 'dns, nslookup, dig, record'],
  ['healthy checkup', 'is doing, holding up, doing ok, doing okay, doing well, look after, check over, how is it doing'],
  ['health probe', 'healthcheck, health check'],
  ['rules expression', 'have an alert, is there an alert, alert for, alert me, goes off, go off, get alerted, set to alert'],
  ['current value metric', 'watt, wattage, voltage, humidity, power draw, power use, power usage, power consumption, kwh'],
  ['metrics', 'do we collect, do i collect, are collected, do we have data, data about, do we track, do i track'],
  ['load', 'iowait, pressure, busy'],
  [
    'overview lab',
    'inventory, overview, summary, summarize, topology, everything i have, everything i run, list everything, what do i have, you know about, my setup, rundown, big picture, map of, tour, in my lab, homelab, have i got, do i own, in total, what runs here, walk me through, describe, lay of the land, at a glance',
  ],
  ['changed', 'changed, different, new, newly, appeared, disappeared, show up, gone missing'],
  ['find asset device', "who is, who has, who's, whose, which device, unknown device, what device, look up, locate, which thing"],
  [
    'find asset run',
    "which box is, which host is, which machine is, which server is, which box runs, which host runs, which machine runs, where is, where's, where does, where do, lives, located, hosted, what host, what box",
  ],
]

/** What gives itself away by how it is written: addresses, queries, devices of the kernel, units and daemons, alerts (in camel case) and metrics. */
export const shapes: readonly { shape: RegExp; means: string }[] = [
  { shape: /\b(?:who|what)(?:'s| is) (?=\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{2}(?::[0-9a-f]{2}){5})/i, means: 'find asset device' },
  { shape: /\bhttps?:\/\/\S+/i, means: 'url website' },
  { shape: /\b\d{1,3}(?:\.\d{1,3}){3}:\d+\b/, means: 'tcp port address' },
  { shape: /\b\d{1,3}(?:\.\d{1,3}){3}\b/, means: 'ip address' },
  { shape: /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/i, means: 'mac address device' },
  {
    shape: /\b(?:last|past|previous|these) (?:\d+|few|couple of)? ?(?:minutes?|hours?|days?|weeks?|months?|years?)\b/i,
    means: 'history trend time',
  },
  { shape: /\b[a-z0-9-]+(?:\.[a-z0-9-]+)+\.[a-z]{2,}\b/i, means: 'website url' },
  { shape: /\b[a-z_:]+(?:\{[^}]*\}|\(.*\))|[=!]=|\[\d+[smhd]\]/, means: 'promql' },
  { shape: /\b(?:sd[a-z]|nvme\d\w*)\b/, means: 'disk drive' },
  { shape: /\bmd\d+\b/, means: 'pool raid' },
  { shape: /\b(?:eth\d|en[ops]\d|eno\d|wlan\d|bond\d|vmbr\d|br\d|wg\d)\w*\b/, means: 'interface' },
  { shape: /\b[a-z0-9-]+@[a-z0-9-]+\b|\b[a-z0-9-]+\.(?:service|timer|socket|mount)\b/i, means: 'systemd service' },
  // A daemon, like smbd: hardly a word of English ends so.
  { shape: /\b[a-z]{2,}[bcfghjkmpqstvwxz]d\b/, means: 'systemd service' },
  { shape: /\b(?:[A-Z][a-z]+){2,}\b/, means: 'alert' },
  // What a browser shows where a site is down; other numbers of three digits name guests.
  { shape: /\b(?:200|30[1-8]|40\d|50\d)\b/, means: 'http status' },
  { shape: /\b[a-z]+(?:_[a-z]+)+\b/, means: 'metric' },
]
