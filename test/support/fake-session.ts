/** A session of the upstream that answers what a test lets it answer, by endpoint; whatever else is asked fails. */
import type { Download } from '../../src/upstream/download.ts';
import type {
  DetailName,
  Details,
  DownloadName,
  ListedBy,
  ListName,
  Lists,
  MutationName,
  Mutations,
  WaitName,
  Waits,
} from '../../src/upstream/endpoints.ts';
import type { Mutation, MutationOptions } from '../../src/upstream/mutations.ts';
import type { PageRequest } from '../../src/upstream/page-request.ts';
import type { Kind, Kinds, Page } from '../../src/upstream/types.ts';
import type { UpstreamSession } from '../../src/upstream/upstream.ts';

export interface FakeAnswers {
  readonly get?: { readonly [K in Kind]?: (id: string) => Promise<Kinds[K] | null> };
  readonly list?: {
    readonly [L in ListName]?: (
      filter: Lists[L]['filter'],
      page: PageRequest,
    ) => Promise<Page<Kinds[ListedBy<L>]>>;
  };
  readonly read?: {
    readonly [D in DetailName]?: (of: Details[D]['of']) => Promise<Details[D]['answer'] | null>;
  };
  readonly wait?: {
    readonly [W in WaitName]?: (on: Waits[W]['on']) => Promise<Kinds[Waits[W]['kind']] | 'unchanged' | null>;
  };
  readonly download?: Partial<Record<DownloadName, (id: string) => Promise<Download | null>>>;
  readonly send?: {
    readonly [M in MutationName]?: (
      input: Mutations[M]['input'],
      options: MutationOptions,
    ) => Promise<Mutation<Mutations[M]['answer']>>;
  };
}

export function fakeSession(answers: FakeAnswers): UpstreamSession {
  const unanswered = (endpoint: string) => Promise.reject(new Error(`This test answers no ${endpoint}`));
  return {
    get: (kind, id) => answers.get?.[kind]?.(id) ?? unanswered(kind),
    list: (list, filter, page) => answers.list?.[list]?.(filter, page) ?? unanswered(list),
    read: (detail, of) => answers.read?.[detail]?.(of) ?? unanswered(detail),
    wait: (wait, on) => answers.wait?.[wait]?.(on) ?? unanswered(wait),
    download: (download, id) => answers.download?.[download]?.(id) ?? unanswered(download),
    send: (mutation, input, options) => answers.send?.[mutation]?.(input, options) ?? unanswered(mutation),
    peek: () => undefined,
    spanOf: () => undefined,
  };
}
