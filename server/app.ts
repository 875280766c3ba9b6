import express, { type Application } from 'express';
import helmet from 'helmet';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { AppError } from './app-error.ts';
import { createDenialLog } from './audit/denials.ts';
import { listIrregularAccess } from './audit/irregular-access.ts';
import { exportAudit, listAudit } from './audit/query.ts';
import type { Read } from './audit/reads.ts';
import { findBearer, issueAccessToken } from './auth/access-token.ts';
import { findCaller } from './auth/api-key.ts';
import {
  createDepartmentKey,
  deactivateDepartmentKey,
  getDepartmentKey,
  type KeyDeps,
  listDepartmentKeys,
  rotateDepartmentKey,
} from './auth/department-keys.ts';
import { createKeyRows } from './auth/key-rows.ts';
import { addOfficer, changeRoles, deactivateOfficer, getOfficer, listOfficers } from './auth/officers.ts';
import { listPeople } from './auth/people.ts';
import type { Actor } from './auth/policy.ts';
import { findSession } from './auth/session.ts';
import { providerOf, type SignInSettings } from './auth/sign-in.ts';
import { postWithFetch } from './chain/rpc.ts';
import { actAs, listOwnCompanies } from './companies/acting.ts';
import { type CompanyAct, listCompanyActs, recordCompanyAct } from './companies/acts.ts';
import { addDelegate, endDelegate, listDelegates } from './companies/delegates.ts';
import {
  admitNomination,
  getNomination,
  listNominations,
  nominate,
  refuseNomination,
  withdrawNomination,
} from './companies/nominations.ts';
import { copyProof, endCopy, listCopies } from './copies/copies.ts';
import { enrolCopy } from './copies/enrol.ts';
import { type ApiKeyUseCases, apiKeyRoutes } from './http/api-keys.ts';
import { exportAuditRoute, listAuditRoute } from './http/audit.ts';
import { reinstateRoute, revokeRoute, suspendRoute } from './http/change-status.ts';
import { companyRoutes, nominationRoutes } from './http/companies.ts';
import { copyRoutes } from './http/copies.ts';
import { getTypeRoute, listTypesRoute } from './http/credential-types.ts';
import {
  approveDraftRoute,
  approveDraftsRoute,
  createDraftRoute,
  discardDraftRoute,
  getDraftRoute,
  listDraftsRoute,
  returnDraftRoute,
  submitDraftRoute,
  submitDraftsRoute,
  updateDraftRoute,
  withdrawDraftRoute,
} from './http/drafts.ts';
import { eraseCredentialRoute } from './http/erase-credential.ts';
import { extendCredentialRoute } from './http/extend-credential.ts';
import { getCredentialRoute } from './http/get-credential.ts';
import { type Finality, getDepartmentRoute } from './http/get-department.ts';
import { getHistoryRoute } from './http/get-history.ts';
import { getPdfRoute } from './http/get-pdf.ts';
import { getProofRoute } from './http/get-proof.ts';
import { getQrRoute } from './http/get-qr.ts';
import { getSessionRoute } from './http/get-session.ts';
import { type Check, livezRoute, readyzRoute } from './http/health.ts';
import {
  type GetOwnSource,
  getHolderCredentialRoute,
  getHolderPdfRoute,
  getHolderProofRoute,
  getHolderQrRoute,
  listHolderCredentialsRoute,
} from './http/holder-credentials.ts';
import { importTemplateRoute } from './http/import-template.ts';
import {
  downloadImportErrorsRoute,
  getImportRoute,
  listImportErrorsRoute,
  listImportsRoute,
  receiveImportRoute,
  watchImportRoute,
} from './http/imports.ts';
import { irregularAccessRoute } from './http/irregular-access.ts';
import { issueCredentialRoute } from './http/issue-credential.ts';
import { getIssuingRuleRoute, setIssuingRuleRoute } from './http/issuing-rules.ts';
import { listCredentialsRoute } from './http/list-credentials.ts';
import { listFactTypesRoute, lookUpFactsRoute, lookUpReferenceRoute, lookUpRestrictedRoute } from './http/look-ups.ts';
import { mailCredentialRoute } from './http/mail-credential.ts';
import { mountRoutes } from './http/mount.ts';
import { type NoticeUseCases, noticeRoutes } from './http/notices.ts';
import { serveOAuth } from './http/oauth.ts';
import {
  addOfficerRoute,
  changeRolesRoute,
  deactivateOfficerRoute,
  getOfficerRoute,
  listOfficersRoute,
} from './http/officers.ts';
import { openapiRoute } from './http/openapi.ts';
import { listPeopleRoute } from './http/people.ts';
import { type Preview, previewCredentialRoute, previewDraftRoute } from './http/previews.ts';
import { answerErrors } from './http/problem.ts';
import { serveProblems } from './http/problems-page.ts';
import { createRateLimiters, type RateLimits } from './http/rate-limit.ts';
import { renewCredentialRoute } from './http/renew-credential.ts';
import { replaceCredentialRoute } from './http/replace-credential.ts';
import {
  answerReportRoute,
  createReportRoute,
  getReportRoute,
  listOwnReportsRoute,
  listReportsRoute,
} from './http/reports.ts';
import { RequestError } from './http/request-error.ts';
import { logRequests } from './http/request-log.ts';
import { consentRoutes, requestRoutes } from './http/requests.ts';
import type { Route } from './http/route.ts';
import { createFindSession, type FindSession } from './http/session-request.ts';
import { createShareRoute, endShareRoute, listAllSharesRoute, listSharesRoute, openShareRoute } from './http/shares.ts';
import { serveSignIn } from './http/sign-in.ts';
import { type SigningKeyUseCases, signingKeyRoutes } from './http/signing-keys.ts';
import { getStatisticsRoute } from './http/statistics.ts';
import {
  cancelOperationRoute,
  confirmOperationRoute,
  getOperationRoute,
  listOperationsRoute,
  previewOperationRoute,
} from './http/status-operations.ts';
import {
  approveImportRoute,
  listImportRowsRoute,
  previewImportRowRoute,
  returnImportRoute,
  withdrawImportRoute,
} from './http/submitted-imports.ts';
import { type TypeVersionUseCases, typeVersionRoutes } from './http/type-versions.ts';
import { checkFilters } from './http/view-filters.ts';
import { viewRoutes } from './http/views.ts';
import { type WebhookUseCases, webhookRoutes } from './http/webhooks.ts';
import { getImport, listImportErrors, listImports, type OneImport, viewImport } from './imports/query.ts';
import type { ImportRequest } from './imports/receive.ts';
import {
  approveImport,
  listImportRows,
  previewImportedRow,
  returnImport,
  withdrawImport,
} from './imports/submitted.ts';
import { reinstateCredential, revokeCredential, suspendCredential } from './issuance/change-status.ts';
import { credentialDocument } from './issuance/document.ts';
import type { Imprint } from './issuance/document-content.ts';
import {
  approveDraft,
  createDraft,
  discardDraft,
  getDraft,
  listDrafts,
  returnDraft,
  submitDraft,
  updateDraft,
  withdrawDraft,
} from './issuance/drafts.ts';
import { eraseCredential } from './issuance/erase.ts';
import { extendCredential } from './issuance/extend.ts';
import { listPastChanges } from './issuance/history.ts';
import { holderActor } from './issuance/holder.ts';
import { withIdempotency, withIdempotencyOfAll } from './issuance/idempotency.ts';
import { issueCredentials, replaceCredential } from './issuance/issue.ts';
import { getIssuingRule, setIssuingRule } from './issuance/issuing-rules.ts';
import { approveDrafts, submitDrafts } from './issuance/many-drafts.ts';
import { getNotice, listNotices } from './issuance/notice-view.ts';
import { cancelNotice, confirmNotice, previewNotice } from './issuance/notices.ts';
import { getOperation, listOperations } from './issuance/operation-view.ts';
import { previewCredential, previewDraft } from './issuance/preview.ts';
import { createGetCredential, createListCredentials, getCredential, listHolderCredentials } from './issuance/query.ts';
import { renewCredential } from './issuance/renew.ts';
import { getStatistics } from './issuance/statistics.ts';
import { cancelOperation, confirmOperation, previewOperation } from './issuance/status-operation.ts';
import { listTypes } from './issuance/types-of.ts';
import { listUnknown } from './issuance/unknown-batches.ts';
import type { IssuanceDeps } from './issuance/use-cases.ts';
import type { Log } from './log.ts';
import { createDecoys } from './look-ups/decoy.ts';
import { listFactTypes, lookUpFacts } from './look-ups/facts.ts';
import { lookUpReference } from './look-ups/reference.ts';
import { lookUpRestricted } from './look-ups/restricted.ts';
import { mailCredential } from './mail/send-again.ts';
import { serveApiPage } from './publication/api-page.ts';
import { serveOpenData } from './publication/open-data.ts';
import { type PlacePageFolders, type PlacePageName, servePlacePage } from './publication/place-page.ts';
import { publishedFiles } from './publication/published-files.ts';
import { serveSamples } from './publication/samples.ts';
import { serveTrust } from './publication/trust.ts';
import { serveVerifierPage, type VerifierPage } from './publication/verifier-page.ts';
import { answerReport, createReport, getReport, listOwnReports, listReports } from './reports/reports.ts';
import { readAnswer } from './requests/answer.ts';
import { consent, getOwnRequest, listOwnRequests, refuse, withdraw } from './requests/consents.ts';
import { createRequest, endRequest, getRequest, listRequests } from './requests/requests.ts';
import { createJudge } from './requests/verdict.ts';
import { createShare, endShare, listAllShares, listShares, openShare } from './shares/shares.ts';
import { countDisbelieved } from './signing-keys/disbelieved.ts';
import { previewEffects } from './signing-keys/effects.ts';
import { getSigningKey, listSigningKeys, type SigningKeyDeps } from './signing-keys/signing-key.ts';
import { prepareTransaction } from './signing-keys/transaction.ts';
import { inDepartment, inHolder } from './store/department-wall.ts';
import type { Db, ImportRow } from './store/schema.ts';
import {
  createTypeVersion,
  discardTypeVersion,
  getTypeVersion,
  listTypeVersions,
  prepareTypeVersion,
  previewTypeVersion,
  updateTypeVersion,
} from './type-versions/version.ts';
import { createView, deleteView, listViews, updateView } from './views/views.ts';
import { pauseWebhook, resumeWebhook } from './webhooks/pause.ts';
import {
  changeEvents,
  createWebhook,
  deactivateWebhook,
  getWebhook,
  listDeliveries,
  listWebhooks,
  pingWebhook,
  replayDelivery,
  rotateSecret,
  type WebhookDeps,
} from './webhooks/webhook.ts';

