import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Loose,
  readInstant,
  readKeyValues,
  readNumber,
  readTexts,
} from '../../../src/upstream/rest/parse/primitives.ts';

describe('a number', () => {
  it.each([
    [1.5, 1.5],
    ['1.5', 1.5],
    ['-2e3', -2_000],
    [0, 0],
    ['', null],
    [' 1', null],
    ['0x10', null],
    ['1e999', null],
    ['Infinity', null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    [true, null],
    [null, null],
    [undefined, null],
    [[1], null],
    [{}, null],
  ])('comes as %j and is %s', (value, number) => {
    expect(readNumber(value)).toBe(number);
  });
});

describe('an instant', () => {
  it.each([
    [1_767_225_600_000, 1_767_225_600_000],
    ['1767225600000', 1_767_225_600_000],
    ['2026-01-01T00:00:00Z', 1_767_225_600_000],
    ['2026-01-01T00:00:00.5+01:00', 1_767_222_000_500],
    ['yesterday', null],
    ['2026', 2026],
    ['2026-13-45T99:99:99Z', null],
    [8.65e15, null],
    [{}, null],
  ])('comes as %j and is %s', (value, instant) => {
    expect(readInstant(value)).toBe(instant);
  });
});

describe('texts', () => {
  it('are those items of a list that are one', () => {
    expect(readTexts(['a', 1, null, 'b', ['c']])).toEqual(['a', 'b']);
    expect(readTexts('a')).toEqual([]);
  });
});

describe('metadata', () => {
  it('is text, whatever primitive it was', () => {
    const value: unknown = JSON.parse('{"a":"x","b":1,"c":false,"d":null,"e":{},"f":[],"__proto__":"p"}');
    expect(readKeyValues(value)).toEqual([
      { key: 'a', value: 'x' },
      { key: 'b', value: '1' },
      { key: 'c', value: 'false' },
      { key: '__proto__', value: 'p' },
    ]);
  });

  it('is empty when it is no object', () => {
    for (const value of [null, undefined, 'x', 1, ['x']]) expect(readKeyValues(value)).toEqual([]);
  });
});

describe('a property that an SDK adds', () => {
  interface View {
    readonly id: string;
    readonly added?: number;
  }

  it('breaks the compilation of the parser until the parser mentions it', () => {
    expectTypeOf<Loose<View, 'id'>>().toEqualTypeOf<{ readonly unmentioned: 'added' }>();
    expectTypeOf<Record<string, unknown>>().not.toExtend<Loose<View, 'id'>>();
    expectTypeOf<Loose<View, 'id', 'added'>>().toEqualTypeOf<{ readonly id?: unknown }>();
    expectTypeOf<Loose<View, 'id' | 'added'>>().toEqualTypeOf<{
      readonly id?: unknown;
      readonly added?: unknown;
    }>();
    expectTypeOf<Record<string, unknown>>().toExtend<Loose<View, 'id' | 'added'>>();
  });
});
