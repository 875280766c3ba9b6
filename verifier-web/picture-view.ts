import type { ClaimDefinition } from '../proof/credential-type.ts';
import type { Json } from '../proof/json.ts';
import { labelText } from '../ui/claim-view.ts';
import { element } from '../ui/element.ts';
import type { Pictures } from './pdf-pictures.ts';
import type { Reader } from './reader.ts';

/**
 * The picture that was issued, where the file has it. Of any other picture beside the proof nothing is known: it is not shown here, and the
 * reader is told so. Drawn by the page itself, whose policy lets no image in from anywhere.
 */
export function pictureOf(
  claim: ClaimDefinition,
  json: Json,
  { reader, pictures }: { reader: Reader; pictures: Pictures | undefined },
): HTMLElement[] {
  const { words, language } = reader;
  const { sha256, mediaType } = json as { sha256: string; mediaType: string };
  const bytes = pictures?.(sha256);
  const note = (text: string) => element('p', { class: 'hint' }, text);
  if (!bytes) return [note(words.document.pictureNotShown)];
  const canvas = element('canvas', { class: 'picture', role: 'img', 'aria-label': labelText(claim.label, language) });
  const caption = note(words.document.pictureAsIssued);
  draw(new Blob([bytes], { type: mediaType }), canvas).catch(() => {
    canvas.remove();
    caption.textContent = words.document.pictureNotShown;
  });
  return [canvas, caption];
}

async function draw(picture: Blob, canvas: HTMLCanvasElement): Promise<void> {
  const image = await createImageBitmap(picture);
  Object.assign(canvas, { width: image.width, height: image.height });
  canvas.getContext('2d')?.drawImage(image, 0, 0);
  image.close();
}
