/** `Answer`: the answer to an operation, with its errors presented, written down once for all who share it. */
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { HttpAnswer } from './http.ts';
import { type AnswerType, EVENT_STREAM, JSON_TYPE } from './media-type.ts';
import { toAnswer } from './present-error.ts';

/** What an error's `extensions.http` may say about an answer that consists of it. */
interface HttpExtension {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The document cannot be executed, which clients that only know `application/json` read in the answer itself. */
  readonly spec?: boolean;
}

export class Answer {
  readonly result: ExecutionResult;
  readonly #stringify: (result: ExecutionResult) => string;
  #json: string | undefined;

  /** The errors of `result` are presented ones. */
  constructor(result: ExecutionResult, stringify: (result: ExecutionResult) => string = JSON.stringify) {
    this.result = result;
    this.#stringify = stringify;
  }

  get errors(): readonly GraphQLError[] {
    return this.result.errors ?? [];
  }

  get json(): string {
    return (this.#json ??= this.#write());
  }

  #write(): string {
    const { errors, data, extensions } = this.result;
    if (!errors) return this.#stringify(this.result);
    return JSON.stringify({ data, errors: toAnswer(errors), extensions });
  }
}

/** An answer as it goes over HTTP. */
export function httpAnswer(answer: Answer, type: AnswerType): HttpAnswer {
  const { status, headers } = errorStatus(answer, type);
  if (type === EVENT_STREAM && status === 200) {
    return {
      status,
      headers: { 'Content-Type': `${EVENT_STREAM}; charset=utf-8`, 'Cache-Control': 'no-store', ...headers },
      body: `event: next\ndata: ${answer.json}\n\nevent: complete\ndata:\n\n`,
    };
  }
  return {
    status,
    headers: {
      // Who takes only events learns why there are none.
      'Content-Type': `${type === EVENT_STREAM ? JSON_TYPE : type}; charset=utf-8`,
      ...headers,
    },
    body: answer.json,
  };
}

/** 200 when anything was executed; else what the errors say, the severest first. */
function errorStatus({ errors, result }: Answer, type: AnswerType): Required<Omit<HttpExtension, 'spec'>> {
  const said = errors.map(({ extensions }) => (extensions.http ?? {}) as HttpExtension);
  const headers = Object.assign({}, ...said.map((http) => http.headers)) as Record<string, string>;
  if (errors.length === 0 || 'data' in result) return { status: 200, headers };
  const statuses = said
    .filter(({ spec }) => !(spec === true && type === JSON_TYPE))
    .map(({ status = 200 }) => status);
  return { status: Math.max(200, ...statuses), headers };
}
