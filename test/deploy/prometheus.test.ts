/** deploy/prometheus and deploy/grafana: what they ask for is what the gateway measures, and Prometheus understands it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/observability/metrics/metrics.ts';
import { createFolder } from '../support/folder.ts';

const ROOT = new URL('../../', import.meta.url);
const PROMTOOL = process.env['PROMTOOL_PATH'] ?? '/usr/bin/promtool';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
}

const textOf = (path: string) => readFile(new URL(path, ROOT), 'utf8');

async function rules(): Promise<readonly Rule[]> {
  const { groups } = parse(await textOf('deploy/prometheus/alerts.yml')) as {
    readonly groups: readonly { readonly rules: readonly Rule[] }[];
  };
  return groups.flatMap((group) => group.rules);
}

async function dashboard(): Promise<Dashboard> {
  return JSON.parse(await textOf('deploy/grafana/dashboard.json')) as Dashboard;
}

/** The queries of all panels, with Grafana's variables as it fills them in. */
async function panelQueries(): Promise<readonly string[]> {
  const { panels } = await dashboard();
  return panels
    .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    .map((expr) => expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'));
}

/** The names of metrics in a query, a histogram by its own. */
function metricsIn(query: string): readonly string[] {
  return [...query.matchAll(/\b(?:runloop_graphql|process|nodejs)_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_(?:bucket|count|sum)$/, ''),
  );
}

async function measured(): Promise<ReadonlySet<string>> {
  const text = await createMetrics({ version: 'test' }).text();
  return new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
}

describe('deploy/prometheus and deploy/grafana', () => {
  it('name metrics that the gateway has', async () => {
    const known = await measured();
    const queries = [...(await rules()).map(({ expr }) => expr), ...(await panelQueries())];
    const named = new Set(queries.flatMap(metricsIn));

    expect(named.size).toBeGreaterThan(30);
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
  });

  it('have a panel for every metric of the gateway but what it is built from', async () => {
    const shown = new Set((await panelQueries()).flatMap(metricsIn));
    const left = [...(await measured())].filter(
      (name) => name.startsWith('runloop_graphql_') && !shown.has(name),
    );

    expect(left.map((name) => name.replace('runloop_graphql_', '')).sort()).toEqual([
      'answer_refresh_calls_total',
      'build_info',
      'cache_entries',
      'event_log_events_appended_total',
      'planner_lists_total',
      'planner_look_ups_answered_total',
      'poll_failures_total',
      'redis_connect_failures_total',
    ]);
  });

  it('let the reader of the dashboard choose where its figures come from', async () => {
    const { panels, templating } = await dashboard();
    const shown = panels.filter(({ type }) => type !== 'row');

    expect(templating.list).toMatchObject([{ name: 'datasource', type: 'datasource' }, { name: 'instance' }]);
    for (const { title, datasource, targets = [] } of shown) {
      expect(datasource?.uid, title).toBe('${datasource}');
      expect(targets.length, title).toBeGreaterThan(0);
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  it('lead from each alert to a section that says what to do', async () => {
    const headings = [...(await textOf('docs/operations.md')).matchAll(/^#+ (.+)$/gm)].map(
      ([, title = '']) =>
        `docs/operations.md#${title
          .toLowerCase()
          .replace(/[^a-z0-9 ]/g, '')
          .replaceAll(' ', '-')}`,
    );

    for (const { alert, annotations } of await rules())
      expect(headings, alert).toContain(annotations.runbook);
  });

  it.runIf(existsSync(PROMTOOL))('are understood by Prometheus, queries of panels included', async () => {
    await using folder = await createFolder();
    const recorded = (await panelQueries()).map((expr, index) => ({
      record: `panel:${String(index)}`,
      expr,
    }));
    // YAML is a superset of JSON.
    const path = await folder.write('panels.json', { groups: [{ name: 'panels', rules: recorded }] });
    const check = (...args: readonly string[]) =>
      execFileSync(PROMTOOL, ['check', ...args], { encoding: 'utf8' });

    expect(check('rules', path)).toContain(`SUCCESS: ${String(recorded.length)} rules found`);
    const { pathname } = new URL('deploy/prometheus/prometheus.yml', ROOT);
    expect(check('config', pathname)).toContain(`SUCCESS: ${String((await rules()).length)} rules found`);
  });
});
