/** The closed list of scopes: what a caller may be allowed to do. */

/** Each scope and what it allows, in the words of the documentation. */
export const SCOPES = {
  'runs:read': 'Everything about runs, benchmarks, scenarios and devboxes that no other scope guards.',
  'runs:write': 'Mutations: starting, scoring, completing and canceling runs, and steering devboxes.',
  'environment:read': 'The values of environment variables and the names of secrets.',
  'logs:read': 'What was logged on devboxes and during runs.',
  'usage:read': 'What devboxes have used.',
} as const;

export type Scope = keyof typeof SCOPES;

/** What callers may do who bring their own key: the upstream alone limits them. */
export const ALL_SCOPES: ReadonlySet<Scope> = new Set(Object.keys(SCOPES) as Scope[]);

/** Whether a text is the name of a scope. */
export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPES, text);
}
