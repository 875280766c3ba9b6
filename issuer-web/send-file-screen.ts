import type { CredentialTypeDetail } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill, groupThousands } from '../ui/phrase.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import { findUnsaved } from '../ui/signed-in/unsaved.ts';
import { formView } from './form-view.ts';
import { importErrorsView } from './import-errors-view.ts';
import { badRows } from './imports-view.ts';
import { mendView } from './mend-view.ts';
import { chooseType } from './new-screen.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, type Open, type Screen, type Visit } from './screen.ts';
import { chooseFile, createSendForm, handIn, type SendForm, sendAddress, tryFile } from './send-file.ts';

/** A file of many documents: of which kind, then the file itself, a trial, and the way to whoever approves it. */
export const openSendFile: Open = async (visit) => {
  const code = visit.query.get('type');
  return code === null ? chooseType(visit, sendAddress) : openFile(visit, code);
};

async function openFile({ desk, query, signal }: Visit, code: string): Promise<Screen> {
  const type = await desk.client.call('getType', { id: code, signal });
  const mode = query.get('mode') === 'good' ? 'good' : 'all';
  const form = findUnsaved<SendForm>(sendAddress(code)) ?? createSendForm(code, mode, desk);
  return {
    title: ({ words, language }) => `${words.imports.send}: ${type.title[language]}`,
    draw: (reader) => draw({ form, type, signal }, reader, desk),
  };
}

interface Shown {
  form: SendForm;
  type: CredentialTypeDetail;
  signal: AbortSignal;
}

function draw({ form, type, signal }: Shown, reader: Reader, desk: Desk): Child[] {
  const { words, language } = reader;
  const texts = words.imports;
  const { task, typed, file } = form;
  const choose = (chosen: File) => {
    chooseFile(form, chosen);
    desk.redraw();
  };
  const chosen = file && fill(texts.chosen, { name: file.name, size: kilobytes(file.size) });
  const modes = (['all', 'good'] as const).map((mode) => ({ code: mode, label: texts.modes[mode] }));
  return [
    element('h1', { tabindex: '-1' }, texts.send, ': ', type.title[language]),
    templatesView(type, reader),
    ...formView(
      {
        ...{ typed, task },
        names: ['file', 'mode'],
        fields: [
          {
            ...{ label: texts.one, hint: chosen ?? texts.fileHint, isOptional: false },
            shape: { kind: 'file', accept: '.csv,.ndjson,.jsonl', chosen: file, choose },
          },
          { label: texts.mode, isOptional: false, shape: { kind: 'choice', options: modes } },
        ],
        text: words.form.submit,
        submit: () => void handIn(form, desk, signal),
        ways: [
          taskButton(task, { action: 'try', text: texts.try, click: () => void tryFile({ form, type }, desk, signal) }),
        ],
      },
      reader,
      desk,
    ),
    task.isBusy && progressView(form, reader),
    ...triedView({ form, type, signal }, reader, desk),
  ];
}

/** With columns as forms name them in the reader's language. */
function templatesView({ code }: CredentialTypeDetail, { words, language }: Reader): HTMLElement {
  const address = `/v1/types/${encodeURIComponent(code)}`;
  const link = (format: string, path: string) =>
    element(
      'a',
      { class: 'button', href: `${address}/${path}`, download: `${code}.${format}` },
      icon('file'),
      fill(words.types.template, { format: format.toUpperCase() }),
    );
  return element(
    'section',
    { class: 'sheet part' },
    element('p', {}, words.imports.templateHint),
    element(
      'div',
      { class: 'actions' },
      link('xlsx', `template.xlsx?labels=${language}`),
      link('csv', `template.csv?labels=${language}`),
      link('ndjson', 'template.ndjson'),
    ),
  );
}

function progressView({ file, progress }: SendForm, { words }: Reader): HTMLElement {
  const texts = words.imports;
  const share = progress && file && file.size > 0 ? Math.floor((100 * progress.received.bytes) / file.size) : null;
  const text =
    progress === null || share === null
      ? texts.reading
      : fill(texts.sending, {
          share,
          rows: groupThousands(String(progress.counts.rows)),
          bad: groupThousands(String(badRows(progress))),
        });
  return element(
    'section',
    { class: 'sheet part', role: 'status', 'data-part': 'progress' },
    element('p', {}, text),
    element('progress', { max: '100', value: share === null ? undefined : String(share), 'aria-label': text }),
  );
}

/** What a trial found: all rows are good, or which are not. */
function triedView({ form: { tried }, type, signal }: Shown, reader: Reader, desk: Desk): Child[] {
  if (tried === null) return [];
  const { result, errors, mend } = tried;
  const { words } = reader;
  const count = (value: number) => groupThousands(String(value));
  const bad = badRows(result);
  return [
    element(
      'section',
      {
        class: `sheet standing-banner tone-${bad === 0 ? 'good' : 'bad'}`,
        ...{ 'data-tried': String(bad), role: 'status' },
      },
      icon(bad === 0 ? 'seal' : 'octagon'),
      element(
        'div',
        {},
        element(
          'p',
          { class: 'standing' },
          fill(words.imports.tried, { good: count(result.counts.ready), bad: count(bad) }),
        ),
        element('p', { class: 'hint' }, words.imports.triedHint),
      ),
    ),
    mendView(mend, signal, reader, desk),
    ...importErrorsView({ of: result, type, items: errors }, reader),
    bad > 0 &&
      element('p', {}, element('a', { class: 'button', href: hrefOf(`imports/${result.id}`) }, words.imports.allBad)),
  ];
}

function kilobytes(bytes: number): string {
  return groupThousands(String(Math.ceil(bytes / 1_024)));
}
