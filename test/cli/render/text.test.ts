import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf, fractionOf, shareOf } from '../../../src/cli/render/counts.ts';
import { printable, printableJson, printableText } from '../../../src/cli/render/printable.ts';
import { hang, padEnd, padStart, textWidth, truncate, wrap } from '../../../src/cli/render/text.ts';
import { elapsedOf, spanOf } from '../../../src/cli/render/times.ts';

describe('text on a terminal', () => {
  it('is measured in columns: East Asian letters and pictures take two', () => {
    expect(textWidth('vnet')).toBe(4);
    expect(textWidth('網路')).toBe(4);
    expect(textWidth('👩‍💻!')).toBe(3);
  });

  it('is cut where it is too wide, never through a letter, and shows it', () => {
    expect(truncate('vnet-payments', 8, '…')).toBe('vnet-pa…');
    expect(truncate('網路網路', 6, '…')).toBe('網路…');
    expect(truncate('vnet', 4, '…')).toBe('vnet');
  });

  it('is padded to columns', () => {
    expect(padEnd('網', 4)).toBe('網  ');
    expect(padStart('7', 3)).toBe('  7');
  });

  it('is broken between words, and within a word only where that is wider than the line', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('aaaaaaaaaa bb', 4)).toEqual(['aaaa', 'aaaa', 'aa', 'bb']);
    expect(hang('  * ', 'one two three', 24)).toEqual(['  * one two three']);
    expect(hang('why  ', 'one two three four five', 24)).toEqual([
      'why  one two three four',
      '     five',
    ]);
  });

  it('stands below its label where a column of its own would be too narrow', () => {
    expect(hang('a long label  ', 'one two three', 20)).toEqual([
      'a long label',
      '    one two three',
    ]);
  });

  it('keeps all of its words and never exceeds the width, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' })),
        fc.integer({ min: 4, max: 60 }),
        (words, width) => {
          const text = words.map((word) => printableText(word)).join(' ');
          const lines = wrap(text, width);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
          for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

describe('what a terminal must not be sent', () => {
  const evil = 'a\u001b[2J\u0007b\u202ec\u009b31md\u2028e';

  it('is replaced in every text of an answer, and line breaks become blanks', () => {
    const clean = printable({ name: evil, list: [{ [evil]: 'x\r\ny\tz' }], count: 1, no: null });

    expect(clean.name).toBe('a\u{fffd}[2J\u{fffd}b\u{fffd}c\u{fffd}31md\u{fffd}e');
    expect(Object.values(clean.list[0] ?? {})).toEqual(['x y z']);
    expect(JSON.stringify(clean)).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(clean).toMatchObject({ count: 1, no: null });
  });

  it('is escaped in JSON, which stays the same value', () => {
    const value = { name: evil, lines: 'x\ny' };
    const text = printableJson(value);

    expect(JSON.parse(text)).toEqual(value);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028]/u);
  });
});

describe('numbers for people', () => {
  it.each([
    ['0', '0'],
    ['1024', '1,024'],
    ['1048576', '1,048,576'],
    [(2n ** 96n).toString(), '2^96'],
    [(3n * 2n ** 90n).toString(), '3.71e27'],
  ])('a count of %s is shown as %s', (count, shown) => {
    expect(countOf(count)).toBe(shown);
  });

  it.each([
    ['0', '256', '0.0 %'],
    ['1', '1048576', '<0.1 %'],
    ['32', '256', '12.5 %'],
    ['1048575', '1048576', '>99.9 %'],
    ['256', '256', '100.0 %'],
    ['0', '0', '0.0 %'],
  ])('%s of %s is %s', (part, whole, shown) => {
    expect(shareOf(part, whole)).toBe(shown);
  });

  it('a fraction of numbers that no number of JavaScript holds is right', () => {
    expect(fractionOf((2n ** 95n).toString(), (2n ** 96n).toString())).toBe(0.5);
  });

  it('spans have one unit', () => {
    expect([0, 59_000, 60_000, 7_200_000, 172_800_000, -5].map(spanOf)).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '2 h',
      '2 d',
      '0 s',
    ]);
    expect([7_000, 750_000, 3_723_000].map(elapsedOf)).toEqual(['0:07', '12:30', '1:02:03']);
  });
});
