// An ESLint rule: a regular expression takes time in proportion to its text, because its quantifiers are bounded.
import { RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';

/**
 * A quantifier without a bound is tried from each place where the expression may begin, which is quadratic for who chooses
 * the text; two of them share characters in as many ways. One is harmless where the expression has one beginning only.
 */
/** What is cut to so many characters is searched in no time, however often each of them is looked at. */
const LARGEST_BOUND = 2_000;

export const boundedQuantifiers = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      unbounded:
        'A quantifier without a bound takes quadratic time over a text that somebody else has chosen: write {0,n} with n up to 2,000, or begin with ^ and have no other.',
      built:
        'An expression that is built from texts cannot be checked: search with indexOf, or write it down.',
    },
  },
  create: (context) => ({
    'Literal[regex]'(node) {
      const { pattern, flags } = node.regex;
      const parsed = new RegExpParser().parsePattern(pattern, undefined, undefined, {
        unicode: flags.includes('u'),
        unicodeSets: flags.includes('v'),
      });
      let unbounded = 0;
      visitRegExpAST(parsed, {
        onQuantifierEnter: ({ max }) => {
          if (max > LARGEST_BOUND) unbounded++;
        },
      });
      // `y` begins where it is told to, and nowhere else.
      const beginsOnce =
        flags.includes('y') || (!flags.includes('m') && parsed.alternatives.every(beginsAtStart));
      if (unbounded > (beginsOnce ? 1 : 0)) context.report({ node, messageId: 'unbounded' });
    },
    'NewExpression[callee.name="RegExp"], CallExpression[callee.name="RegExp"]'(node) {
      context.report({ node, messageId: 'built' });
    },
  }),
};

function beginsAtStart({ elements: [first] }) {
  return first?.type === 'Assertion' && first.kind === 'start';
}