export interface AppParts {
  db: Db;
  /** What routes of a department are handed: sees the caller's department only. */
  departmentDb: Db;
  /** Takes files of many credentials. */
  receiveImport(request: ImportRequest): Promise<{ row: ImportRow; replayed: boolean }>;
  deps: IssuanceDeps;
  catalogue: Catalogue;
  log: Log;
  /** What /readyz asks, by the name of the part. */
  checks: Readonly<Record<string, Check>>;
  /** The text of trust.json. */
  trust(): Promise<string>;
  /** Null where the page is served elsewhere. */
  page: VerifierPage | null;
  /** Sample documents for everybody to try; null where there are none. */
  samplesFolder?: string | null;
  /** The built pages of officers and holders. */
  placePages: PlacePageFolders;
  /** Null where no OpenID provider is set up: then nobody signs in, and only keys of systems are known. */
  signIn: SignInSettings | null;
  /** Tells the audit log who read what of people. */
  recordRead(read: Read): void;
  isTest: boolean;
  /** What departments are told of the jobs: how long they wait. */
  finality: Finality;
  limits: RateLimits;
  trustedProxies: readonly string[];
  /** Null where nobody reads metrics. */
  measureRequests: express.RequestHandler | null;
  signingKeys: SigningKeyDeps;
  webhooks: {
    /** Whether receivers on this machine and its networks may be named. */
    allowPrivate: boolean;
  };
}

