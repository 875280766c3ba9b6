// Runs at the end of the page, before anything is painted: puts the first of the screens there that the build has drawn (first-screens.ts), and asks
// for what that one needs. What can be pressed waits for the page's script, which draws the same screen again.
import { preferredLanguage, rememberedLanguage } from '../ui/language.ts';
import { askTrust } from './ask.ts';
import { preload } from './checked-script.ts';

const language = preferredLanguage(rememberedLanguage(), navigator.languages);
const isLink = location.hash.length > 1;

/** Until the page's script has drawn: it takes the templates away. */
function show(screen: 'home' | 'checking' | 'failed'): void {
  const template = document.querySelector<HTMLTemplateElement>(`template[lang=${language}][data-screen=${screen}]`);
  if (!template) return;
  document.querySelectorAll('body > :not(template, noscript, script)').forEach((element) => void element.remove());
  document.body.append(template.content.cloneNode(true));
}

document.documentElement.lang = language;
show(isLink ? 'checking' : 'home');

preload(__DICTIONARIES__[language]);
if (isLink) {
  preload(__JUDGEMENT__);
  window.askedTrust = askTrust(new URL('.', document.baseURI));
  window.askedTrust.catch(() => {});
}

// The script or the words have other bytes, or cannot be had: what stands there would wait for ever.
addEventListener('error', ({ target }) => target instanceof HTMLScriptElement && show('failed'), true);
