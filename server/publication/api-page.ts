import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RequestHandler, Router } from 'express';
import { getAbsoluteFSPath } from 'swagger-ui-dist';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>e-Proof API</title>
<link rel="icon" href="/api/favicon-32x32.png">
<link rel="stylesheet" href="/api/swagger-ui.css">
</head>
<body>
<main id="api"></main>
<noscript>This page needs JavaScript. The description is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/api/swagger-ui-bundle.js"></script>
<script src="/api/start.js"></script>
</body>
</html>
`;

// A key that is typed in stays in this tab's memory; nothing is sent to a validator elsewhere.
const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api',
  deepLinking: false,
  persistAuthorization: false,
  validatorUrl: null,
  tryItOutEnabled: true,
  supportedSubmitMethods: ['get', 'post'],
});
`;

/** Swagger UI sets styles by script; everything else comes from files of this origin, and it talks to nobody else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const FILES = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
  'favicon-32x32.png': 'image/png',
};

/** The page on which the API can be read and tried: `/api`, with all that it loads. */
export function serveApiPage(): Router {
  const folder = getAbsoluteFSPath();
  const router = Router({ strict: true, caseSensitive: true });
  router.get('/api', send(PAGE, 'text/html'));
  router.get('/api/start.js', send(START, 'text/javascript'));
  for (const [name, mediaType] of Object.entries(FILES))
    router.get(`/api/${name}`, send(readFileSync(join(folder, name)), mediaType));
  return router;
}

function send(content: string | Buffer, mediaType: string): RequestHandler {
  return (_request, response) => {
    response.locals.route = '/api';
    response.set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' }).type(mediaType).send(content);
  };
}
