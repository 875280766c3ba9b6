import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Label } from '../../proof/credential-type.ts';
import { writeWhole } from '../write-whole.ts';
import type { DemoDepartment } from './departments.ts';
import type { Sample } from './samples.ts';

/** A sample as demo.json lists it; files are relative to the data folder. */
export interface DemoSample {
  type: string;
  id: string;
  standing: string;
  pdf: string;
  qr: string;
  json: string;
  /** What the QR holds. */
  text: string;
}

/**
 * Fetches every sample's documents from the service, as a department's system would, into `demo/` of the data folder, with the list that the
 * verifier's help page shows.
 */
export async function fetchDocuments(
  service: string,
  {
    samples,
    departments,
    dataFolder,
    titles,
  }: {
    samples: readonly Sample[];
    departments: readonly DemoDepartment[];
    dataFolder: string;
    titles: ReadonlyMap<string, Label>;
  },
): Promise<DemoSample[]> {
  await mkdir(path.join(dataFolder, 'demo'), { recursive: true });
  const documents = await Promise.all(
    samples.map(async ({ type, id, standing, issuer }, i) => {
      const apiKey = departments.find((department) => department.issuer.id === issuer.id)?.apiKey ?? '';
      const load = async (document: string) => fetchBytes(`${service}/v1/credentials/${id}/${document}`, apiKey);
      const save = async (document: string, ending: string) => {
        const file = path.join('demo', `${i + 1}-${standing}-${type}.${ending}`);
        await writeWhole(path.join(dataFolder, file), await load(document));
        return file;
      };
      const [pdf, qr, json, text] = await Promise.all([
        save('pdf', 'pdf'),
        save('qr.png', 'png'),
        save('proof', 'json'),
        load('qr.txt'),
      ]);
      return { type, id, standing, pdf, qr, json, text: Buffer.from(text).toString('utf8') };
    }),
  );
  const list = documents.map(({ type, standing, pdf, text }) => ({
    title: titles.get(type),
    standing,
    pdf: path.basename(pdf),
    text,
  }));
  await writeWhole(path.join(dataFolder, 'demo', 'list.json'), `${JSON.stringify({ items: list }, null, 2)}\n`);
  return documents;
}

async function fetchBytes(url: string, apiKey: string): Promise<Uint8Array> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${apiKey}` } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}