/** Wires: each route is handed the one or two functions that it calls. */
export function createApp(parts: AppParts): Application {
  const { db, departmentDb, deps, log, catalogue, page, signIn } = parts;
  const findSession = sessionFinder(parts);
  const keys = createKeyRows(db);
  const app = express();
  app.set('strict routing', true);
  app.set('case sensitive routing', true);
  app.set('query parser', 'simple');
  app.set('trust proxy', [...parts.trustedProxies]);
  const limits = createRateLimiters(db, parts.limits, deps.now);
  app.use(logRequests(log));
  if (parts.measureRequests) app.use(parts.measureRequests);
  app.use(secureHeaders(deps.verifier.startsWith('https:')));
  const { record: recordDenial } = createDenialLog(db, {
    now: deps.now,
    onFault: (error) => log.warn({ err: error }, 'counts of refusals were not written'),
  });
  mountRoutes(app, createRoutes(parts), {
    findCaller: (text) => findBearer(keys, text, { now: new Date(deps.now()), isTest: parts.isTest }),
    findSession,
    actAs: (person, company) => actAs(db, person, company),
    inDepartment: ({ issuer }, work) => inDepartment(issuer, work),
    inHolder,
    idempotently: (request, run) => withIdempotency(departmentDb, request, run),
    idempotentlyTogether: (asked, runAll) => withIdempotencyOfAll(departmentDb, asked, runAll),
    limits,
    recordRead: parts.recordRead,
    recordDenial,
  });
  app.use(
    serveSignIn({
      limit: limits.signIn,
      signIn: signIn && { ...signIn, ...deps, db },
      findSession,
      isDepartment: (code) => deps.findDepartment(code) !== undefined,
      recordDenial,
    }),
  );
  app.use(
    serveOAuth({
      findCaller: (apiKey) => findCaller(keys, apiKey, { now: new Date(deps.now()), isTest: parts.isTest }),
      issueToken: (request) => issueAccessToken(db, request, new Date(deps.now())),
      limits,
      recordDenial,
    }),
  );
  app.get('/problems', serveProblems());
  app.get('/trust.json', serveTrust(parts.trust));
  app.use(serveApiPage());
  app.use(serveOpenData({ db, catalogue, now: deps.now }));
  app.use(publishedFiles(catalogue));
  for (const [name, folder] of Object.entries(parts.placePages)) app.use(servePlacePage(name as PlacePageName, folder));
  if (parts.samplesFolder) app.use(serveSamples(parts.samplesFolder));
  if (page) app.use(serveVerifierPage(page));
  app.use(() => {
    throw new RequestError('ROUTE_UNKNOWN', 'there is nothing at this address');
  });
  app.use(answerErrors(log));
  return app;
}

