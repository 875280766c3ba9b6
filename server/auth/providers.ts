import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ConfigError, type ProviderConfig, providerAddress, type SignInConfig } from '../config.ts';
import { createIdentityProvider, type IdentityProvider } from './identity-provider.ts';
import type { Providers } from './sign-in.ts';

const departmentProviders = z.record(
  z.string(),
  z.strictObject({ issuer: providerAddress(), clientId: z.string().min(1), clientSecretFile: z.string().min(1) }),
);

/** The providers of the configuration with their secrets; none is asked anything before somebody signs in. @throws ConfigError */
export async function openProviders({
  officers,
  holders,
  companiesClaim,
  departmentsFile,
}: SignInConfig): Promise<Providers> {
  return {
    officers: await openProvider(officers),
    holders: await openProvider(holders, companiesClaim),
    departments: departmentsFile === null ? new Map() : await openDepartments(departmentsFile),
  };
}

async function openDepartments(path: string): Promise<Map<string, IdentityProvider>> {
  const parsed = departmentProviders.safeParse(toJson(await read(path, 'OIDC_DEPARTMENTS_FILE'), path));
  if (!parsed.success) {
    const { path: place, message } = parsed.error.issues[0] as z.core.$ZodIssue;
    throw new ConfigError(
      `"OIDC_DEPARTMENTS_FILE": "${place.join('.')}" ${message}; it holds { "CODE": { issuer, clientId, clientSecretFile } }`,
    );
  }
  const entries = Object.entries(parsed.data).map(
    async ([code, provider]) => [code, await openProvider(provider)] as const,
  );
  return new Map(await Promise.all(entries));
}

async function openProvider(
  { issuer, clientId, clientSecretFile }: ProviderConfig,
  companiesClaim: string | null = null,
): Promise<IdentityProvider> {
  const clientSecret = (await read(clientSecretFile, 'OIDC_CLIENT_SECRET_FILE')).trim();
  if (clientSecret === '') throw new ConfigError(`the client secret file "${clientSecretFile}" is empty`);
  return createIdentityProvider({ issuer, clientId, clientSecret, companiesClaim });
}

async function read(path: string, variable: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigError(`"${path}" of "${variable}" cannot be read: ${cause.code}`, { cause });
  });
}

function toJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`"${path}" of "OIDC_DEPARTMENTS_FILE" is not JSON`, { cause });
  }
}
