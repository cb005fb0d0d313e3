/** How large a document may be: bounds that are checked before anything expensive looks at it, each in linear time. */
import { type DocumentNode, Lexer, parse, Source, TokenKind } from 'graphql';
import { GatewayError } from '../errors.ts';
import { mostRepeats } from './document-repeats.ts';
import { type DocumentSize, measureDocument } from './document-size.ts';
import { tooComplex } from './too-complex.ts';

/** The largest document that is read. */
export interface DocumentBounds {
  /** Length of its text, in bytes of UTF-8. */
  readonly maxBytes: number;
  /** Names, punctuators and literals. */
  readonly maxTokens: number;
  /** Levels of fields, the root fields being the first. */
  readonly maxDepth: number;
  /** Fields, fragment spreads and inline fragments of one operation, each fragment counted wherever it is spread. */
  readonly maxSelections: number;
  /** Fields with another name than their own, counted as selections are. */
  readonly maxAliases: number;
  /** Fields at the top of one operation. */
  readonly maxRootFields: number;
  /** Directives, counted as selections are. */
  readonly maxDirectives: number;
  /** Fields that stand for one and the same place of the answer. */
  readonly maxRepeats: number;
}

/** Legitimate documents fit several times over: a dashboard has 26 selections, GraphiQL's introspection 240. */
export const DEFAULT_DOCUMENT_BOUNDS: DocumentBounds = {
  maxBytes: 64 * 1024, // 64 KiB
  maxTokens: 2_000,
  maxDepth: 16,
  maxSelections: 500,
  maxAliases: 50,
  maxRootFields: 30,
  maxDirectives: 50,
  maxRepeats: 50,
};

/** What of a document is bounded: the setting of each bound, what it counts, and how to stay under it. */
const BOUNDS = {
  maxDepth: {
    of: 'depth',
    setting: 'QUERY_MAX_DEPTH',
    counts: 'levels of fields',
    advice: 'ask for what is deeper in a query of its own, by its id',
  },
  maxSelections: {
    of: 'selections',
    setting: 'QUERY_MAX_SELECTIONS',
    counts: 'fields and fragments, each fragment counted wherever it is spread',
    advice: 'select fewer fields, or split the query',
  },
  maxAliases: {
    of: 'aliases',
    setting: 'QUERY_MAX_ALIASES',
    counts: 'aliases',
    advice: 'ask for many things of a kind with a list or `nodes(ids:)`, or split the query',
  },
  maxRootFields: {
    of: 'rootFields',
    setting: 'QUERY_MAX_ROOT_FIELDS',
    counts: 'fields at its top',
    advice: 'ask for many things of a kind with a list or `nodes(ids:)`, or split the query',
  },
  maxDirectives: {
    of: 'directives',
    setting: 'QUERY_MAX_DIRECTIVES',
    counts: 'directives',
    advice: 'put one directive on a fragment instead of one on each field',
  },
} as const satisfies Partial<
  Record<keyof DocumentBounds, { of: keyof DocumentSize; setting: string; counts: string; advice: string }>
>;

/** Lines of a document: each error says on which it stands, which is counted from the first one on. */
const MAX_LINES = 10_000;

/**
 * How many brackets may be open at once for each level of fields: room for arguments, lists and inline fragments. What
 * recurs over a document, the parser first of all, stays far from the end of its stack.
 */
const BRACKETS_PER_LEVEL = 10;

/**
 * Parses a document that is within the bounds. QUERY_TOO_COMPLEX, in linear time and without having parsed it, when it
 * is not; graphql's own syntax error when it is no document; GRAPHQL_VALIDATION_FAILED when its fragments form a cycle.
 */
export function parseBounded(text: string, bounds: DocumentBounds): DocumentNode {
  const bytes = Buffer.byteLength(text);
  if (bytes > bounds.maxBytes) {
    throw tooComplex({
      counts: 'bytes',
      value: bytes,
      bound: bounds.maxBytes,
      setting: 'QUERY_MAX_BYTES',
      advice: 'send large values as variables',
    });
  }
  const source = new Source(text);
  scan(source, bounds);
  const document = parse(source);
  const size = measureDocument(document);
  for (const bound of Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]) {
    const { of, ...row } = BOUNDS[bound];
    if (size[of] > bounds[bound]) throw tooComplex({ ...row, value: size[of], bound: bounds[bound] });
  }
  const repeats = mostRepeats(document);
  if (repeats > bounds.maxRepeats) {
    throw tooComplex({
      counts: 'fields for one place of the answer',
      value: repeats,
      bound: bounds.maxRepeats,
      setting: 'QUERY_MAX_REPEATS',
      advice: 'select each field once',
    });
  }
  return document;
}

/** Reads the tokens one by one, which needs no stack and stops at the first one that is too many. */
function scan(source: Source, { maxTokens, maxDepth }: DocumentBounds): void {
  const lexer = new Lexer(source);
  const maxOpen = maxDepth * BRACKETS_PER_LEVEL;
  let open = 0;
  for (let tokens = 0; lexer.advance().kind !== TokenKind.EOF;) {
    tokens++;
    checkLines(lexer);
    if (tokens > maxTokens) {
      throw tooComplex({
        counts: 'tokens',
        value: `more than ${String(maxTokens)}`,
        bound: maxTokens,
        setting: 'QUERY_MAX_TOKENS',
        advice: 'send large values as variables, or split the query',
      });
    }
    open += opening(lexer.token.kind);
    if (open > maxOpen) {
      throw tooComplex({
        counts: 'brackets open at once',
        value: `more than ${String(maxOpen)}`,
        bound: maxOpen,
        setting: 'QUERY_MAX_DEPTH',
        advice: 'nest less, and send large values as variables',
      });
    }
  }
  checkLines(lexer);
}

/** One token may be far behind the one before it. */
function checkLines({ line }: Lexer): void {
  if (line <= MAX_LINES) return;
  throw new GatewayError(
    'QUERY_TOO_COMPLEX',
    `Expected at most ${String(MAX_LINES)} lines, got more: leave empty ones out`,
  );
}

/** How many brackets a token opens, or closes. */
function opening(kind: TokenKind): number {
  switch (kind) {
    case TokenKind.BRACE_L:
    case TokenKind.BRACKET_L:
    case TokenKind.PAREN_L:
      return 1;
    case TokenKind.BRACE_R:
    case TokenKind.BRACKET_R:
    case TokenKind.PAREN_R:
      return -1;
    default:
      return 0;
  }
}
