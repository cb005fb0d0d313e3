/** The shell of the devboxes answers simple commands as bash does. */
import { describe, expect, it } from 'vitest';
import { createShellState, runShell } from '../../src/simulator/devbox/shell.ts';

function run(script: string) {
  const { exitStatus, stdout, stderr } = runShell(createShellState({ NAME: 'World' }), script);
  return [exitStatus, stdout, stderr];
}

describe('the shell', () => {
  it.each([
    ['echo hello', 0, 'hello\n'],
    ['echo "a  b" c', 0, 'a  b c\n'],
    [`echo 'single $NAME' "double $NAME" plain-\${NAME}`, 0, 'single $NAME double World plain-World\n'],
    [String.raw`echo "say \"hi\"" a\ b`, 0, 'say "hi" a b\n'],
    ['echo -n x', 0, 'x'],
    [String.raw`printf "%s-%d\n" a 1`, 0, 'a-1\n'],
    ['pwd', 0, '/home/user\n'],
    ['cd /tmp/x/.. && pwd', 0, '/tmp\n'],
    ['true', 0, ''],
    ['false', 1, ''],
    ['exit 3', 3, ''],
    ['exit 3; echo never', 3, ''],
    ['false && echo no', 1, ''],
    ['false || echo yes', 0, 'yes\n'],
    ['false; echo $?', 0, '1\n'],
    ['echo one\necho two # a comment', 0, 'one\ntwo\n'],
    ['X=1; echo $X', 0, '1\n'],
    ['export X="1 2" && echo "$X"', 0, '1 2\n'],
    ['echo a > f; echo b >> f; cat f', 0, 'a\nb\n'],
    ['echo hidden > /dev/null', 0, ''],
    ['touch x && test -f x && echo there', 0, 'there\n'],
    ['[ "$NAME" = World ] && echo same', 0, 'same\n'],
    ['ls', 0, 'README.md\n'],
    ['set -euo pipefail\necho "score=1.0"', 0, 'score=1.0\n'],
    ['', 0, ''],
  ])('runs %j', (script, status, stdout) => {
    expect(run(script)).toEqual([status, stdout, '']);
  });

  it.each([
    ['frobnicate --now', 127, 'bash: frobnicate: command not found\n'],
    ['cat nothing', 1, 'cat: nothing: No such file or directory\n'],
    ['ls /nowhere', 2, "ls: cannot access '/nowhere': No such file or directory\n"],
    ['echo a | grep a', 127, 'bash: |: command not found\n'],
  ])('refuses %j', (script, status, stderr) => {
    expect(run(script)).toEqual([status, '', stderr]);
  });

  it('sleeps without taking the time', () => {
    expect(runShell(createShellState(), 'sleep 1.5 && sleep 2').durationMs).toBe(3_500);
  });
});
