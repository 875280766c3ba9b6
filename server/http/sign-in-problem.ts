import type { ErrorRequestHandler } from 'express';
import { AppError } from '../app-error.ts';
import { RequestError } from './request-error.ts';
import { isInternal, PROBLEMS, type ProblemCode } from './statuses.ts';

type Language = 'en' | 'zh-Hant' | 'zh-Hans';
type Words = Record<Language, string>;

const LANGUAGES: readonly Language[] = ['en', 'zh-Hant', 'zh-Hans'];

/** What people read who meet a problem on their way in: they see a page, not an API. */
const WORDS: Partial<Record<ProblemCode, Words>> = {
  SIGN_IN_INVALID: {
    en: 'You are not signed in. It took too long, was cancelled, or was started in another window. Please sign in again.',
    'zh-Hant': '你尚未登入。登入時間過長、已取消，或已在另一視窗開始。請重新登入。',
    'zh-Hans': '你尚未登录。登录时间过长、已取消，或已在另一窗口开始。请重新登录。',
  },
  SIGN_IN_UNAVAILABLE: {
    en: 'The sign-in service does not answer at present. Please try again in a moment.',
    'zh-Hant': '登入服務暫時沒有回應。請稍後再試。',
    'zh-Hans': '登录服务暂时没有响应。请稍后再试。',
  },
  OFFICER_UNKNOWN: {
    en: "Your account is not that of an officer here. Please ask your department's administrator to add it.",
    'zh-Hant': '你的帳戶並非本系統的人員帳戶。請聯絡所屬部門的系統管理員加入你的帳戶。',
    'zh-Hans': '你的账户并非本系统的人员账户。请联系所属部门的系统管理员加入你的账户。',
  },
  DEPARTMENT_AMBIGUOUS: {
    en: 'You are an officer of several departments. Please sign in through the page of one of them.',
    'zh-Hant': '你是多個部門的人員。請經其中一個部門的網頁登入。',
    'zh-Hans': '你是多个部门的人员。请经其中一个部门的网页登录。',
  },
  RATE_LIMITED: {
    en: 'Too many people sign in from your network at this moment. Please wait a minute and try again.',
    'zh-Hant': '你所在的網絡目前有太多人登入。請稍等一分鐘再試。',
    'zh-Hans': '你所在的网络目前有太多人登录。请稍等一分钟再试。',
  },
  QUERY_INVALID: {
    en: 'The address that led here is not right. Please go back and sign in again.',
    'zh-Hant': '引領你到此處的網址不正確。請返回並重新登入。',
    'zh-Hans': '引领你到此处的网址不正确。请返回并重新登录。',
  },
};

const AGAIN: Words = { en: 'Sign in again', 'zh-Hant': '重新登入', 'zh-Hans': '重新登录' };
const TITLE: Words = { en: 'Signing in', 'zh-Hant': '登入', 'zh-Hans': '登录' };
const STYLE =
  'body{font:1.125rem/1.6 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}a{color:#0b4f8a}section{margin-block:1.5rem}small{color:#444}';

/** A page in the three languages where the browser asks for one; programs get the problem itself. */
export function answerWithPage(): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const code = error instanceof AppError || error instanceof RequestError ? error.code : null;
    const words = code === null ? undefined : WORDS[code];
    if (code === null || !words || isInternal(code) || request.accepts(['json', 'html']) !== 'html') return next(error);
    const { status, retryAfterSeconds } = PROBLEMS[code];
    if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds));
    response.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    response
      .status(status)
      .type('text/html; charset=utf-8')
      .send(toPage(code, words, String(response.locals.requestId)));
  };
}

function toPage(code: ProblemCode, words: Words, requestId: string): string {
  const sections = LANGUAGES.map(
    (language) =>
      `<section lang="${language}"><h2>${TITLE[language]}</h2><p>${words[language]}</p><p><a href="/auth/login">${AGAIN[language]}</a></p></section>`,
  );
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>e-Proof: ${TITLE.en}</title><style>${STYLE}</style></head>`,
    '<body><main>',
    '<h1>e-Proof</h1>',
    ...sections,
    // both are made by us: the id holds nothing but letters, digits, dots and dashes
    `<p><small>${code} · ${requestId}</small></p>`,
    '</main></body>',
    '</html>\n',
  ].join('\n');
}
