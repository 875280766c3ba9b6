import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { verifierHeaders } from '../../../server/publication/verifier-page.ts';
import { verifierPolicy } from '../../../server/publication/verifier-policy.ts';

const TERMS = { nodes: ['https://node.example/rpc'], embedders: null };
const WORKERS = ['/assets/decoder-worker-3F2A9C1B.js', '/assets/page-worker-3F2A9C1B.js'];
const OTHERS = [
  ...['/', '/index.html', '/embed.html', '/embed.js', '/worker.js', '/accept-en.html', '/assets/main-3F2A9C1B.js'],
  ...['/decoder-worker-3F2A9C1B.js', '/assets/decoder-worker-3F2A9C1B.html', '/assets/x/page-worker-3F2A9C1B.js'],
];

const directive = (path: string, name: string, terms: Parameters<typeof verifierPolicy>[1] = TERMS) =>
  verifierPolicy(path, terms)
    .split('; ')
    .find((each) => each.startsWith(`${name} `));

describe('the policy of the verifier’s files', () => {
  it('lets the two workers that need wasm compile it, and nothing else', () => {
    for (const path of WORKERS)
      expect(directive(path, 'script-src'), path).to.equal("script-src 'self' 'wasm-unsafe-eval'");
    for (const path of OTHERS) expect(directive(path, 'script-src'), path).to.equal("script-src 'self'");
  });

  it('lets those workers talk to their own origin alone', () => {
    for (const path of WORKERS) expect(directive(path, 'connect-src')).to.equal("connect-src 'self'");
    expect(directive('/', 'connect-src')).to.equal("connect-src 'self' https://node.example");
  });

  it('takes no picture, sound, font or script from text, and none from elsewhere', () => {
    for (const path of [...WORKERS, ...OTHERS]) {
      const policy = verifierPolicy(path, TERMS);
      expect(policy, path).to.match(/^default-src 'none'; /);
      expect(policy, path).not.to.match(/data:|blob:|https?:(?!\/\/node\.example)|unsafe-inline|'unsafe-eval'/);
      expect(policy.replace(/frame-ancestors \*/, ''), path).not.to.contain('*');
      expect(policy, path).to.contain("require-trusted-types-for 'script'");
    }
  });

  it('names each node’s origin once', () => {
    const nodes = ['https://node.example/rpc', 'https://node.example/other', 'http://127.0.0.1:8545/'];
    expect(directive('/', 'connect-src', { ...TERMS, nodes })).to.equal(
      "connect-src 'self' https://node.example http://127.0.0.1:8545",
    );
  });

  it('is what the README tells other servers to send', () => {
    const readme = readFileSync(new URL('../../../verifier-web/README.md', import.meta.url), 'utf8');
    const [, told = ''] = /```\nevery file\n([^`]*)```/.exec(readme) ?? [];
    const [every = '', workers = ''] = told.split(/^assets\/.*$/m);
    const terms = { nodes: ['https://node.example'], embedders: [] };
    const sent = verifierHeaders('/', terms);
    expect(headersIn(every)).to.deep.equal(
      Object.fromEntries(Object.entries(sent).map(([name, value]) => [name.toLowerCase(), value])),
    );
    expect(headersIn(workers)).to.deep.equal({
      'content-security-policy': verifierPolicy(WORKERS[0] as string, terms),
    });
  });
});

/** What a text has as lines of `name: value`, which go on where a line is indented further. */
function headersIn(text: string): Record<string, string> {
  const whole = text.replaceAll(/\n {4}/g, ' ').replaceAll('<the nodes’ origins>', 'https://node.example');
  return Object.fromEntries([...whole.matchAll(/^ {2}([a-z-]+): (.*)$/gm)].map(([, name, value]) => [name, value]));
}
