import type { CredentialTypeDetail, ImportedRow } from '../client/api.ts';
import type { ClaimDefinition } from '../proof/credential-type.ts';
import { claimValue } from '../ui/claim-view.ts';
import { type Child, element } from '../ui/element.ts';
import { recordsView } from '../ui/records-view.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { claimsOf } from './draft-content-view.ts';
import { previewView } from './preview-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf } from './screen.ts';

/** Rows of a file that waits, of which one's document can be looked at. */
export interface RowsShown {
  importId: string;
  type: CredentialTypeDetail;
  items: readonly ImportedRow[];
  task: Task;
  preview: { row: number; pdf: Blob } | null;
}

export function showRows(of: Pick<RowsShown, 'importId' | 'type' | 'items'>, desk: Desk): RowsShown {
  return { ...of, task: createTask(desk.redraw), preview: null };
}

/** What everybody will see, a row for each document; the preview has all that it says. */
export function importRowsView(shown: RowsShown, label: string, reader: Reader, desk: Desk): Child[] {
  const { type, items, task, preview } = shown;
  const { words, language, calendar } = reader;
  const texts = words.imports;
  const claims = claimsOf(type).filter(({ group }) => group === 'shown');
  const cell = (claim: ClaimDefinition, row: ImportedRow): Child => {
    const value = row.claims[claim.name];
    if (value === undefined || value === null) return words.document.none;
    return element('div', {}, ...claimValue(claim, value, reader));
  };
  return [
    recordsView({
      label,
      heads: [
        texts.row,
        ...claims.map((claim) => claim.label[language]),
        words.document.validFrom,
        words.document.validUntil,
        words.form.previewHeading,
      ],
      items,
      id: ({ row }) => String(row),
      tone: ({ row }) => (row === preview?.row ? 'care' : 'open'),
      cells: (row) => [
        String(row.row),
        ...claims.map((claim) => cell(claim, row)),
        calendar.date(row.validity.validFrom),
        row.validity.validUntil === null ? words.document.none : calendar.date(row.validity.validUntil),
        element(
          'button',
          {
            ...{ type: 'button', class: 'button', 'data-action': `preview-${row.row}`, disabled: task.isBusy },
            on: { click: () => void loadPreview(shown, row.row, desk) },
          },
          words.form.preview,
          element('span', { class: 'unseen' }, ` ${texts.row} ${row.row}`),
        ),
      ],
    }),
    preview && previewView(preview.pdf, reader),
  ];
}

async function loadPreview(shown: RowsShown, row: number, { client }: Desk): Promise<void> {
  const isThere = await shown.task.run(async () => {
    const answer = await client.open('previewImportRow', { id: shown.importId, query: { row } });
    shown.preview = { row, pdf: await answer.blob() };
  });
  if (isThere) document.querySelector('.preview')?.scrollIntoView();
}

/** The way to all of them, where only a sample is shown. */
export function allRowsLink(importId: string, { words }: Reader): HTMLElement {
  return element('a', { class: 'button', href: hrefOf(`imports/${importId}/rows`) }, words.imports.allRows);
}
