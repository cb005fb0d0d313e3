// An ESLint rule: identifiers are made of the terms of the field, of which some private words have one.

/** Private words that names were once made of, and what the field calls it. */
export const TERMS = new Map([
  ['recall', 'get, of the response cache'],
  ['keeping', 'caching'],
  ['drawer', 'cache'],
  ['recency', 'an LRU list'],
  ['spoil', 'markUncacheable'],
  ['spoilt', 'uncacheable'],
  ['lane', 'queue or watches'],
  ['sighting', 'doorkeeper'],
  ['sightings', 'doorkeeper'],
  ['lesson', 'state change'],
  ['learn', 'apply'],
  ['learned', 'applied'],
  ['mirror', 'log tail'],
  ['tape', 'log'],
  ['roster', 'history'],
  ['alarm', 'timer'],
  ['nudge', 'reschedule'],
  ['wish', 'cost mode'],
  ['stranger', 'anonymous or pending'],
  ['strangers', 'anonymous or pending'],
  ['introduction', 'connection_init'],
  ['narrow', 'filter'],
  ['narrowed', 'filtered'],
  ['ways', 'strategies'],
  ['forgone', 'skipped'],
  ['stretch', 'overfetch'],
  ['glance', 'loadUncached'],
  ['patience', 'the longest wait'],
]);

export const fieldTerms = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { private: 'Expected a term of the field instead of "{{word}}" in "{{name}}": {{term}}.' },
  },
  create: (context) => ({
    'Identifier, PrivateIdentifier'(node) {
      const word = wordsOf(node.name).find((one) => TERMS.has(one));
      if (word !== undefined)
        context.report({
          node,
          messageId: 'private',
          data: { word, name: node.name, term: TERMS.get(word) },
        });
    },
  }),
};

/** The words of a name in camelCase, PascalCase or CONSTANT_CASE. */
function wordsOf(name) {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_');
}
