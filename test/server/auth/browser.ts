/** What a browser does with cookies and redirections, and nothing else: every request and answer can be looked at. */
export interface Browser {
  cookies: Map<string, string>;
  /** One request; a redirection is not followed. */
  send(url: string, request?: Sending): Promise<Received>;
  /** Follows redirections until an answer is none. */
  visit(url: string, request?: Sending): Promise<Received>;
}

export interface Sending {
  method?: string;
  headers?: Record<string, string>;
  body?: string | URLSearchParams;
}

export interface Received {
  url: string;
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape they assert
  json: any;
}

const MOST_REDIRECTIONS = 10;

export function createBrowser(): Browser {
  const cookies = new Map<string, string>();
  const send = async (url: string, { method = 'GET', headers = {}, body }: Sending = {}): Promise<Received> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { ...(cookie === '' ? {} : { cookie }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of response.headers.getSetCookie()) keep(cookies, line);
    const text = await response.text();
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    return { url, status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : null };
  };
  const visit = async (url: string, request: Sending = {}): Promise<Received> => {
    let received = await send(url, request);
    for (let count = 0; isRedirection(received); count++) {
      if (count === MOST_REDIRECTIONS) throw new Error(`${url} leads round and round`);
      received = await send(targetOf(received), headersOf(request));
    }
    return received;
  };
  return { cookies, send, visit };
}

export function targetOf({ url, headers }: Received): string {
  return new URL(headers.get('location') as string, url).href;
}

function headersOf({ headers }: Sending): Sending {
  return headers ? { headers } : {};
}

function isRedirection({ status, headers }: Received): boolean {
  return status >= 300 && status < 400 && headers.has('location');
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
  const isPast = attributes.some((text) => /^max-age=0$/i.test(text) || isPastDate(text));
  if (value === '' || isPast) cookies.delete(name);
  else cookies.set(name, value);
}

function isPastDate(attribute: string): boolean {
  const date = /^expires=(.+)$/i.exec(attribute)?.[1];
  return date !== undefined && Date.parse(date) < Date.now();
}