function sessionFinder({ db, deps, signIn }: AppParts): FindSession {
  if (!signIn) return async () => null;
  const { publicUrl, limits } = signIn;
  return createFindSession({
    publicUrl,
    findSession: (secret) => findSession(db, secret, { now: new Date(deps.now()), limits }),
  });
}

/** Where a department's officers sign in. @throws AppError SIGN_IN_UNAVAILABLE */
function providerAddress(signIn: SignInSettings | null, { issuer }: Actor): string {
  if (!signIn)
    throw new AppError('SIGN_IN_UNAVAILABLE', 'no sign-in service is set up: the operator sets "OIDC_ISSUER"');
  return providerOf(signIn.providers, { people: 'officers', department: issuer.code }).issuer;
}

/** Every route, which is also what the description of the API is made of. */
export function createRoutes(parts: AppParts): Route[] {
  const { departmentDb: db, deps, catalogue, checks, isTest, webhooks, signIn, receiveImport } = parts;
  const getSource = (input: Parameters<typeof credentialDocument>[2]) => credentialDocument(db, deps, input);
  const readableTypes = (actor: Actor) => listTypes(catalogue, actor);
  const imprint = { verifierUrl: deps.verifier, isTest };
  const preview = { imprint, now: () => deps.now() };
  const routes = [
    issueCredentialRoute((tx, all) => issueCredentials(tx, deps, all)),
    previewCredentialRoute((asked) => previewCredential(db, deps, asked), preview),
    listCredentialsRoute(createListCredentials(db, deps)),
    getCredentialRoute(createGetCredential(db, deps)),
    getHistoryRoute((input) => listPastChanges(db, deps, input)),
    getPdfRoute(getSource, imprint),
    getQrRoute('png', getSource, imprint),
    getQrRoute('svg', getSource, imprint),
    getQrRoute('txt', getSource, imprint),
    getProofRoute(getSource),
    revokeRoute((tx, request) => revokeCredential(tx, deps, request)),
    suspendRoute((tx, request) => suspendCredential(tx, deps, request)),
    reinstateRoute((tx, request) => reinstateCredential(tx, deps, request)),
    extendCredentialRoute((tx, request) => extendCredential(tx, deps, request)),
    previewOperationRoute((tx, request) => previewOperation(tx, deps, request)),
    listOperationsRoute((request) => listOperations(db, request)),
    getOperationRoute((one) => getOperation(db, one)),
    confirmOperationRoute((tx, one) => confirmOperation(tx, deps, one)),
    cancelOperationRoute((tx, one) => cancelOperation(tx, deps, one)),
    ...noticeRoutes(noticeUseCases(db, deps)),
    renewCredentialRoute((tx, request) => renewCredential(tx, deps, request)),
    replaceCredentialRoute((tx, input) => replaceCredential(tx, deps, input)),
    mailCredentialRoute((tx, input) => mailCredential(tx, deps, input)),
    eraseCredentialRoute((tx, input) => eraseCredential(tx, deps, input)),
    listDraftsRoute((request) => listDrafts(db, request)),
    getDraftRoute((one) => getDraft(db, deps, one)),
    createDraftRoute((tx, input) => createDraft(tx, deps, input)),
    updateDraftRoute((tx, input) => updateDraft(tx, deps, input)),
    submitDraftRoute((tx, input) => submitDraft(tx, deps, input)),
    previewDraftRoute((one) => previewDraft(db, deps, one), preview),
    submitDraftsRoute((tx, input) => submitDrafts(tx, deps, input)),
    approveDraftsRoute((tx, input) => approveDrafts(tx, deps, input)),
    approveDraftRoute((tx, input) => approveDraft(tx, deps, input)),
    returnDraftRoute((tx, input) => returnDraft(tx, deps, input)),
    withdrawDraftRoute((tx, input) => withdrawDraft(tx, deps, input)),
    discardDraftRoute((tx, input) => discardDraft(tx, deps, input)),
    listTypesRoute(readableTypes),
    getTypeRoute(readableTypes),
    getIssuingRuleRoute(readableTypes, (input) => getIssuingRule(db, input)),
    setIssuingRuleRoute(
      (actor) => listTypes(catalogue, actor, 'rules.manage'),
      (tx, input) => setIssuingRule(tx, input),
    ),
    ...typeVersionRoutes(typeVersionUseCases(db, { ...deps, catalogue, ...parts.signingKeys }), preview),
    importTemplateRoute('csv', readableTypes),
    importTemplateRoute('ndjson', readableTypes),
    importTemplateRoute('xlsx', readableTypes),
    ...importRoutes({ db, deps, preview, receiveImport }),
    getDepartmentRoute(
      deps.findDepartment,
      (actor) => countDisbelieved(db, actor.issuer),
      (actor) => listUnknown(db, actor.issuer),
      parts.finality,
    ),
    getSessionRoute(deps.findDepartment),
    listOfficersRoute((request) => listOfficers(db, request)),
    listPeopleRoute((request) => listPeople(db, request)),
    getOfficerRoute((one) => getOfficer(db, one)),
    addOfficerRoute((tx, input) => addOfficer(tx, { ...input, provider: () => providerAddress(signIn, input.actor) })),
    changeRolesRoute((tx, input) => changeRoles(tx, input)),
    deactivateOfficerRoute((tx, one) => deactivateOfficer(tx, one)),
    ...viewRoutes({
      list: (asked) => listViews(db, asked),
      create: (tx, input) => createView(tx, { now: deps.now, checkFilters }, input),
      update: (tx, input) => updateView(tx, { now: deps.now, checkFilters }, input),
      remove: deleteView,
    }),
    ...apiKeyRoutes(apiKeyUseCases(db, { now: deps.now, isTest })),
    ...signingKeyRoutes(signingKeyUseCases(db, parts.signingKeys)),
    ...webhookRoutes(webhookUseCases(db, { ...deps, ...webhooks, isTest, now: () => deps.now() })),
    listReportsRoute((request) => listReports(db, deps, request)),
    getReportRoute((one) => getReport(db, deps, one)),
    answerReportRoute((tx, input) => answerReport(tx, deps, input)),
    ...nominationRoutes({
      nominate: (tx, input) => nominate(tx, deps, input),
      list: (request) => listNominations(db, deps, request),
      get: (one) => getNomination({ db, platform: parts.db }, deps, one),
      admit: (tx, admission) => admitNomination(tx, deps, admission),
      refuse: (tx, refusal) => refuseNomination(tx, deps, refusal),
      withdraw: (tx, withdrawal) => withdrawNomination(tx, deps, withdrawal),
    }),
    getStatisticsRoute((asked) => getStatistics(db, deps, asked)),
    listAuditRoute((request) => listAudit(db, request)),
    irregularAccessRoute(
      (request) => listIrregularAccess(db, request),
      () => deps.now(),
    ),
    exportAuditRoute((actor) => exportAudit(db, deps.registry, actor)),
    ...lookUpRoutes(parts),
    ...askingRoutes(parts),
    ...holderRoutes(parts, imprint),
    livezRoute(),
    readyzRoute(checks),
  ];
  return [...routes, openapiRoute(routes)];
}

