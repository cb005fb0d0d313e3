/** Traces, which are exported by OTLP. The names are those of OpenTelemetry. */
import { z } from 'zod';
import { oneOf, setting, type Setting } from './setting.ts';

const isHttpUrl = (text: string): boolean =>
  URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);

/** As OpenTelemetry writes lists of values with names: `name=value,name=value`, the values percent-encoded. */
const isPair = (pair: string): boolean => /^[\w.!#$&'*+^`|~-]{1,200}=[^=\s].{0,1999}$/.test(pair.trim());
const isPairs = (text: string): boolean => text.split(',').every(isPair);

const PAIRS = z
  .string()
  .refine(isPairs)
  .transform((text, context) => {
    try {
      return Object.fromEntries(
        text.split(',').map((pair) => {
          const at = pair.indexOf('=');
          return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
        }),
      );
    } catch {
      context.addIssue({ code: 'custom', message: 'not percent-encoded' });
      return z.NEVER;
    }
  });

const EXPECTED_PAIRS = 'pairs `name=value` with commas between them, the values percent-encoded';

export const TRACING_SETTINGS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: setting({
    means:
      'Where traces are exported to by OTLP over HTTP: an address without `/v1/traces`, which is added. Without it nothing is traced.',
    expects: 'an http:// or https:// URL',
    default: null,
    schema: z.string().refine(isHttpUrl),
  }),
  OTEL_EXPORTER_OTLP_HEADERS: setting({
    means: 'Headers that are sent with traces, such as a key of the receiver.',
    expects: EXPECTED_PAIRS,
    default: null,
    schema: PAIRS,
    isSecret: true,
  }),
  OTEL_SERVICE_NAME: setting({
    means: 'The name of this service in traces.',
    expects: '1 to 255 characters',
    default: 'runloop-graphql',
    schema: z.string().min(1).max(255),
  }),
  OTEL_RESOURCE_ATTRIBUTES: setting({
    means: 'What else describes this process in traces, such as `deployment.environment.name=production`.',
    expects: EXPECTED_PAIRS,
    default: null,
    schema: PAIRS,
  }),
  OTEL_TRACES_SAMPLER: oneOf(
    [
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ],
    {
      means:
        'Which traces are recorded. Those that begin with `parentbased_` do as a client says in `traceparent`, where it says anything; `traceidratio` records the share OTEL_TRACES_SAMPLER_ARG.',
      default: 'parentbased_always_on',
    },
  ),
  OTEL_TRACES_SAMPLER_ARG: setting({
    means: 'Share of the traces that `traceidratio` records.',
    expects: 'a number from 0 to 1',
    default: '1',
    schema: z
      .string()
      .regex(/^(?:0(?:\.\d{1,9})?|1(?:\.0{1,9})?|\.\d{1,9})$/)
      .transform(Number),
  }),
} as const satisfies Record<string, Setting<unknown>>;
