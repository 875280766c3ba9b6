/** Forms that hold what was typed and not saved, by their address: whoever comes back to it finds it as it was left. */
const forms = new Map<string, object>();

export function keepUnsaved(path: string, form: object): void {
  forms.set(path, form);
}

export function findUnsaved<Form extends object>(path: string): Form | null {
  return (forms.get(path) as Form | undefined) ?? null;
}

export function forgetUnsaved(path: string): void {
  forms.delete(path);
}

/** A browser asks before it closes a page that holds some. */
export function hasUnsaved(): boolean {
  return forms.size > 0;
}
