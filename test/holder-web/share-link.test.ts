import { expect } from 'chai';
import { lock, readShareLink, toShareLink, unlock } from '../../holder-web/share-link.ts';

describe('a link that ends', () => {
  const bytes = crypto.getRandomValues(new Uint8Array(900));

  it('unlocks what was locked for it, and nothing else', async () => {
    const [locked, other] = [await lock(bytes), await lock(bytes)];
    expect(await unlock(locked)).to.deep.equal(bytes);
    expect(locked.sealed).not.to.equal(other.sealed);
    for (const wrong of [
      { ...locked, key: other.key },
      { ...locked, sealed: other.sealed },
      {
        ...locked,
        sealed: `${locked.sealed.slice(0, 100)}${locked.sealed[100] === 'A' ? 'B' : 'A'}${locked.sealed.slice(101)}`,
      },
    ])
      expect(
        await unlock(wrong).then(
          () => 'unlocked',
          () => 'refused',
        ),
      ).to.equal('refused');
  });

  it('names itself and its key behind "#" alone', () => {
    const link = { id: '0f'.repeat(16), key: 'k'.repeat(43) };
    const address = new URL(toShareLink('https://service.example/my/', link));
    expect(address.pathname + address.search).to.equal('/my/shared/');
    expect(readShareLink(address.hash)).to.deep.equal(link);
    for (const broken of ['', '#', '#0f.k', address.hash.slice(0, -1), `${address.hash}k`, '#constructor'])
      expect(readShareLink(broken), broken).to.equal(null);
  });
});
