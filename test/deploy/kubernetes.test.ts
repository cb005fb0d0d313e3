/** The manifests of deploy/kubernetes, against the schemas of Kubernetes and against what the gateway knows. */
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Deployment } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createMetrics } from '../../src/observability/metrics/metrics.ts';
import { VERSION } from '../../src/version.ts';
import { createFolder } from '../support/folder.ts';
import { listShipped, readYaml, SETTING_NAMES } from '../support/shipped.ts';
import { watchReads } from '../support/unread-properties.ts';

const MODELS = [
  Namespace,
  ConfigMap,
  Deployment,
  Service,
  PodDisruptionBudget,
  HorizontalPodAutoscaler,
  NetworkPolicy,
];

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly images: readonly { readonly newTag: string }[];
}

const readKustomization = async () => {
  const [kustomization] = await readYaml('kubernetes/kustomization.yaml');
  return kustomization as Kustomization;
};

const readManifests = async () => {
  const { resources } = await readKustomization();
  return (await Promise.all(resources.map((name) => readYaml(`kubernetes/${name}`)))).flat() as Manifest[];
};

/** Throws at what the schema of a manifest refuses or does not know. */
function check(manifest: Manifest): void {
  const Model = MODELS.find(
    ({ apiVersion, kind }) => apiVersion === manifest.apiVersion && kind === manifest.kind,
  );
  if (!Model) throw new Error(`Expected a schema of ${manifest.apiVersion} ${manifest.kind}`);
  const { document, unread } = watchReads(manifest);
  // Made of it, a model would be a copy: its validator is asked about the manifest itself.
  Model.prototype.validate.call(document);
  const [unknown] = unread();
  if (unknown !== undefined) throw new Error(`${manifest.kind} knows no ${unknown}`);
}

/** The one of this model. */
async function readOne<T>(Model: { readonly kind: string } & (new (data: never) => T)): Promise<T> {
  return new Model((await readManifests()).find(({ kind }) => kind === Model.kind) as never);
}

const readPod = async () => {
  const { spec } = await readOne(Deployment);
  const pod = spec?.template.spec;
  const container = pod?.containers[0];
  if (!pod || !container) throw new Error('Expected a container');
  return { pod, container, labels: spec.template.metadata?.labels };
};

describe('the manifests for Kubernetes', () => {
  it('are accepted by the schemas of Kubernetes, and all of them are applied', async () => {
    const { resources, images } = await readKustomization();
    expect([...resources, 'kustomization.yaml'].sort()).toEqual(await listShipped('kubernetes'));
    expect(images.map(({ newTag }) => newTag)).toEqual([VERSION]);
    for (const manifest of await readManifests()) check(manifest);
  });

  it('are refused by those schemas when a value or the name of a property is wrong', async () => {
    const { apiVersion, kind, metadata, spec } = await readOne(PodDisruptionBudget);
    const withSpec = (more: object) => ({ apiVersion, kind, metadata, spec: { ...spec, ...more } });

    expect(() => {
      check(withSpec({ maxUnavailabel: 1 }));
    }).toThrow('knows no spec.maxUnavailabel');
    expect(() => {
      check(withSpec({ maxUnavailable: [] }));
    }).toThrow('maxUnavailable');
  });

  it('set nothing that is no setting, and a configuration that starts', async () => {
    await using folder = await createFolder();
    const { data = {} } = await readOne(ConfigMap);
    const { container } = await readPod();
    const files = {
      GATEWAY_SECRET_FILE: await folder.write('gateway-secret', 'x'.repeat(40)),
      REDIS_URL_FILE: await folder.write('redis-url', 'redis://redis:6379'),
    };
    const names = [...Object.keys(data), ...(container.env ?? []).map(({ name }) => name)];
    expect(names.filter((name) => !SETTING_NAMES.has(name))).toEqual([]);
    expect(Object.keys(files).filter((name) => !names.includes(name))).toEqual([]);

    const config = loadConfig(
      { ...data, ...files, NODE_ENV: 'production', HOST: '0.0.0.0' },
      { isStrict: true },
    );

    const ports = (container.ports ?? []).map((port) => [port.name, port.containerPort] as const);
    expect(ports).toEqual([
      ['http', config.port],
      ['metrics', config.metrics?.listen?.port],
    ]);
  });

  it('give a replica the time to leave that its settings take', async () => {
    const { data = {} } = await readOne(ConfigMap);
    const { pod, container } = await readPod();
    const beforeMs = 1_000 * Number(container.lifecycle?.preStop?.exec?.command?.[1]);
    const leavingMs = ['SHUTDOWN_DELAY_MS', 'SHUTDOWN_SPREAD_MS', 'SHUTDOWN_TIMEOUT_MS']
      .map((name) => Number(data[name]))
      .reduce((sum, ms) => sum + ms, beforeMs);

    expect(1_000 * (pod.terminationGracePeriodSeconds ?? 0)).toBeGreaterThan(leavingMs);
  });

  it('find the pods by their labels, and let nothing in the container write or gain rights', async () => {
    const { pod, container, labels } = await readPod();
    const [service, budget, policy] = [
      await readOne(Service),
      await readOne(PodDisruptionBudget),
      await readOne(NetworkPolicy),
    ];
    for (const selected of [
      service.spec?.selector,
      budget.spec?.selector?.matchLabels,
      policy.spec?.podSelector.matchLabels,
    ])
      expect(selected).toEqual(labels);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
    expect(container.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('scale by a metric that the gateway has', async () => {
    const { spec } = await readOne(HorizontalPodAutoscaler);
    const names = (spec?.metrics ?? []).flatMap(({ pods }) => (pods ? [pods.metric.name] : []));

    const metrics = await createMetrics({ version: VERSION }).text();
    expect(names).not.toEqual([]);
    for (const name of names) expect(metrics).toContain(`# TYPE ${name} gauge`);
  });
});
