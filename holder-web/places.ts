import { openDisclosure } from './disclosure-screen.ts';
import { openDocument } from './document-screen.ts';
import { openDocuments } from './documents-screen.ts';
import { openPeople } from './people-screen.ts';
import { openRequest } from './request-screen.ts';
import { openRequests } from './requests-screen.ts';
import type { Open } from './screen.ts';
import { openShow } from './show-screen.ts';

const PLACES: readonly [RegExp, Open][] = [
  [/^$/, openDocuments],
  [/^people$/, openPeople],
  [/^requests$/, openRequests],
  [/^requests\/([^/]+)$/, openRequest],
  [/^([^/]+)$/, openDocument],
  [/^([^/]+)\/show$/, openShow],
  [/^([^/]+)\/disclose$/, openDisclosure],
];

/** Null where the page has no such place. */
export function findPlace(path: string): { open: Open; id: string } | null {
  for (const [pattern, open] of PLACES) {
    const match = pattern.exec(path);
    if (match) return { open, id: decodeURIComponent(match[1] ?? '') };
  }
  return null;
}