/**
 * A holder has something of several departments. What is theirs is asked for behind the wall between holders; then a document is put together out of
 * what its department has (its batch, its images), which no holder sees by itself.
 */
function holderRoutes({ db, departmentDb: own, deps }: AppParts, imprint: Imprint): Route[] {
  const { findDepartment } = deps;
  const getSource =
    (act: CompanyAct): GetOwnSource =>
    async (one) => {
      const actor = await holderActor(own, one);
      await recordCompanyAct(own, one.holder, { act, object: one.id, now: new Date(deps.now()) });
      return credentialDocument(db, deps, { actor, id: one.id });
    };
  const [getCode, getFile] = [getSource('document.code'), getSource('document.file')];
  return [
    listHolderCredentialsRoute((request) => listHolderCredentials(own, deps, request), findDepartment),
    getHolderCredentialRoute(async (one) => {
      const actor = await holderActor(own, one);
      await recordCompanyAct(own, one.holder, { act: 'document.see', object: one.id, now: new Date(deps.now()) });
      return getCredential(db, deps, { actor, id: one.id });
    }, findDepartment),
    getHolderPdfRoute(getFile, imprint),
    getHolderQrRoute('png', getCode, imprint),
    getHolderQrRoute('svg', getCode, imprint),
    getHolderQrRoute('txt', getCode, imprint),
    getHolderProofRoute(getFile),
    createShareRoute((share) => createShare(own, share, new Date(deps.now()))),
    listSharesRoute((asked) => listShares(own, asked, new Date(deps.now()))),
    listAllSharesRoute((holder) => listAllShares(own, holder, new Date(deps.now()))),
    endShareRoute((one) => endShare(own, one, new Date(deps.now()))),
    ...consentRoutes(
      {
        list: (holder) => listOwnRequests(own, deps, holder),
        get: (one) => getOwnRequest(own, deps, one),
        consent: (given) => consent({ own, db }, deps, given),
        refuse: (one) => refuse(own, deps, one),
        withdraw: (one) => withdraw(own, deps, one),
      },
      deps,
    ),
    ...copyRoutes({
      enrol: (copy) => enrolCopy({ own, db }, deps, copy),
      list: (asked) => listCopies(own, asked, new Date(deps.now())),
      proof: (one) => copyProof({ own, db }, deps, one),
      end: (one) => endCopy({ own, db }, deps, one),
    }),
    createReportRoute((report) => createReport(own, deps, report)),
    listOwnReportsRoute((asked) => listOwnReports(own, deps, asked)),
    ...companyRoutes({
      own: (person) => listOwnCompanies(db, deps, person),
      delegates: (holder) => listDelegates(db, deps, holder),
      add: (delegate) => addDelegate(db, deps, delegate),
      end: (ending) => endDelegate(db, deps, ending),
      acts: (request) => listCompanyActs(db, deps, request),
    }),
    openShareRoute((asked) => openShare(db, asked, new Date(deps.now()))),
  ];
}

