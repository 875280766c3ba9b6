import { element } from '../../ui/element.ts';
import { icon } from '../../ui/icon.ts';
import type { ListWords } from './words.ts';

/** Before anything is chosen. */
export function startView(words: ListWords, choose: (files: readonly File[]) => void): HTMLElement {
  return element(
    'div',
    { class: 'many-start' },
    element('p', { class: 'lead' }, words.lead),
    chooseBar(words, choose),
    element('p', { class: 'hint' }, words.drop),
    element('section', { class: 'sheet' }, element('h2', {}, words.listHeading), element('p', {}, words.list)),
  );
}

function chooseBar(words: ListWords, choose: (files: readonly File[]) => void): HTMLElement {
  const files = fileInput({ multiple: true }, choose);
  const folder = fileInput({ webkitdirectory: true }, choose);
  return element(
    'div',
    { class: 'actions' },
    files,
    folder,
    button({ name: 'files', isMain: true, click: () => files.click() }, words.files),
    // phones whose browsers know no folders offer none
    'webkitdirectory' in folder && button({ name: 'folder', isMain: false, click: () => folder.click() }, words.folder),
  );
}

function fileInput(kind: Record<string, boolean>, choose: (files: readonly File[]) => void): HTMLInputElement {
  const input = element('input', {
    type: 'file',
    hidden: true,
    ...kind,
    on: { change: () => choose([...(input.files ?? [])]) },
  });
  return input;
}

function button(
  { name, isMain, click }: { name: 'files' | 'folder'; isMain: boolean; click(): void },
  label: string,
): HTMLElement {
  return element(
    'button',
    {
      type: 'button',
      class: `button button-large${isMain ? ' button-main' : ''}`,
      'data-action': name,
      on: { click },
    },
    icon(name === 'files' ? 'file' : 'paper'),
    label,
  );
}
