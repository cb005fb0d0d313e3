/** What somebody may put where an id belongs. */
export const HOSTILE_IDS = [
  '../../secrets',
  'a?b#c',
  '',
  'x'.repeat(500),
  'scr_1\n',
  'scr_1\r\nx-evil: 1',
  '😀',
  'scr_1%2f..',
  'a/b',
  '.',
  '..',
  'scr 1',
  '\u0000',
];