/** What is read with a holder's consent lies under the key of another department's document, and is judged as any verifier would. */
function askingRoutes({ db, departmentDb, deps, catalogue, trust }: AppParts): Route[] {
  const judge = createJudge({ trust, catalogue, now: deps.now, post: postWithFetch });
  return requestRoutes({
    create: (tx, request) => createRequest(tx, deps, request),
    list: (asked) => listRequests(departmentDb, deps, asked),
    get: (one) => getRequest(departmentDb, deps, one),
    end: (tx, one) => endRequest(tx, deps, one),
    read: (tx, one) => readAnswer({ tx, db, deps, judge }, one),
  });
}

/** Whoever looks something up is not of its department. */
function lookUpRoutes({ db, deps, catalogue, trust }: AppParts): Route[] {
  const judge = createJudge({ trust, catalogue, now: deps.now, post: postWithFetch });
  const decoys = createDecoys(catalogue, deps);
  return [
    lookUpReferenceRoute((id) => lookUpReference(db, deps, id)),
    listFactTypesRoute(() => listFactTypes(catalogue)),
    lookUpFactsRoute((question) => lookUpFacts(db, { deps, decoys }, question)),
    lookUpRestrictedRoute((tx, question) => lookUpRestricted(tx, { db, deps, judge }, question)),
  ];
}

