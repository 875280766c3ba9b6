import type { SharedSignedInWords } from './dictionary.ts';

export const en: SharedSignedInWords = {
  page: {
    skip: 'Skip to content',
    language: 'Language',
    test: 'DATA: this is a test system. Nothing issued here has legal force.',
    version: 'Page version {version}',
    navigation: 'Sections',
    loading: 'Loading …',
  },
  account: {
    signIn: 'Sign in',
    signOut: 'Sign out',
  },
  failure: {
    'signed-out': {
      heading: 'You are signed out',
      text: 'Your session has ended. Nothing that you typed on this page is lost: sign in in another window, then try again here.',
    },
    'no-answer': {
      heading: 'The service could not be reached',
      text: 'Check your network. Nothing is lost: try again, and what was done already is not done twice.',
    },
    busy: { heading: 'Too many requests', text: 'Wait a minute, then try again.' },
    refused: { heading: 'This was not possible', text: 'Somebody may have changed it meanwhile. Look at it again.' },
    fault: {
      heading: 'Something went wrong on our side',
      text: 'Try again. If it stays so, tell the operator the number below.',
    },
    again: 'Try again',
    number: 'For the operator: {code} {requestId}',
    signInHere: 'Sign in in another window',
  },
  standing: {
    failed: 'Failed: it was not issued',
    disbelieved: 'Not genuine to verifiers: issue it again',
    coming: 'On its way to the chain',
    revoked: 'Revoked',
    superseded: 'Replaced by a newer one',
    suspendedUntil: 'Suspended until {date}',
    suspended: 'Suspended until reinstated',
    expired: 'Expired on {date}',
    notYet: 'Not in force before {date}',
    partly: 'Partly expired on {date}',
    pastDate: 'In force past its date of {date}',
    inForceUntil: 'In force until {date}',
    inForce: 'In force, without an end',
  },
};
