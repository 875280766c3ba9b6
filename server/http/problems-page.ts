import type { RequestHandler } from 'express';
import { PROBLEMS, PUBLIC_CODES } from './statuses.ts';

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}h2{margin-top:2rem;overflow-wrap:anywhere}';

/** Where `type` of every problem leads: one heading for each code. */
export function serveProblems(): RequestHandler {
  const page = toPage();
  return (_request, response) => {
    response.locals.route = '/problems';
    response.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    response.type('text/html; charset=utf-8').send(page);
  };
}

function toPage(): string {
  const sections = PUBLIC_CODES.map((code) => {
    const { status, title, help } = PROBLEMS[code];
    return `<h2 id="${code}"><code>${code}</code></h2>\n<p><strong>${escapeHtml(title)}.</strong> HTTP status ${status}.</p>\n<p>${escapeHtml(help)}</p>`;
  });
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>e-Proof: problems</title><style>${STYLE}</style></head>`,
    '<body><main>',
    '<h1>Problems that the API answers with</h1>',
    ...sections,
    '</main></body>',
    '</html>\n',
  ].join('\n');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