function noticeUseCases(db: Db, deps: IssuanceDeps): NoticeUseCases {
  return {
    preview: (tx, request) => previewNotice(tx, deps, request),
    confirm: (tx, one) => confirmNotice(tx, deps, one),
    cancel: (tx, one) => cancelNotice(tx, deps, one),
    get: (one) => getNotice(db, deps, one),
    list: (request) => listNotices(db, deps, request),
  };
}

function signingKeyUseCases(db: Db, deps: SigningKeyDeps): SigningKeyUseCases {
  return {
    list: (actor) => listSigningKeys(db, deps, actor),
    get: (one) => getSigningKey(db, deps, one),
    previewEffects: (request) => previewEffects(db, deps, request),
    prepare: (tx, input) => prepareTransaction(tx, deps, input),
  };
}

function typeVersionUseCases(
  db: Db,
  deps: IssuanceDeps & SigningKeyDeps & { catalogue: Catalogue },
): TypeVersionUseCases {
  return {
    list: (asked) => listTypeVersions(db, deps, asked),
    create: (tx, input) => createTypeVersion(tx, deps, input),
    get: (one) => getTypeVersion(db, deps, one),
    update: (tx, input) => updateTypeVersion(tx, deps, input),
    prepare: (tx, input) => prepareTypeVersion(tx, deps, input),
    discard: (tx, one) => discardTypeVersion(tx, deps, one),
    preview: (one) => previewTypeVersion(db, deps, one),
  };
}

function apiKeyUseCases(db: Db, deps: KeyDeps): ApiKeyUseCases {
  return {
    create: (tx, input) => createDepartmentKey(tx, deps, input),
    list: (request) => listDepartmentKeys(db, deps, request),
    get: (one) => getDepartmentKey(db, deps, one),
    rotate: (tx, input) => rotateDepartmentKey(tx, deps, input),
    deactivate: (tx, one) => deactivateDepartmentKey(tx, deps, one),
  };
}

function webhookUseCases(db: Db, deps: WebhookDeps): WebhookUseCases {
  return {
    create: (tx, input) => createWebhook(tx, deps, input),
    list: (page) => listWebhooks(db, page),
    get: (one) => getWebhook(db, one),
    rotate: (tx, one) => rotateSecret(tx, deps, one),
    changeEvents,
    pause: (tx, one) => pauseWebhook(tx, deps, one),
    resume: (tx, one) => resumeWebhook(tx, deps, one),
    deactivate: deactivateWebhook,
    ping: pingWebhook,
    replay: replayDelivery,
    deliveries: (page) => listDeliveries(db, page),
  };
}

function importRoutes({
  db,
  deps,
  preview,
  receiveImport,
}: Pick<AppParts, 'deps' | 'receiveImport'> & { db: Db; preview: Preview }): Route[] {
  const get = (one: OneImport) => getImport(db, deps, one);
  const listErrors = (request: Parameters<typeof listImportErrors>[1]) => listImportErrors(db, request);
  return [
    receiveImportRoute(async (request) => {
      const { row, replayed } = await receiveImport(request);
      return { view: await viewImport(db, deps, { actor: request.actor, row }), replayed };
    }),
    listImportsRoute((request) => listImports(db, deps, request)),
    getImportRoute(get),
    listImportErrorsRoute(listErrors),
    downloadImportErrorsRoute(listErrors),
    watchImportRoute(get),
    listImportRowsRoute((request) => listImportRows(db, deps, request)),
    previewImportRowRoute((one) => previewImportedRow(db, deps, one), preview),
    approveImportRoute((tx, one) => approveImport(tx, deps, one)),
    returnImportRoute((tx, one) => returnImport(tx, deps, one)),
    withdrawImportRoute((tx, one) => withdrawImport(tx, deps, one)),
  ];
}

function secureHeaders(isSecure: boolean) {
  const directives = { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] };
  return [
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives },
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: isSecure,
    }),
    // documents and lists are personal: what may be kept says so itself
    ((_request, response, next) => {
      response.set('Cache-Control', 'no-store');
      next();
    }) satisfies express.RequestHandler,
  ];
}
