import type { Rule } from 'eslint';

export const TERMS: ReadonlyMap<string, string>;

export const fieldTerms: Rule.RuleModule;
