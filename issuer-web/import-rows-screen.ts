import { element } from '../ui/element.ts';
import { failureView } from './failure-view.ts';
import { importRowsView, showRows } from './import-rows-view.ts';
import { pagesView } from './pages-view.ts';
import { hrefOf, type Open } from './screen.ts';

/** All rows of a file that waits for approval, in its order. */
export const openImportRows: Open = async ({ desk, id, query, signal }) => {
  const found = await desk.client.call('getImport', { id, signal });
  const after = query.get('starting_after') ?? undefined;
  const [type, { items, next }] = await Promise.all([
    desk.client.call('getType', { id: found.type, signal }),
    desk.client.call('listImportRows', { id, query: { order: 'file', limit: 50, starting_after: after }, signal }),
  ]);
  const shown = showRows({ importId: id, type, items }, desk);
  return {
    title: ({ words }) => `${words.imports.rows}: ${id}`,
    draw: (reader) => {
      const { words } = reader;
      return [
        element('h1', { tabindex: '-1' }, words.imports.rows, ' ', element('span', { class: 'code' }, id)),
        element('p', {}, element('a', { class: 'button', href: hrefOf(`imports/${id}`) }, words.imports.toFile)),
        shown.task.failure && failureView(shown.task.failure, reader, { level: 'h2' }),
        ...importRowsView(shown, words.imports.rows, reader, desk),
        pagesView({ path: `imports/${id}/rows`, query, next }, reader),
      ];
    },
  };
};
