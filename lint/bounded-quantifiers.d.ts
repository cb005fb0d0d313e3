import type { Rule } from 'eslint';

export const boundedQuantifiers: Rule.RuleModule;
