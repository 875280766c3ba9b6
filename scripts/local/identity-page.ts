import type { CatalogueDepartment } from '../../catalogue/catalogue.ts';
import type { Label } from '../../proof/credential-type.ts';
import type { DemoPerson } from '../demo/people.ts';

export type PageLanguage = keyof Label;
export const PAGE_LANGUAGES: readonly PageLanguage[] = ['en', 'zh-Hant', 'zh-Hans'];

const LANGUAGE_NAMES: Label = { en: 'English', 'zh-Hant': '繁體中文', 'zh-Hans': '简体中文' };

const WORDS = {
  title: { en: 'Development sign-in', 'zh-Hant': '開發用登入', 'zh-Hans': '开发用登录' },
  warning: {
    en: 'For development only. Nobody here is real, and no password is asked: whoever can open this page can be anybody on it.',
    'zh-Hant': '只供開發使用。這裏的人物全屬虛構，亦不需要密碼：任何能開啟本頁的人，都可以任何一人的身分登入。',
    'zh-Hans': '只供开发使用。这里的人物全属虚构，也不需要密码：任何能打开本页的人，都可以任何一人的身份登录。',
  },
  account: { en: 'Account', 'zh-Hant': '帳戶', 'zh-Hans': '账户' },
  accountHint: { en: 'For example: fehd-preparer', 'zh-Hant': '例如：fehd-preparer', 'zh-Hans': '例如：fehd-preparer' },
  signIn: { en: 'Sign in', 'zh-Hant': '登入', 'zh-Hans': '登录' },
  pick: { en: 'Or choose a person', 'zh-Hant': '或選擇一人', 'zh-Hans': '或选择一人' },
  holders: { en: 'Holders', 'zh-Hant': '持有人', 'zh-Hans': '持有人' },
  unknown: {
    en: 'There is no such account. Choose a person below.',
    'zh-Hant': '沒有這個帳戶。請在下面選擇一人。',
    'zh-Hans': '没有这个账户。请在下面选择一人。',
  },
  cancel: { en: 'Cancel', 'zh-Hant': '取消', 'zh-Hans': '取消' },
  languages: { en: 'Language', 'zh-Hant': '語言', 'zh-Hans': '语言' },
  signOutTitle: { en: 'Sign out', 'zh-Hant': '登出', 'zh-Hans': '登出' },
  signOutText: {
    en: 'Do you want to sign out of the development sign-in as well?',
    'zh-Hant': '是否同時登出開發用登入？',
    'zh-Hans': '是否同时登出开发用登录？',
  },
  stay: { en: 'Stay signed in', 'zh-Hant': '保持登入', 'zh-Hans': '保持登录' },
} satisfies Record<string, Label>;

const STYLE = `body{font:1.0625rem/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem;color:#111;background:#fff}
.warning{border:3px solid #8a1c00;background:#fff1ec;padding:.75rem 1rem;font-weight:600}
nav ul,.people{list-style:none;padding:0;display:flex;flex-wrap:wrap;align-items:center;gap:.5rem}
a{color:#0b4f8a;display:inline-block;padding:.25rem 0}
label{margin-block-start:1rem;display:block;font-weight:600}
input{font:inherit;padding:.5rem;border:2px solid #444;border-radius:4px;min-width:16rem;margin-block-end:.5rem}
button{font:inherit;padding:.5rem .75rem;border:2px solid #0b4f8a;border-radius:4px;background:#fff;color:#0b4f8a;cursor:pointer;text-align:start}
button.first{background:#0b4f8a;color:#fff}
button small{display:block;color:#333}
summary{font-weight:600;padding:.5rem 0;cursor:pointer}
details{border-block-end:1px solid #ccc}
:focus-visible{outline:3px solid #c25700;outline-offset:2px}
.hint{color:#444;margin:.125rem 0}
.problem{color:#8a1c00;font-weight:600}`;

