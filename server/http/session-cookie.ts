import type { Request, Response } from 'express';

/**
 * The cookies of this service. `__Host-` makes the browser refuse one that a neighbouring host or a plain connection tries to set; it
 * wants https, which a service on this machine alone does not have.
 */
export interface Cookie {
  name: string;
  isSecure: boolean;
}

/** Lax, because the provider's redirection comes from another site, and has to bring it. */
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Lax';

export function createCookie(purpose: 'session' | 'sign-in', publicUrl: string): Cookie {
  const isSecure = publicUrl.startsWith('https:');
  return { name: `${isSecure ? '__Host-' : ''}eproof-${purpose}`, isSecure };
}

/** Null where the request has none, or two of this name, of which nobody knows which is ours. */
export function readCookie(request: Request, { name }: Cookie): string | null {
  const values = (request.get('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 && values[0] !== '' ? (values[0] as string) : null;
}

/** Without an age it ends with the browser; when it ends at the latest, the service knows. */
export function setCookie(response: Response, { name, isSecure }: Cookie, value: string): void {
  response.append('Set-Cookie', `${name}=${value}; ${ATTRIBUTES}${isSecure ? '; Secure' : ''}`);
}

export function clearCookie(response: Response, { name, isSecure }: Cookie): void {
  response.append('Set-Cookie', `${name}=; ${ATTRIBUTES}; Max-Age=0${isSecure ? '; Secure' : ''}`);
}
