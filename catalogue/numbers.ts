import type { Draw } from './draw.ts';

/** A letter counts from A = 10; the space before a single letter counts 36. */
const SPACE_VALUE = 36;

/**
 * An identity card number with a right check digit and the prefix QQ, which is not known to be in use: whoever sees it in the
 * wild knows that it is a sample.
 */
export function hkid(draw: Draw): string {
  const body = `QQ${draw.serial(6)}`;
  return `${body}(${hkidCheckDigit(body)})`;
}

/** The check digit (0–9 or A) of one or two letters and six digits. */
export function hkidCheckDigit(body: string): string {
  const values = [...body].map((char) => Number.parseInt(char, 36));
  if (values.length === 7) values.unshift(SPACE_VALUE);
  const sum = values.reduce((total, value, i) => total + value * (9 - i), 0);
  return ((11 - (sum % 11)) % 11).toString(16).toUpperCase();
}

/** A ship's number of the International Maritime Organization, from a range that is still far from being reached. */
export function imoNumber(draw: Draw): string {
  const body = `999${draw.serial(3)}`;
  return `${body}${imoCheckDigit(body)}`;
}

export function imoCheckDigit(body: string): number {
  return [...body].reduce((total, digit, i) => total + Number(digit) * (7 - i), 0) % 10;
}

/** A vehicle's registration mark with the letter Q, which Hong Kong's marks leave out. */
export function registrationMark(draw: Draw): string {
  const serial = Number(draw.serial(5));
  return `Q${'ABCDEFGHJKLM'[Math.floor(serial / 9000)]} ${(serial % 9000) + 1000}`;
}

/** Eight digits as on a business registration certificate, from a range that is still far from being reached. */
export function brNumber(draw: Draw): string {
  return `99${draw.serial(6)}`;
}

/** Seventeen characters without I, O and Q; the maker's code XX0 is invented. */
export function chassisNumber(draw: Draw): string {
  return `XX0${draw.pick(['ZZA', 'ZZB', 'ZZC'])}1${draw.pick(['A', 'B', 'K'])}HK${draw.serial(7)}`;
}
