import { ProofError } from '../proof/errors.ts';
import { decodeJson, isJsonObject, type Json, type JsonObject } from '../proof/json.ts';

/*
 * Reads what a file of this room says. All throw a TypeError that names the field: the files are our own, and a wrong one stops the start.
 */

export function readJsonFile(bytes: Uint8Array): JsonObject {
  try {
    return expectObject(decodeJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), 'file');
  } catch (error) {
    if (error instanceof ProofError) throw new TypeError('the file is not JSON', { cause: error });
    throw error;
  }
}

export function refuseOthers(others: JsonObject, path: string): void {
  const [name] = Object.keys(others);
  if (name !== undefined) throw new TypeError(`"${path}${name}" is not known`);
}

export function expectObject(json: Json | undefined, path: string): JsonObject {
  if (!isJsonObject(json ?? null)) throw new TypeError(`"${path}" must be an object`);
  return json as JsonObject;
}

export function expectList(json: Json | undefined, path: string): readonly Json[] {
  if (!Array.isArray(json)) throw new TypeError(`"${path}" must be a list`);
  return json;
}

export function expectText(json: Json | undefined, path: string): string {
  if (typeof json !== 'string' || json === '') throw new TypeError(`"${path}" must be a text`);
  return json;
}

export function expectCount(json: Json | undefined, path: string, most: number): number {
  if (!Number.isInteger(json) || (json as number) < 0 || (json as number) > most)
    throw new TypeError(`"${path}" must be a whole number from 0 to ${most}`);
  return json as number;
}