export interface SignInPage {
  /** Where its forms go; also the address of the page itself. */
  action: string;
  language: PageLanguage;
  people: readonly DemoPerson[];
  departments: readonly CatalogueDepartment[];
  /** Whether an account was entered that there is not. */
  isUnknown: boolean;
}

/** The page without any script: what it does, forms do. */
export function toSignInPage({ action, language, people, departments, isUnknown }: SignInPage): string {
  const say = (words: Label): string => escapeHtml(words[language]);
  const group = (title: Label, members: readonly DemoPerson[], isOpen: boolean): string =>
    `<details${isOpen ? ' open' : ''}><summary>${say(title)}</summary><ul class="people">${members
      .map(
        ({ account, name, part }) =>
          `<li><button name="account" value="${escapeHtml(account)}">${say(part)}${part.en === name.split(',')[0] ? '' : ` · ${escapeHtml(name)}`}<small>${escapeHtml(account)}</small></button></li>`,
      )
      .join('')}</ul></details>`;
  const form = `<form method="post" action="${escapeHtml(`${action}?lang=${language}`)}">`;
  return toPage({
    language,
    action,
    title: WORDS.title,
    body: [
      `<p class="warning" role="note">${say(WORDS.warning)}</p>`,
      form,
      `<label for="account">${say(WORDS.account)}</label>`,
      `<p class="hint" id="account-hint">${say(WORDS.accountHint)}</p>`,
      isUnknown ? `<p class="problem" id="account-problem" role="alert">${say(WORDS.unknown)}</p>` : '',
      `<p><input id="account" name="account" autocomplete="username" autocapitalize="none" spellcheck="false" required aria-describedby="account-hint${isUnknown ? ' account-problem' : ''}"${isUnknown ? ' aria-invalid="true"' : ''}> <button class="first">${say(WORDS.signIn)}</button></p>`,
      '</form>',
      `<h2>${say(WORDS.pick)}</h2>`,
      form,
      group(
        WORDS.holders,
        people.filter(({ office }) => office === null),
        true,
      ),
      ...departments.map(({ code, profile }, i) =>
        group(
          profile.name,
          people.filter(({ office }) => office?.department === code),
          i === 0,
        ),
      ),
      '</form>',
      form,
      `<p><button name="cancel" value="yes">${say(WORDS.cancel)}</button></p>`,
      '</form>',
    ].join('\n'),
  });
}

/** `form` is the provider's own, with its protection; the two buttons stand outside of it. */
export function toSignOutPage(form: string, language: PageLanguage): string {
  const say = (words: Label): string => escapeHtml(words[language]);
  return toPage({
    language,
    action: null,
    title: WORDS.signOutTitle,
    body: [
      `<p>${say(WORDS.signOutText)}</p>`,
      form,
      `<p><button class="first" type="submit" form="op.logoutForm" name="logout" value="yes">${say(WORDS.signOutTitle)}</button>`,
      `<button type="submit" form="op.logoutForm">${say(WORDS.stay)}</button></p>`,
    ].join('\n'),
  });
}

interface Page {
  language: PageLanguage;
  /** Null where the page has one language. */
  action: string | null;
  title: Label;
  body: string;
}

function toPage({ language, action, title, body }: Page): string {
  const links = PAGE_LANGUAGES.map((other) =>
    other === language
      ? `<li lang="${other}" aria-current="true">${LANGUAGE_NAMES[other]}</li>`
      : `<li><a lang="${other}" hreflang="${other}" href="${escapeHtml(`${action}?lang=${other}`)}">${LANGUAGE_NAMES[other]}</a></li>`,
  );
  return [
    '<!doctype html>',
    `<html lang="${language}">`,
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>e-Proof: ${escapeHtml(title[language])}</title><style>${STYLE}</style></head>`,
    '<body>',
    action === null
      ? ''
      : `<nav aria-label="${escapeHtml(WORDS.languages[language])}"><ul>${links.join('')}</ul></nav>`,
    `<main><h1>${escapeHtml(title[language])}</h1>`,
    body,
    '</main></body></html>\n',
  ].join('\n');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
