import { isJsonObject, type Json, type JsonObject } from '../../proof/json.ts';
import type { Problem } from '../app-error.ts';
import { decodePicture } from '../render/picture.ts';
import { RenderError } from '../render/render-error.ts';
import { findUndrawable } from '../render/typeface.ts';
import type { Image } from './image.ts';

/**
 * What the document could not show: a character that no font here has, an image that no PDF takes. Refused before anything is issued,
 * because a credential without a document can never be delivered.
 */
export async function findUndrawables(claims: JsonObject, images: readonly Image[]): Promise<Problem[]> {
  const texts = isDrawn(claims) ? [] : findTextProblems(claims, '/claims');
  if (images.length === 0) return texts;
  const pictures = await Promise.all(images.map(findPictureProblem));
  return [...texts, ...pictures.filter((problem) => problem !== null)];
}

/** The cheap question, which nearly all claims answer with yes: nothing is said about where. */
function isDrawn(json: Json | undefined): boolean {
  if (typeof json === 'string') return findUndrawable(json) === undefined;
  if (Array.isArray(json)) return json.every(isDrawn);
  if (!isJsonObject(json)) return true;
  for (const name in json) if (!isDrawn(json[name])) return false;
  return true;
}

function findTextProblems(json: Json, pointer: string): Problem[] {
  if (typeof json === 'string') return toProblems(findUndrawable(json), pointer);
  if (Array.isArray(json)) return json.flatMap((item, i) => findTextProblems(item, `${pointer}/${i}`));
  if (!isJsonObject(json)) return [];
  return Object.entries(json).flatMap(([name, value]) => findTextProblems(value, `${pointer}/${name}`));
}

function toProblems(character: string | undefined, pointer: string): Problem[] {
  if (character === undefined) return [];
  const codePoint = `U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`;
  const field = pointer.slice('/claims/'.length);
  return [
    {
      pointer,
      code: 'CHARACTER_NOT_AVAILABLE',
      message: `"${field}" has the character ${codePoint}, which no font of the document has`,
    },
  ];
}

async function findPictureProblem({ claim, mediaType, bytes }: Image): Promise<Problem | null> {
  try {
    await decodePicture({ field: claim, mediaType, bytes });
    return null;
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return { pointer: `/claims/${claim}`, code: error.code, message: error.message };
  }
}
