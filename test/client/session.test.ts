import { expect } from 'chai';
import { createClient } from '../../client/client.ts';
import { createBrowser } from '../server/auth/browser.ts';
import { type PeopleWorld, signIn, startPeople } from '../server/auth/people.ts';
import { newCredential } from '../server/http/service.ts';

describe('the client of a person who is signed in', () => {
  let world: PeopleWorld;

  before(async () => {
    world = await startPeople();
  });
  after(() => world.stop());

  it('shows the token of the session with what it changes, also after signing in anew', async () => {
    const browser = createBrowser();
    const client = createClient({
      url: world.service.url,
      credentials: 'session',
      // what a browser adds to the requests of a page
      fetch: (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set('cookie', [...browser.cookies].map((cookie) => cookie.join('=')).join('; '));
        headers.set('origin', world.settings.publicUrl);
        return fetch(input, { ...init, headers });
      },
    });
    await signIn(world, { account: 'fehd-preparer', browser });
    const draft = await client.call('createDraft', { body: newCredential() });
    await signIn(world, { account: 'fehd-preparer', browser });
    expect(await client.call('submitDraft', { id: draft.id, body: { changedAt: draft.changedAt } })).to.include({
      state: 'submitted',
    });
  });
});
