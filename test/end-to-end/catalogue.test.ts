import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect } from 'chai';
import type { ReadResult } from 'zxing-wasm/reader';
import { type CatalogueType, loadCatalogue } from '../../catalogue/catalogue.ts';
import { findPdfAttachments } from '../../proof/pdf-attachment.ts';
import { decodeTrust } from '../../proof/trust.ts';
import { type Sources, verifyJson, verifyQrText } from '../../proof/verification.ts';
import { postWithFetch } from '../../server/chain/rpc.ts';
import { todays } from '../extent.ts';
import { readQr } from '../server/render/barcode.ts';
import { type DepartmentSystem, departmentSystem, sampleRequest, type View } from './department-system.ts';
import { photographPage } from './paper.ts';
import { useRunning } from './running.ts';

const DPI = 150;

/** What a department's system has in its hands of a credential, and what a scanner reads on its printed page. */
interface Delivery {
  qrText: string;
  proof: string;
  pdf: Buffer;
  code: ReadResult;
}

describe('types of the catalogue', function () {
  this.timeout(120_000);
  const running = useRunning();
  const { types: all } = loadCatalogue();
  const types = todays(all, 3);
  const versions = new Map<string, string>();
  const issued = new Map<string, View>();
  let sources: Sources;

  const departmentOf = ({ definition }: CatalogueType) => departmentSystem(running().demo, definition.department);

  before(async () => {
    sources = await sourcesOf(join(running().run.dataFolder, 'publication'));
    await Promise.all(
      types.map(async (type) => issued.set(type.code, await departmentOf(type).issue(sampleRequest(type.code, 51)))),
    );
  });

  after(() => {
    console.log(toTable(versions));
  });

  for (const type of types)
    it(`${type.code} is issued, scanned from its printed page and genuine`, async () => {
      const { code } = type;
      const { qrText, proof, pdf, code: scanned } = await deliver(departmentOf(type), issued.get(code) as View);
      expect(scanned.text).to.equal(qrText);
      versions.set(code, scanned.version);
      const attached = await attachmentOf(pdf);
      expect(attached).to.equal(proof);
      for (const verdict of [await verifyQrText(scanned.text, sources), await verifyJson(attached, sources)]) {
        expect(verdict.checks.filter(({ outcome }) => outcome !== 'pass')).to.deep.equal([]);
        expect([verdict.genuine, verdict.standing?.code]).to.deep.equal(['genuine', 'in-force']);
        expect(verdict.credential?.type?.code).to.equal(code);
      }
    });
});

async function deliver(department: DepartmentSystem, { id, links }: View): Promise<Delivery> {
  await department.untilFinal(id);
  const [pdf, qrText, proof] = await Promise.all([links.pdf, links.qrText, links.proof].map(department.fetch));
  return {
    pdf: pdf as Buffer,
    qrText: String(qrText),
    proof: String(proof),
    code: await readQr(await photographPage(pdf as Buffer, DPI)),
  };
}

/** What a verifier needs, as the start command keeps it for the command line. */
async function sourcesOf(folder: string): Promise<Sources> {
  return {
    trust: decodeTrust(await readFile(join(folder, 'trust.json'), 'utf8')),
    loadFile: (path) => readFile(join(folder, path)),
    post: postWithFetch,
    now: () => Math.floor(Date.now() / 1000),
  };
}

async function attachmentOf(pdf: Buffer): Promise<string> {
  const [attachment] = await findPdfAttachments(pdf, async (data) => inflateSync(data));
  return Buffer.from(attachment ?? []).toString();
}

function toTable(versions: ReadonlyMap<string, string>): string {
  const sorted = [...versions.values()].map(Number).toSorted((a, b) => a - b);
  const rows = [...versions].map(([code, version]) => `      ${code.padEnd(12)} ${version.padStart(2)}`);
  return [
    `\n      QR versions, each issued alone: median ${sorted[sorted.length >> 1]}, largest ${sorted.at(-1)}`,
    ...rows,
  ].join('\n');
}
