import { openAct } from './act-screen.ts';
import { openApiKey, openApiKeys } from './api-keys-screen.ts';
import { openApproval } from './approve-screen.ts';
import { openAudit } from './audit-screen.ts';
import { openChange } from './change-screen.ts';
import { openCompanies, openNaming } from './companies-screen.ts';
import { openCompany } from './company-screen.ts';
import { openCredential } from './credential-screen.ts';
import { openDraft } from './draft-screen.ts';
import { openDrafts } from './drafts-screen.ts';
import { openImportRows } from './import-rows-screen.ts';
import { openImport } from './import-screen.ts';
import { openImports } from './imports-screen.ts';
import { openList } from './list-screen.ts';
import { openLookUp } from './look-up-screen.ts';
import { openNew } from './new-screen.ts';
import { openQueues } from './queues-screen.ts';
import { openReport, openReports } from './reports-screen.ts';
import { openRequest } from './request-screen.ts';
import { openAsking, openRequests } from './requests-screen.ts';
import type { Open } from './screen.ts';
import { openSendFile } from './send-file-screen.ts';
import { openKeyAct } from './signing-key-act-screen.ts';
import { openSigningKey, openSigningKeys } from './signing-keys-screen.ts';
import { openStatistics } from './statistics-screen.ts';
import { openOfficer, openTeam } from './team-screen.ts';
import { openTypeVersion } from './type-version-screen.ts';
import { openType, openTypes } from './types-screen.ts';
import { openWebhook, openWebhooks } from './webhooks-screen.ts';

interface Place {
  path: RegExp;
  open: Open;
}

export const PLACES: readonly Place[] = [
  { path: /^$/, open: openQueues },
  { path: /^credentials$/, open: openList },
  { path: /^credentials\/([^/]+)$/, open: openCredential },
  ...(['revoke', 'suspend', 'reinstate', 'extend'] as const).map((act) => ({
    path: new RegExp(`^credentials/([^/]+)/${act}$`),
    open: openAct(act),
  })),
  { path: /^changes\/([^/]+)$/, open: openChange },
  { path: /^new$/, open: openNew },
  { path: /^drafts$/, open: openDrafts },
  { path: /^drafts\/([^/]+)$/, open: openDraft },
  { path: /^approve$/, open: openApproval },
  { path: /^imports$/, open: openImports },
  { path: /^imports\/new$/, open: openSendFile },
  { path: /^imports\/([^/]+)\/rows$/, open: openImportRows },
  { path: /^imports\/([^/]+)$/, open: openImport },
  { path: /^reports$/, open: openReports },
  { path: /^reports\/([^/]+)$/, open: openReport },
  { path: /^requests$/, open: openRequests },
  { path: /^requests\/new$/, open: openAsking },
  { path: /^requests\/([^/]+)$/, open: openRequest },
  { path: /^look-up$/, open: openLookUp },
  { path: /^companies$/, open: openCompanies },
  { path: /^companies\/new$/, open: openNaming },
  { path: /^companies\/([^/]+)$/, open: openCompany },
  { path: /^types$/, open: openTypes },
  { path: /^types\/([^/]+)$/, open: openType },
  { path: /^type-versions\/([^/]+)$/, open: openTypeVersion },
  { path: /^statistics$/, open: openStatistics },
  { path: /^audit$/, open: openAudit },
  { path: /^team$/, open: openTeam },
  { path: /^team\/([^/]+)$/, open: openOfficer },
  { path: /^signing-keys$/, open: openSigningKeys },
  { path: /^signing-keys\/add$/, open: openKeyAct('add') },
  ...(['end', 'report'] as const).map((act) => ({
    path: new RegExp(`^signing-keys/([^/]+)/${act}$`),
    open: openKeyAct(act),
  })),
  { path: /^signing-keys\/([^/]+)$/, open: openSigningKey },
  { path: /^webhooks$/, open: openWebhooks },
  { path: /^webhooks\/([^/]+)$/, open: openWebhook },
  { path: /^api-keys$/, open: openApiKeys },
  { path: /^api-keys\/([^/]+)$/, open: openApiKey },
];

/** Null where the console has no such place. */
export function findPlace(path: string): { open: Open; id: string } | null {
  for (const place of PLACES) {
    const match = place.path.exec(path);
    if (match) return { open: place.open, id: decodeURIComponent(match[1] ?? '') };
  }
  return null;
}
