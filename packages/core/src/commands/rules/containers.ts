import type { Call, Judge, Rules } from '../call.ts'
import { asks, each, risky, verbs } from '../judges.ts'
import { isKnown, type Word } from '../shell/word.ts'
import { ask, refuse, strictest, type Opinion } from '../verdict.ts'
import { runsInside } from '../wrappers/unwrap.ts'

const isOwn = ({ text }: Word, { scope }: Call) =>
  /rackwarden/i.test(text) || scope.context.ownContainers.some((name) => text === name || (text.length >= 3 && name.startsWith(text)))

/** Compose works on what belongs to the directory it runs in. */
function ownDirectory({ scope }: Call): Opinion {
  return [...scope.directories].some((directory) => /rackwarden/i.test(directory))
    ? ask('works on containers of the directory this hub lives in')
    : undefined
}

/** What ends or changes a container is refused or asked where the hub lives in it. */
function containers(whenOwn: (why: string) => Opinion, otherwise?: string): Judge {
  const one = (word: Word, call: Call): Opinion => {
    if (!isKnown(word)) return ask('names containers that are not known before it runs')
    if (isOwn(word, call)) return whenOwn('would end the container this hub lives in')
    return otherwise === undefined ? undefined : ask(otherwise)
  }
  return (call) => strictest([...call.words.map((word) => one(word, call)), ownDirectory(call)])
}

const interrupt = containers(ask)
const removal = containers(refuse, 'takes containers away')
const inside = runsInside('-i -t -d -u: --user: -w: --workdir: -e: --env: --interactive --tty --detach -T --index:', 1, (names, call) =>
  names.some((word) => isOwn(word, call)) ? ask('runs in the container this hub lives in') : undefined,
)

const starts = 'starts a container, which may be given the whole host'
const images = 'takes images away'

const reading =
  'ps logs inspect images stats top version info port diff history events search container.ls container.list container.inspect container.logs container.stats container.top container.port image.ls image.list image.inspect image.history volume.ls volume.list volume.inspect network.ls network.list network.inspect system.df system.info system.events context.ls context.show manifest.inspect node.ls service.ls service.ps service.logs stack.ls stack.ps buildx.ls'

const compose = verbs({
  risky: risky({ values: 'tn', ask: { '-o --output': 'writes a file' } }),
  options: '--ansi: --progress: --dry-run --all-resources --compatibility',
  allow: 'ps ls logs pull images top port events version config stats volumes',
  ask: {
    'run create build cp push attach scale watch publish': starts,
    'down rm kill': 'takes containers away, and with an option their volumes',
  },
  judge: { 'stop restart pause unpause start': interrupt, exec: inside, up: composeUp },
})

function composeUp(call: Call): Opinion {
  const { words } = call
  const isPlain = words.every(
    (word) =>
      isKnown(word) &&
      /^(?:-d|--detach|--wait|--pull=?\w*|always|missing|--no-deps|--force-recreate|--no-recreate|--remove-orphans|--quiet-pull|-t|\d+|[\w][\w.-]*)$/.test(
        word.text,
      ),
  )
  return isPlain && !words.some(({ text }) => /rackwarden/i.test(text)) ? ownDirectory(call) : ask(starts)
}

const engine = verbs({
  options: '-D --debug',
  allow: `${reading} pull image.pull wait`,
  ask: {
    'run create container.run container.create build image.build buildx.build commit cp container.cp import load save export tag push login logout update rename attach image.tag image.push context.use buildx plugin.install trust':
      starts,
    'rmi image.rm image.remove image.prune builder.prune buildx.prune': images,
    'network.create network.connect network.disconnect volume.create network.rm network.prune container.prune config secret':
      'changes what containers rest on',
    'swarm.init swarm.join service.create service.update service.rm stack.deploy stack.rm': 'changes a swarm',
  },
  refuse: {
    'system.prune': 'takes away everything that does not run just now, volumes among it',
    'volume.rm volume.remove volume.prune': 'destroys volumes with everything on them',
    'swarm.leave node.rm': 'changes who belongs to the cluster',
    'system.reset': 'takes away every container, image and volume',
    'machine.rm machine.reset': 'takes away the machine containers run on',
  },
  judge: {
    'stop restart pause unpause start container.stop container.restart container.pause container.unpause container.start kill container.kill':
      interrupt,
    'kill container.kill': containers(ask, 'ends containers at once'),
    'rm container.rm container.remove': removal,
    'exec container.exec': inside,
    compose,
  },
})

const steered = risky({
  values: 'nlLoc',
  ask: {
    '--kubeconfig --kube-apiserver --server --token --output-directory --cache-dir --registry-config --repository-config -s':
      'reaches another cluster, or writes files',
  },
})

const kubernetes = verbs({
  risky: steered,
  options: '-n: --namespace: -A --all-namespaces',
  allow:
    'get describe logs top version cluster-info api-resources explain rollout.status rollout.history config.current-context config.get-contexts auth.can-i events',
  ask: {
    'delete apply create patch edit replace scale rollout set label annotate taint cordon uncordon cp attach port-forward proxy run expose autoscale debug config certificate':
      'changes the cluster',
  },
  refuse: {
    'delete.node delete.nodes delete.no delete.namespace delete.namespaces delete.ns delete.pv delete.pvc delete.persistentvolume delete.persistentvolumes delete.persistentvolumeclaim delete.persistentvolumeclaims delete.crd delete.all':
      'destroys a node, a namespace or what is stored in the cluster',
    drain: 'takes a node out of service with everything on it',
  },
  judge: { exec: runsInside('-i -t -c: --container: -n: --namespace: --stdin --tty', 1) },
})

/** Containers, images, volumes, and clusters of them. */
export const containerRules: Rules = {
  ...each('docker podman nerdctl', engine),
  ...each('docker-compose podman-compose', compose),
  ...each('kubectl oc', kubernetes),
  k3s: (call) => (call.words[0]?.text === 'kubectl' ? kubernetes({ ...call, words: call.words.slice(1) }) : ask('changes the cluster')),
  ...each('k3s-uninstall.sh k3s-killall.sh k3s-agent-uninstall.sh', () => refuse('takes the cluster off this host')),
  kubeadm: verbs({ allow: 'version token.list config.view', refuse: { reset: 'takes this host out of the cluster' } }),
  etcdctl: verbs({
    allow: 'get member.list endpoint.status endpoint.health version',
    refuse: { 'del member.remove snapshot.restore': 'destroys what a cluster keeps' },
  }),
  helm: verbs({
    risky: steered,
    allow: 'list ls status get history search version show repo.list',
    ask: { 'install upgrade rollback repo.add repo.update': 'changes the cluster', 'uninstall delete': 'takes a release away' },
  }),
  ...each('ctr crictl runc skopeo buildah', asks('works on containers below the engine')),
}
