import type { CompanyAct, Delegate, OwnConsentRequest, OwnReport } from '../../client/api.ts';
import type { Passage, SignedInWords } from '../../ui/signed-in/words/dictionary.ts';
import type { ClaimWords } from '../../ui/words/dictionary.ts';

/** Everything that the holder's page says, in one language. `{name}` stands for a value. */
export interface Dictionary extends SignedInWords {
  /** Of claims. */
  document: ClaimWords;
  account: { signIn: string; signOut: string; lead: string; officer: Passage };
  documents: {
    heading: string;
    none: Passage;
    ends: string;
    changing: string;
    next: string;
    first: string;
  };
  /** Where somebody acts for companies too. */
  company: {
    whose: string;
    oneself: string;
    documents: string;
    documentsOf: string;
    none: Passage;
    ended: string;
  };
  /** Of a company, for its administrators. */
  people: {
    heading: string;
    name: string;
    account: string;
    accountHint: string;
    role: string;
    roles: Record<Delegate['role'], string>;
    roleHints: Record<Delegate['role'], string>;
    since: string;
    sources: Record<Delegate['source'], string>;
    links: string;
    state: string;
    oneself: string;
    end: string;
    endSure: string;
    ended: string;
    add: string;
    missing: string;
    exists: string;
    limit: string;
    allLinks: string;
    linkOf: string;
    trail: string;
    trailHint: string;
    noActs: string;
    when: string;
    what: string;
    object: string;
    older: string;
    acts: Record<CompanyAct['act'], string>;
  };
  /** What departments ask. */
  requests: {
    heading: string;
    hint: string;
    none: string;
    asked: string;
    one: string;
    asks: string;
    states: Record<OwnConsentRequest['state'], string>;
    what: string;
    from: string;
    purpose: string;
    claims: string;
    answerBy: string;
    readUntil: string;
    choose: string;
    decide: string;
    meaning: string;
    nothing: string;
    consent: string;
    refuse: string;
    closed: string;
    receipt: string;
    answered: string;
    document: string;
    unread: string;
    read: string;
    withdraw: string;
    withdrawHint: string;
    back: string;
  };
  own: {
    document: string;
    says: string;
    issuer: string;
    department: string;
    reference: string;
    later: string;
    newer: string;
    show: string;
    disclose: string;
    pdf: Record<'en' | 'zh-Hant' | 'zh-Hans', string>;
    proof: string;
    issued: string;
    endsOn: string;
  };
  show: { code: string; hint: string; full: string; back: string };
  /** What a device shows by a key of its own. */
  device: {
    heading: string;
    hint: string;
    live: string;
    lasts: string;
    begin: string;
    waiting: string;
    clock: string;
    next: string;
    toOrdinary: string;
    toLive: string;
    usual: string;
    show: string;
    devices: string;
    devicesHint: string;
    /** One of a kind that is not known by a name. */
    otherDevice: string;
    thisOne: string;
    another: string;
    endThis: string;
    endAnother: string;
    refused: Record<'COPY_NOT_POSSIBLE' | 'COPY_LIMIT', string>;
  };
  disclose: {
    heading: string;
    choose: string;
    always: string;
    seen: string;
    unseen: string;
    nothing: string;
    handOver: string;
    forGood: string;
    showCode: string;
    hideCode: string;
    copy: string;
    copied: string;
    look: string;
    tooLarge: string;
    noCode: string;
  };
  share: {
    heading: string;
    hint: string;
    span: string;
    spans: Record<1 | 24 | 168 | 720, string>;
    visits: string;
    anyVisits: string;
    someVisits: string;
    make: string;
    once: string;
    list: string;
    until: string;
    over: string;
    made: string;
    never: string;
    opened: string;
    end: string;
    limit: string;
  };
  report: {
    heading: string;
    hint: string;
    kind: string;
    kinds: Record<OwnReport['kind'], string>;
    message: string;
    missing: string;
    send: string;
    sent: string;
    waiting: string;
    answered: string;
    limit: string;
  };
  saved: {
    heading: string;
    offline: string;
    asOf: string;
    keepHeading: string;
    keepHint: string;
    keep: string;
    forget: string;
    kept: string;
  };
  /** How the page comes onto the home screen; the steps are those of an iPhone. */
  homeScreen: { heading: string; hint: string; steps: readonly [string, string, string]; add: string; putAway: string };
  /** What whoever was sent a link sees. */
  shared: Record<'ready' | 'working' | 'over' | 'broken' | 'unreached' | 'busy', Passage> & {
    brand: string;
    open: string;
    again: string;
  };
}
