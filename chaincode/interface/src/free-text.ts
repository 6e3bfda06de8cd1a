import { type Codec, checked, text } from './codec';
import { FieldError } from './field-error';
import { isCombining, isPrintable } from './printable';

/** How free text is described in schemas; the length follows from the field. */
export const freeTextDescription = 'text that can be printed: no control or format characters, no blanks at its ends';

/**
 * Text that people write for people: names, reasons, references. Any script, in one line, of characters that show; so two texts that look
 * different are different, and printing one does nothing to what stands around it.
 * @param maxLength in UTF-16 code units
 */
export function freeText(maxLength: number): Codec<string> {
  return checked(text({ maxLength, description: freeTextDescription }), refuseUnprintable);
}

/** Nearly all text is ASCII, and this look costs a fraction of the other. */
const plain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** In the place of what was lost: of an object that was embedded in a document, of a character. */
const replacements = [0xfffc, 0xfffd];

/** More than any script piles up on a letter; what is piled up higher covers the lines above and below. */
const marksInARow = 8;

/** @throws FieldError naming the character and where it stands */
function refuseUnprintable(value: string, field: string): void {
  if (plain.test(value)) return;
  const codePoints = [...value].map((character) => character.codePointAt(0) ?? 0);
  let marks = 0;
  for (const [index, codePoint] of codePoints.entries()) {
    const place = `holds ${named(codePoint)} as its character ${(index + 1).toString()}`;
    if (replacements.includes(codePoint)) {
      throw new FieldError('TextUnprintable', field, `${place}, which stands for one that was lost in a conversion`);
    }
    marks = isCombining(codePoint) ? marks + 1 : 0;
    if (marks > marksInARow) {
      const reason = `${place}, the ${marks.toString()}th in a row that combines with one character`;
      throw new FieldError('TextUnprintable', field, reason);
    }
    if (!isPrintable(codePoint) || isMongolianSelector(codePoint))
      throw new FieldError('TextUnprintable', field, `${place}, which cannot be printed`);
    if (isVariationSelector(codePoint) && !isIdeograph(codePoints[index - 1] ?? 0)) {
      throw new FieldError(
        'TextUnprintable',
        field,
        `${place}, which does not show where it does not follow an ideograph`,
      );
    }
  }
  const [first = 0] = codePoints;
  if (isBlank(first) || isBlank(codePoints.at(-1) ?? 0)) {
    throw new FieldError('FieldMalformed', field, 'must neither begin nor end with a blank');
  }
  if (isCombining(first))
    throw new FieldError('FieldMalformed', field, `begins with ${named(first)}, which needs a character before it`);
}

function named(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The category Zs. */
function isBlank(codePoint: number): boolean {
  const others = [0x20, 0xa0, 0x1680, 0x202f, 0x205f, 0x3000];
  return others.includes(codePoint) || (codePoint >= 0x2000 && codePoint <= 0x200a);
}

/** They choose between forms of a kanji, as names in registers need them; behind anything else they are invisible. */
function isVariationSelector(codePoint: number): boolean {
  return (codePoint >= 0xfe00 && codePoint <= 0xfe0f) || (codePoint >= 0xe0100 && codePoint <= 0xe01ef);
}

/** Of a Mongolian letter they choose a form; behind anything else they are invisible. */
function isMongolianSelector(codePoint: number): boolean {
  return codePoint >= 0x180b && codePoint <= 0x180f;
}

function isIdeograph(codePoint: number): boolean {
  return (
    (codePoint >= 0x3400 && codePoint <= 0x9fff) ||
    (codePoint >= 0xf900 && codePoint <= 0xfaff) ||
    (codePoint >= 0x20000 && codePoint <= 0x3ffff)
  );
}
