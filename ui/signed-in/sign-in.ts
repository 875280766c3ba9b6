import type { Language } from '../language.ts';

/** Where a sign-in begins that comes back to a path of this service. */
export function signInAddress(as: 'officer' | 'holder', language: Language, returnTo: string): string {
  return `/auth/login?${new URLSearchParams({ return: returnTo, as, ui_locales: language })}`;
}
