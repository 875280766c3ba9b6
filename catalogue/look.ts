import type { CredentialType } from '../proof/credential-type.ts';
import type { Json, JsonObject } from '../proof/json.ts';
import { expectList, expectObject, expectText, readJsonFile, refuseOthers } from './json-file.ts';

/*
 * How a department's documents look. No verifier judges by it, and it makes no other document: the same proof in another dress. So it is no
 * part of what the chain knows by its hash, and may change.
 */

export interface Look {
  /** The bytes of a PNG file; null where the name stands alone. */
  logo: Uint8Array | null;
  /** "#rrggbb", of the rule above the name. */
  accent: string | null;
}

/** Of a department that says nothing. */
export const NO_LOOK: Look = { logo: null, accent: null };

export interface LookFile {
  department: string;
  /** The name of the logo's file. */
  logo: string | null;
  accent: string | null;
  /** By the codes of types: the claims that are printed first, in this order; the others follow in that of the definition. */
  orders: ReadonlyMap<string, readonly string[]>;
}

const FORMAT = 'eproof-look/1';

/** Throws a TypeError that names the field: the files are our own. */
export function decodeLook(bytes: Uint8Array): LookFile {
  const { format, department, logo, accent, types, drafts, ...others } = readJsonFile(bytes);
  if (format !== FORMAT) throw new TypeError(`"format" must be ${FORMAT}`);
  refuseOthers(others, '');
  for (const name of expectList(drafts, 'drafts')) expectText(name, 'drafts');
  return {
    department: expectText(department, 'department'),
    logo: logo === undefined ? null : expectText(logo, 'logo'),
    accent: accent === undefined ? null : decodeAccent(accent),
    orders: types === undefined ? new Map() : decodeOrders(expectObject(types, 'types')),
  };
}

function decodeOrders(types: JsonObject): LookFile['orders'] {
  return new Map(
    Object.entries(types).map(([code, json]) => {
      const { order, ...others } = expectObject(json, `types.${code}`);
      refuseOthers(others, `types.${code}.`);
      return [code, expectList(order, `types.${code}.order`).map((name) => expectText(name, `types.${code}.order`))];
    }),
  );
}

/** WCAG 2.2, 1.4.6. A printer that knows black alone shows it as nearly that, and what it marks is not weaker than the text. */
const LEAST_CONTRAST = 7;

function decodeAccent(json: Json): string {
  const text = expectText(json, 'accent');
  if (!/^#[0-9a-f]{6}$/.test(text)) throw new TypeError('"accent" must be # and 6 hexadecimal digits in small letters');
  if (contrastWithWhite(text) < LEAST_CONTRAST)
    throw new TypeError(`"accent" must be dark enough for black and white: a contrast of ${LEAST_CONTRAST} with paper`);
  return text;
}

/** As WCAG 2.2 computes it. */
function contrastWithWhite(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => toLinear(Number.parseInt(colour.slice(at, at + 2), 16) / 255));
  return 1.05 / (0.2126 * (red as number) + 0.7152 * (green as number) + 0.0722 * (blue as number) + 0.05);
}

const toLinear = (level: number): number => (level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4);

/** Every version of a type has to have the claims: what is misspelt would be printed where nobody looks for it. */
export function checkOrder({ code, claims }: CredentialType, order: readonly string[]): void {
  const stranger = order.find((name) => !claims.some((claim) => claim.name === name));
  if (stranger !== undefined) throw new TypeError(`"types.${code}.order" names "${stranger}", which is no claim of it`);
  if (new Set(order).size < order.length) throw new TypeError(`"types.${code}.order" must name each claim once`);
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const MOST_LOGO_BYTES = 100_000;
/** 16 mm at 300 dpi, about: less looks coarse in print. More than this is weight in every document. */
const LOGO_HEIGHT = { least: 160, most: 640 };
const WIDEST_LOGO = 3;

/** Whether it can be drawn at all, whoever draws it finds. */
export function checkLogo(bytes: Uint8Array): void {
  if (bytes.length < 33 || bytes.length > MOST_LOGO_BYTES || PNG.some((byte, i) => bytes[i] !== byte))
    throw new TypeError(`"logo" must be a PNG file of at most ${MOST_LOGO_BYTES} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const { least, most } = LOGO_HEIGHT;
  if (height < least || height > most || width > WIDEST_LOGO * height)
    throw new TypeError(`"logo" must be ${least} to ${most} pixels high, and at most ${WIDEST_LOGO} times as wide`);
}
