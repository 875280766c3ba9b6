import type { AppErrorCode } from '../app-error.ts';
import type { RequestErrorCode } from './request-error.ts';

export type ProblemCode = AppErrorCode | RequestErrorCode;

export interface ProblemKind {
  status: number;
  title: string;
  /** What the caller can do about it: the text of the help page. */
  help: string;
  retryAfterSeconds?: number;
}

/** The caller is told nothing of what went wrong inside; the log line with the same request id says it. */
const INTERNAL: ProblemKind = {
  status: 500,
  title: 'The service failed',
  help: 'Nothing was wrong with the request. Send it again with the same Idempotency-Key; if it goes on, tell the operator the requestId.',
};

/** Every code that the API answers with: its HTTP status, and its words. */
export const PROBLEMS: Record<ProblemCode, ProblemKind> = {
  API_KEY_MISSING: {
    status: 401,
    title: 'An API key is required',
    help: 'Send the header "Authorization: Bearer ep_test_…" with a key of your department. People sign in at /auth/login instead.',
  },
  API_KEY_INVALID: {
    status: 401,
    title: 'The API key is not valid',
    help: 'The key is unknown or was revoked. Check that the whole key was copied, and that it belongs to this service.',
  },
  ACCESS_TOKEN_INVALID: {
    status: 401,
    title: 'The access token is not valid',
    help: 'Tokens live for ten minutes, and end with the key that they were given for. Get another one by POST /oauth/token.',
  },
  API_KEY_EXPIRED: {
    status: 401,
    title: 'The API key has ended',
    help: 'It was made for a time, or another secret took its place and the overlap is over. The administrator of your department rotates keys before they end, by POST /v1/api-keys/{id}/rotate, or makes another one.',
  },
  API_KEY_MODE: {
    status: 401,
    title: 'The API key is for another service',
    help: 'Keys that begin with ep_test_ open test services alone, keys that begin with ep_live_ live ones alone. Check which of both you meant to call.',
  },
  API_KEY_NOT_FOUND: {
    status: 404,
    title: 'There is no such API key',
    help: 'GET /v1/api-keys lists the keys of your department.',
  },
  API_KEY_INACTIVE: {
    status: 409,
    title: 'The API key works no more',
    help: 'It has ended or was deactivated, and that is for good. Make another one with POST /v1/api-keys.',
  },
  API_KEY_LIMIT: {
    status: 409,
    title: 'There are too many API keys',
    help: 'Deactivate those that no system uses: GET /v1/api-keys shows when each was used last.',
  },
  SCOPES_EXCEEDED: {
    status: 403,
    title: 'You cannot give what you may not do',
    help: 'A key gets rights that whoever makes or rotates it has too: "caller.may" of GET /v1/me. A key that issues alone is made by another key that may, or by the operator with "eproof key add". The role "registrar" is given by the operator with "eproof officer add", or by an administrator who has it.',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'There were too many requests',
    help: 'Wait for the seconds of "Retry-After", and then send it again. "RateLimit" and "RateLimit-Policy" of every answer say how many requests are left, for how long, and how many there may be.',
  },
  ROUTE_UNKNOWN: {
    status: 404,
    title: 'There is nothing at this address',
    help: 'See /openapi.json for every address that the service has.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The address does not know this method',
    help: 'The header "Allow" of the answer lists the methods that it knows.',
  },
  QUERY_INVALID: {
    status: 400,
    title: 'The query is not valid',
    help: 'Each entry of "errors" names a parameter and the rule that it breaks.',
  },
  CURSOR_INVALID: {
    status: 400,
    title: 'The cursor is not valid',
    help: 'Pass "next" of the page before as "starting_after", unchanged and with the same filters, or leave it out to start again.',
  },
  WEBHOOK_NOT_FOUND: {
    status: 404,
    title: 'There is no such webhook',
    help: 'GET /v1/webhooks lists the webhooks of your department.',
  },
  WEBHOOK_URL_REFUSED: {
    status: 422,
    title: 'Nothing can be sent to this address',
    help: 'Give an https address of the public internet, without a user name, a password or a fragment.',
  },
  WEBHOOK_INACTIVE: {
    status: 409,
    title: 'The webhook was deactivated',
    help: 'That is for good. Make another one with POST /v1/webhooks.',
  },
  WEBHOOK_LIMIT: {
    status: 409,
    title: 'There are too many webhooks',
    help: 'Deactivate one that is no longer needed.',
  },
  DELIVERY_NOT_FOUND: {
    status: 404,
    title: 'There is no such delivery',
    help: 'GET /v1/webhooks/{id}/deliveries lists what was sent.',
  },
  LOOK_UP_NO_MATCH: {
    status: 404,
    title: 'Nothing matches',
    help: 'Compare each character with the paper. A document that was issued within the last minutes may not be there yet, and one of another kind is looked up in another way. After several attempts for one reference nothing matches for a while, whatever is typed.',
  },
  CONTENT_TYPE_UNSUPPORTED: {
    status: 415,
    title: 'The body must be JSON',
    help: 'Send "Content-Type: application/json" with UTF-8 text, not compressed; to POST /v1/imports application/x-ndjson or text/csv.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    help: 'A credential has at most 262,144 bytes of JSON, images included. Make the images smaller.',
  },
  BODY_INCOMPLETE: {
    status: 400,
    title: 'The body ended too early',
    help: 'The connection was cut before the whole body arrived. Send it again with the same Idempotency-Key.',
  },
  BODY_TOO_SLOW: {
    status: 408,
    title: 'The body comes too slowly',
    help: 'In half a minute of waiting for it, at least 16 KiB have to come. Send it again with the same Idempotency-Key; a file goes on where it was.',
  },
  JSON_INVALID: {
    status: 400,
    title: 'The body is not JSON',
    help: 'The detail says where the text stops being JSON, or which name stands twice in one object.',
  },
  JSON_TOO_DEEP: {
    status: 400,
    title: 'The JSON is nested too deeply',
    help: 'No credential type needs more than 16 levels.',
  },
  VALIDATION_FAILED: {
    status: 422,
    title: 'Some fields are not valid',
    help: 'Each entry of "errors" has a JSON pointer to a field of the body and the rule that it breaks. GET /v1/types/{code} shows the fields of a type.',
  },
  TYPE_UNKNOWN: {
    status: 422,
    title: 'There is no such credential type',
    help: 'GET /v1/types lists the types that your department issues.',
  },
  TYPE_NOT_YOURS: {
    status: 403,
    title: 'The credential type belongs to another department',
    help: 'GET /v1/types lists the types that your department issues.',
  },
  TYPE_NOT_FOUND: {
    status: 404,
    title: 'There is no such credential type',
    help: 'GET /v1/types lists the types that your department issues.',
  },
  TYPE_NOT_OPEN: {
    status: 409,
    title: 'The credential type is not open',
    help: 'It is not registered on the chain, or was closed. The operator registers types.',
  },
  TYPE_VERSION_NOT_FOUND: {
    status: 404,
    title: 'There is no such version of a type',
    help: 'GET /v1/type-versions lists those of your department: what is being written, and what was published.',
  },
  TYPE_VERSION_OPEN: {
    status: 409,
    title: 'A new version of this type has been begun already',
    help: 'A type has one new version at a time. GET /v1/type-versions?type=… shows it: go on with it, or discard it first.',
  },
  TYPE_VERSION_STATE: {
    status: 409,
    title: 'The version is not in the right state',
    help: 'What is published or discarded stays as it is. A change to what is published is another version: POST /v1/type-versions.',
  },
  ISSUER_NOT_READY: {
    status: 503,
    title: 'The department is being registered',
    help: 'Its registration on the chain is not finished. Send the request again in a moment.',
    retryAfterSeconds: 5,
  },
  ISSUER_HELD: {
    status: 503,
    title: 'The department may not issue at present',
    help: 'The chain holds batches of the department that this service does not know. The operator has to read them back first.',
    retryAfterSeconds: 300,
  },
  APPROVAL_REQUIRED: {
    status: 409,
    title: 'The credential type needs an approval',
    help: 'One call does not issue it: prepare it by POST /v1/drafts, submit it, and let somebody else approve it; a file of many is sent with "approval=true". GET /v1/types/{code}/rules says how many people approve.',
  },
  DRAFT_NOT_FOUND: {
    status: 404,
    title: 'There is no such draft',
    help: 'GET /v1/drafts lists the drafts of your department.',
  },
  DRAFT_CHANGED: {
    status: 409,
    title: 'Somebody has changed the draft meanwhile',
    help: 'Nothing was written. GET /v1/drafts/{id} shows what it says now; send your changes again with its "changedAt".',
  },
  DRAFT_STATE: {
    status: 409,
    title: 'The draft is not in the right state',
    help: 'A draft is submitted, a submitted one approved, returned or withdrawn; an issued or discarded one is past all that. GET /v1/drafts/{id} shows its state.',
  },
  CONTENT_CHANGED: {
    status: 409,
    title: 'It is not what you saw',
    help: 'It was submitted anew, or what is stored was changed. Read the draft or the import again and approve its "contentHash", or return it to its preparer.',
  },
  QR_TOO_LARGE: {
    status: 422,
    title: 'The shown claims do not fit into a QR code',
    help: 'Shorten the longest of the claims that the QR code discloses.',
  },
  CREDENTIAL_TOO_LARGE: {
    status: 422,
    title: 'The credential is too large',
    help: 'All claims together are larger than a proof may be. Shorten the longest of them.',
  },
  CREDENTIAL_NOT_FOUND: {
    status: 404,
    title: 'There is no such credential',
    help: 'Your department has no credential with this id. GET /v1/credentials?reference=… finds one by what is printed on it.',
  },
  CREDENTIAL_FAILED: {
    status: 409,
    title: 'The credential was never issued',
    help: 'GET /v1/credentials/{id} says why under "failure". Issue it again with another Idempotency-Key.',
  },
  HOLDER_WITHOUT_EMAIL: {
    status: 409,
    title: 'There is no e-mail address',
    help: 'The credential was issued without "holder.email". Fetch the PDF and give it to its holder, or issue the next one with an address.',
  },
  MAIL_WAITING: {
    status: 409,
    title: 'A mail is being sent already',
    help: '"mail" of GET /v1/credentials/{id} shows how far it is, and when it is tried next.',
  },
  NOT_FINAL: {
    status: 409,
    title: 'The credential is not final yet',
    help: 'Documents are made when the chain cannot forget the credential any more, usually within seconds. Ask again after "Retry-After".',
    retryAfterSeconds: 2,
  },
  CREDENTIAL_ERASED: {
    status: 410,
    title: 'The credential was erased',
    help: 'Its claims and keys were destroyed, and nothing brings them back. Its header, its hash and its status stay, and it can still be revoked.',
  },
  ALREADY_REVOKED: {
    status: 409,
    title: 'The credential is revoked',
    help: 'A revocation is for ever. Issue a new credential where one is due.',
  },
  ALREADY_SUSPENDED: {
    status: 409,
    title: 'The credential is suspended already',
    help: 'Reinstate it first to suspend it for another reason.',
  },
  NOT_SUSPENDED: {
    status: 409,
    title: 'The credential is not suspended',
    help: 'Only a suspended credential can be reinstated.',
  },
  ALREADY_SUPERSEDED: {
    status: 409,
    title: 'The credential was replaced',
    help: '"supersededBy" of GET /v1/credentials/{id} names the one that took its place.',
  },
  VALIDITY_UNCHANGED: {
    status: 409,
    title: 'The credential ends on that day already',
    help: 'Name another last valid day. GET /v1/credentials/{id} shows the present one, and where it was moved to.',
  },
  NOT_RENEWABLE: {
    status: 409,
    title: 'The credential is not renewed',
    help: '"lifecycle" of GET /v1/types/{code} says whether and when the type is renewed. POST /v1/credentials/{id}/replace issues another one with dates of your own.',
  },
  RENEWAL_TOO_EARLY: {
    status: 409,
    title: 'It is too early to renew',
    help: 'The detail names the first day on which the renewal may be applied for. "appliedOn" is the day of the application, today where it is left out.',
  },
  RENEWAL_TOO_LATE: {
    status: 409,
    title: 'It is too late to renew',
    help: 'The detail names the last day on which the renewal could be applied for. Where the application came in time, give its day as "appliedOn"; else issue a new credential.',
  },
  OPERATION_NOT_FOUND: {
    status: 404,
    title: 'There is no such operation',
    help: 'The id is wrong, or the operation is of another department. GET /v1/status-changes lists yours.',
  },
  OPERATION_CLOSED: {
    status: 409,
    title: 'The operation was decided already',
    help: 'It was confirmed or cancelled, or its last suspended day has passed. Ask for a new preview.',
  },
  NOTICE_NOT_FOUND: {
    status: 404,
    title: 'There is no such notice',
    help: 'The id is wrong, or the notice is of another department. GET /v1/notices lists yours.',
  },
  NOTICE_CLOSED: {
    status: 409,
    title: 'The notice was decided already',
    help: 'It was confirmed or cancelled. What was confirmed is withdrawn by the department\'s admin, with the calls under "withdrawal" of GET /v1/notices/{id}.',
  },
  NOTICE_LIMIT: {
    status: 409,
    title: 'The type has as many notices as it can have',
    help: 'The registry keeps 32 notices of a type, withdrawn ones among them, because every verifier reads all of them. A new version of the type has none yet.',
  },
  SAME_PERSON: {
    status: 403,
    title: 'A second person has to decide',
    help: 'Whoever asked for it may not confirm it. A colleague with the right "status.approve" can. Of a draft, "people" and "approvals" of GET /v1/drafts/{id} name who cannot approve it.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'You may not do this',
    help: '"caller.may" of GET /v1/me lists what you may do. Your department\'s administrator can give you another role, or your system another key.',
  },
  SIGN_IN_REQUIRED: {
    status: 401,
    title: 'You are not signed in',
    help: "The session has ended, or there is none: sign in at /auth/login. Sessions end when they are not used, at the end of the working day, and when an officer's roles change.",
  },
  SIGN_IN_INVALID: {
    status: 400,
    title: 'The sign-in did not succeed',
    help: 'It took too long, was started in another window, was cancelled, or its answer was used before. Start again at /auth/login.',
  },
  SIGN_IN_UNAVAILABLE: {
    status: 503,
    title: 'Nobody can sign in at present',
    help: 'The sign-in service does not answer, or none is set up. Whoever is signed in already, and keys of systems, are not affected.',
    retryAfterSeconds: 10,
  },
  CSRF_REFUSED: {
    status: 403,
    title: 'The request did not come from our own page',
    help: 'A request of a signed-in person that changes something carries the header "X-CSRF-Token" with "csrfToken" of GET /v1/session, and comes from a page of this very address.',
  },
  DEPARTMENT_AMBIGUOUS: {
    status: 409,
    title: 'You are an officer of several departments',
    help: 'Say for which one you sign in: /auth/login?department=CODE.',
  },
  OFFICER_UNKNOWN: {
    status: 403,
    title: 'You are not an officer here',
    help: "The sign-in service knows you, but no department here does. Ask your department's administrator to add your account, by its subject at the sign-in service.",
  },
  OFFICER_NOT_FOUND: {
    status: 404,
    title: 'There is no such officer',
    help: 'GET /v1/officers lists the officers of your department.',
  },
  OFFICER_EXISTS: {
    status: 409,
    title: 'The account is an officer already',
    help: 'GET /v1/officers lists the officers of your department. Change the roles of the one that there is.',
  },
  OWN_ROLES: {
    status: 409,
    title: 'You cannot change your own roles',
    help: 'Another administrator of your department has to do it.',
  },
  LAST_ADMIN: {
    status: 409,
    title: 'A department keeps at least one administrator',
    help: 'Make another officer administrator first.',
  },
  SIGNING_KEY_NOT_FOUND: {
    status: 404,
    title: 'There is no such signing key',
    help: 'GET /v1/signing-keys lists the keys that the registry has, or had, of your department. Keys by which your systems call are API keys, at /v1/api-keys.',
  },
  SIGNING_KEY_TAKEN: {
    status: 409,
    title: 'The address is a signing key already',
    help: 'An address is the key of one department for ever, also after its end. Make another key: eproof signing-key new.',
  },
  SIGNING_KEY_ENDED: {
    status: 409,
    title: 'The signing key ends as early already',
    help: 'An end can be brought forward and never put off. GET /v1/signing-keys/{address} shows it.',
  },
  REGISTRY_REFUSES: {
    status: 409,
    title: 'The registry would refuse it',
    help: 'The detail has the error of the contract, such as RegistryPaused or IssuerNotActive. While the registry is paused or the department is suspended no key is added; keys are ended and reported all the same.',
  },
  REGISTRY_UNAVAILABLE: {
    status: 503,
    title: 'The chain does not answer',
    help: 'What the registry has is not known at present, and nothing is guessed. Nothing was changed; ask again.',
    retryAfterSeconds: 10,
  },
  CREDENTIAL_DISBELIEVED: {
    status: 409,
    title: 'Verifiers do not believe the credential',
    help: "The key that anchored it was reported compromised, or the department's admin made its batch void: every verifier says that it is not genuine, so its document is not handed out. Issue it again: POST /v1/credentials/{id}/replace.",
  },
  VIEW_NOT_FOUND: {
    status: 404,
    title: 'There is no such view',
    help: 'It was deleted, or is for somebody else. GET /v1/views lists those of a list.',
  },
  VIEW_EXISTS: {
    status: 409,
    title: 'There is a view by this name',
    help: 'Choose another name, or change the view that has it.',
  },
  VIEW_CHANGED: {
    status: 409,
    title: 'Somebody has changed the view meanwhile',
    help: 'Nothing was written. GET /v1/views shows what it says now; send your changes again with its "changedAt".',
  },
  RULES_CHANGED: {
    status: 409,
    title: 'Somebody has changed the rules of this type meanwhile',
    help: 'Nothing was written. GET /v1/types/{id}/rules shows what holds now; send yours again with its "changedAt", or without one to replace it.',
  },
  OFFICER_CHANGED: {
    status: 409,
    title: 'Somebody has changed the officer meanwhile',
    help: 'Nothing was written. GET /v1/officers/{id} shows the roles now; send yours again with its "changedAt", or without one to replace them.',
  },
  WEBHOOK_CHANGED: {
    status: 409,
    title: 'Somebody has changed what the webhook is told meanwhile',
    help: 'Nothing was written. GET /v1/webhooks/{id} shows it; send yours again with its "changedAt", or without one to replace it.',
  },
  VIEW_LIMIT: {
    status: 409,
    title: 'There are too many views',
    help: 'Delete those that nobody uses.',
  },
  IDEMPOTENCY_KEY_MISSING: {
    status: 400,
    title: 'The header Idempotency-Key is required',
    help: 'Send "Idempotency-Key" with a value of your own for each thing that you want done, for example a UUID. Repeat it when you repeat the request.',
  },
  IDEMPOTENCY_KEY_INVALID: {
    status: 400,
    title: 'The header Idempotency-Key is not valid',
    help: 'It has 1 to 255 visible ASCII characters.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    help: 'A key belongs to one request for 24 hours. Use a new one for a new request.',
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    title: 'The same request is being worked on',
    help: 'An earlier request with this Idempotency-Key has not ended. Send it again in a moment to get its answer.',
    retryAfterSeconds: 1,
  },
  UPLOAD_HEADER_INVALID: {
    status: 400,
    title: 'A header of the upload is not valid',
    help: '"Upload-Offset" is the number of bytes of the file before the body, "Upload-Complete" is ?1, or ?0 where more will follow.',
  },
  IMPORT_NOT_FOUND: {
    status: 404,
    title: 'There is no such import',
    help: 'GET /v1/imports?idempotency_key=… finds the one that a cut connection left.',
  },
  IMPORT_STATE: {
    status: 409,
    title: 'The import is not in the right state',
    help: 'Approved, returned, withdrawn and looked into is what is "submitted": a file that was sent with "approval=true", is all there and waits. GET /v1/imports/{id} shows its state.',
  },
  REPORT_NOT_FOUND: {
    status: 404,
    title: 'There is no such report',
    help: 'GET /v1/reports lists what holders told the department. A report goes with its document when that is erased.',
  },
  REPORT_ANSWERED: {
    status: 409,
    title: 'The report was answered already',
    help: 'A report is answered once. GET /v1/reports/{id} shows by whom and when.',
  },
  REPORT_LIMIT: {
    status: 409,
    title: 'There are too many reports',
    help: 'At most three reports of a document wait for an answer. The department answers them first.',
  },
  SHARE_NOT_FOUND: {
    status: 404,
    title: 'There is no such link',
    help: 'It was over for more than thirty days, or it is not yours. GET /v1/holder/credentials/{id}/shares lists the links to a document.',
  },
  SHARE_OVER: {
    status: 410,
    title: 'The link is over',
    help: 'It has ended, was ended by the holder, was opened as often as the holder allowed, or never was. Ask whoever sent it for another one.',
  },
  SHARE_LIMIT: {
    status: 409,
    title: 'There are too many links',
    help: 'At most 100 links of one holder are open at a time. End one that is not needed any more.',
  },
  SHARE_EXPIRY_INVALID: {
    status: 422,
    title: 'The link cannot end then',
    help: 'A link ends at a time to come, within 90 days.',
  },
  COPY_NOT_FOUND: {
    status: 404,
    title: 'There is no such copy',
    help: 'It was over for more than a week, or it is not yours. GET /v1/holder/copies lists the copies of a holder.',
  },
  COPY_NOT_POSSIBLE: {
    status: 409,
    title: 'The document cannot be shown by a device',
    help: 'Only what is in force, and bound to no key by its department, is copied for a device. Its own code goes on saying how it stands.',
  },
  COPY_LIMIT: {
    status: 409,
    title: 'Too many devices show the document',
    help: 'At most 5 devices show a document at a time, and at most 20 copies of it are made a day. End one that is not needed any more.',
  },
  COPY_OVER: {
    status: 410,
    title: 'The copy is over',
    help: 'It has run out, was ended, or what it is a copy of has changed. Make another one.',
  },
  DELEGATION_ENDED: {
    status: 403,
    title: 'You do not act for this company',
    help: 'You never did, or it has ended. GET /v1/holder/companies lists the companies that you act for; an administrator of the company adds you, and the sign-in service may have to be asked anew by signing in.',
  },
  DELEGATE_NOT_FOUND: {
    status: 404,
    title: 'There is no such delegate',
    help: 'GET /v1/holder/delegates lists who acts for the company, and who did.',
  },
  DELEGATE_EXISTS: {
    status: 409,
    title: 'They act for the company already',
    help: 'End the delegate first, to add them in another role.',
  },
  DELEGATE_LIMIT: {
    status: 409,
    title: 'There are too many delegates',
    help: 'At most 100 people act for a company at a time. End one who does not need it any more.',
  },
  NOMINATION_NOT_FOUND: {
    status: 404,
    title: 'The department has said no such thing',
    help: 'GET /v1/company-administrators lists whom the department named.',
  },
  NOMINATION_EXISTS: {
    status: 409,
    title: 'The department has named them already',
    help: 'They become administrator when they sign in. Withdraw what was said before it is said anew.',
  },
  NOMINATION_STATE: {
    status: 409,
    title: 'It was decided already',
    help: 'GET /v1/company-administrators/{id} says how it stands and who decided. What was refused or withdrawn is said anew.',
  },
  REQUEST_NOT_FOUND: {
    status: 404,
    title: 'There is no such request',
    help: 'GET /v1/requests lists what the department asked of holders, GET /v1/holder/requests what a holder is asked. A year after its time a request is forgotten.',
  },
  REQUEST_LIMIT: {
    status: 409,
    title: 'There are too many requests',
    help: 'At most 20 requests of a department to one holder wait for an answer. End one that is not needed any more.',
  },
  REQUEST_CLOSED: {
    status: 409,
    title: 'The request waits for no answer',
    help: 'It was answered, its time is past, or the department has ended it. Only a consent can be taken back.',
  },
  REQUEST_NOT_READABLE: {
    status: 409,
    title: 'There is nothing to read',
    help: 'The holder has not consented, or took it back; or the agreed time is past, the document was erased, or the request has ended. GET /v1/requests/{id} says which.',
  },
  PROOF_NOT_AS_ASKED: {
    status: 422,
    title: 'The proof is not what was asked for',
    help: 'It has to show the claims of the request and those that the type always shows, of one of the documents that the request lists, and nothing else. Load the document anew, and look at what would be shown.',
  },
  ROW_NOT_FOUND: {
    status: 404,
    title: 'There is no such row',
    help: 'Rows are counted as editors and spreadsheet programs count: the first line of the file is 1. GET /v1/imports/{id}/rows lists those that wait for approval.',
  },
  IMPORT_HEADER_INVALID: {
    status: 422,
    title: 'The first line of the file is not valid',
    help: 'Each entry of "errors" names a column and what it could be. GET /v1/types/{code}/template.csv has a first line to start from.',
  },
  IMPORT_OFFSET_WRONG: {
    status: 409,
    title: 'The file does not go on there',
    help: '"received.bytes" of GET /v1/imports?idempotency_key=… says where; or send the whole file again, without "Upload-Offset".',
  },
  IMPORT_TOO_LARGE: {
    status: 413,
    title: 'The file has too many rows',
    help: 'Split it into files of at most 1,000,000 rows, each under an Idempotency-Key of its own. With mode=good the rows before are issued.',
  },
  INTERNAL_ERROR: INTERNAL,
  STORE_NEWER: INTERNAL,
  SECRET_MISSING: INTERNAL,
  SECRET_DIFFERS: INTERNAL,
  BACKUP_UNUSABLE: INTERNAL,
  BACKUP_TARGET_IN_USE: INTERNAL,
  STORE_ROLE_UNUSABLE: INTERNAL,
  DATA_UNREADABLE: INTERNAL,
  KEY_UNREADABLE: INTERNAL,
  KEY_EXISTS: INTERNAL,
  SECURITY_MODULE_UNUSABLE: INTERNAL,
  KEY_UNKNOWN: INTERNAL,
  SIGNING_REFUSED: INTERNAL,
  SIGNER_UNREACHABLE: INTERNAL,
  CHAIN_UNREACHABLE: INTERNAL,
  CHAIN_REFUSED: INTERNAL,
};

/** The codes that a caller can meet; the others stay inside and show as INTERNAL_ERROR. */
export const PUBLIC_CODES = (Object.keys(PROBLEMS) as ProblemCode[]).filter(
  (code) => PROBLEMS[code] !== INTERNAL || code === 'INTERNAL_ERROR',
);

export function isInternal(code: ProblemCode): boolean {
  return PROBLEMS[code] === INTERNAL;
}
