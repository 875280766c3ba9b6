import { expect } from 'chai';
import { id, Wallet, ZeroHash } from 'ethers';
import { decodeHex, toHex } from '../../proof/bytes.ts';
import { batchId } from '../../proof/signature.ts';
import { deployRegistry } from '../../server/chain/deploy-registry.ts';
import {
  type Batch,
  deployWorld,
  ethers,
  issuerState,
  keyFault,
  networkHelpers,
  signBatch,
  toBatch,
  toBatchId,
  toHighS,
  typeState,
  type World,
} from './registry.ts';

describe('EProofRegistry: batches', () => {
  let world: World;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(deployWorld);
  });

  const signed = (differences: Partial<Batch> = {}) => signBatch(world, toBatch(world, differences));
  const idOf = (differences: Partial<Batch> = {}) => toBatchId(world.domain, toBatch(world, differences));
  const countOf = async (issuer: number): Promise<bigint> => (await world.registry.readPage(issuer, 0)).batchCount;

  describe('anchor', () => {
    it('records a batch under the digest of its typed data, whoever carries it', async () => {
      await expect(world.as(world.stranger).anchor([await signed()]))
        .to.emit(world.registry, 'BatchAnchored')
        .withArgs(1, 0, idOf(), 0, 1, toBatch(world).root, 256, world.anchorKey);
      expect((await world.registry.read(idOf())).batches).to.have.length(1);
    });

    it('knows the batch by the id that the proof format computes', async () => {
      const batch = toBatch(world);
      await world.registry.anchor([await signed()]);
      const fromProof = batchId(
        { chainId: Number(world.domain.chainId), address: world.domain.verifyingContract },
        {
          issuer: 1,
          definition: decodeHex(batch.credentialType.slice(2)),
          root: decodeHex(batch.root.slice(2)),
          size: 256,
        },
      );
      expect(`0x${toHex(fromProof)}`).to.equal(idOf());
    });

    it('numbers the batches of each issuer from 0 without gaps', async () => {
      const other = await signBatch(world, toBatch(world, { issuer: 2 }), world.otherKey);
      await world.registry.anchor([
        await signed({ size: 1 }),
        other,
        await signed({ size: 2 }),
        await signed({ size: 1 }),
      ]);
      await expect(world.registry.anchor([await signed({ size: 3, credentialType: world.secondDefinition })]))
        .to.emit(world.registry, 'BatchAnchored')
        .withArgs(
          1,
          0,
          idOf({ size: 3, credentialType: world.secondDefinition }),
          2,
          2,
          toBatch(world).root,
          3,
          world.anchorKey,
        );
      expect(await countOf(1)).to.equal(3n);
      expect(await countOf(2)).to.equal(1n);
    });

    it('skips a batch that is anchored already and records the rest', async () => {
      await world.registry.anchor([await signed({ size: 1 })]);
      const again = world.registry.anchor([await signed({ size: 1 }), await signed({ size: 2 })]);
      await expect(again)
        .to.emit(world.registry, 'BatchAlreadyAnchored')
        .withArgs(idOf({ size: 1 }));
      await expect(again)
        .to.emit(world.registry, 'BatchAnchored')
        .withArgs(1, 0, idOf({ size: 2 }), 1, 1, toBatch(world).root, 2, world.anchorKey);
      expect(await countOf(1)).to.equal(2n);
    });

    it('skips the second of two equal batches in one transaction', async () => {
      await expect(world.registry.anchor([await signed(), await signed()]))
        .to.emit(world.registry, 'BatchAlreadyAnchored')
        .withArgs(idOf());
      expect(await countOf(1)).to.equal(1n);
    });

    it('changes nothing of an anchored batch, even when its key has ended and its type is closed', async () => {
      await world.registry.anchor([await signed()]);
      const before = (await world.registry.read(idOf())).batches[0].toArray();
      await world.as(world.admin).endKey(1, world.anchorKey, 0);
      await world.as(world.admin).closeCredentialType(1, 1);
      await expect(world.registry.anchor([await signed()]))
        .to.emit(world.registry, 'BatchAlreadyAnchored')
        .withArgs(idOf());
      expect((await world.registry.read(idOf())).batches[0].toArray()).to.deep.equal(before);
    });

    it('takes every size from 1 to 256', async () => {
      await world.registry.anchor([await signed({ size: 1 }), await signed({ size: 256 })]);
      expect(await countOf(1)).to.equal(2n);
    });

    it('rejects a size of 0 or over 256', async () => {
      for (const size of [0, 257, 65_535]) {
        await expect(world.registry.anchor([await signed({ size })]))
          .to.be.revertedWithCustomError(world.registry, 'BatchInvalidSize')
          .withArgs(0, idOf({ size }), size);
      }
    });

    it('rejects a root of zero', async () => {
      await expect(world.registry.anchor([await signed({ root: ZeroHash })]))
        .to.be.revertedWithCustomError(world.registry, 'BatchInvalidRoot')
        .withArgs(0, idOf({ root: ZeroHash }), ZeroHash);
    });

    it('rejects an issuer that is unknown, suspended or ended', async () => {
      const rejected = async (issuer: number, state: number) =>
        expect(world.registry.anchor([await signed({ issuer })]))
          .to.be.revertedWithCustomError(world.registry, 'BatchIssuerNotActive')
          .withArgs(0, idOf({ issuer }), issuer, state);
      await rejected(3, issuerState.none);
      await rejected(0, issuerState.none);
      await world.as(world.governance).suspendIssuer(1);
      await rejected(1, issuerState.suspended);
      await world.as(world.governance).endIssuer(1, 2);
      await rejected(1, issuerState.ended);
    });

    it('anchors again when the issuer is reinstated', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await world.as(world.governance).reinstateIssuer(1);
      await expect(world.registry.anchor([await signed()])).to.emit(world.registry, 'BatchAnchored');
    });

    it('rejects a credential type that the issuer closed or never opened', async () => {
      const rejected = async (credentialType: string, state: number) =>
        expect(world.registry.anchor([await signed({ credentialType })]))
          .to.be.revertedWithCustomError(world.registry, 'BatchCredentialTypeNotOpen')
          .withArgs(0, idOf({ credentialType }), credentialType, state);
      await rejected(id('type 3'), typeState.none);
      await world.as(world.admin).closeCredentialType(1, 1);
      await rejected(world.definition, typeState.closed);
    });

    it('rejects the type that only another issuer opened', async () => {
      const batch = toBatch(world, { issuer: 2, credentialType: world.secondDefinition });
      await expect(world.registry.anchor([await signBatch(world, batch, world.otherKey)]))
        .to.be.revertedWithCustomError(world.registry, 'BatchCredentialTypeNotOpen')
        .withArgs(0, toBatchId(world.domain, batch), world.secondDefinition, typeState.none);
    });

    it('rejects a key of another issuer, a key of nobody and a status key', async () => {
      for (const [key, fault] of [
        [world.otherKey, keyFault.unknown],
        [world.admin, keyFault.unknown],
        [world.governance, keyFault.unknown],
        [world.statusKey, keyFault.purpose],
      ] as const) {
        await expect(world.registry.anchor([await signBatch(world, toBatch(world), key)]))
          .to.be.revertedWithCustomError(world.registry, 'BatchKeyRefused')
          .withArgs(0, idOf(), key, fault);
      }
    });

    it('rejects a signature with s in the upper half', async () => {
      await expect(world.registry.anchor([toHighS(await signed())]))
        .to.be.revertedWithCustomError(world.registry, 'BatchSignatureInvalid')
        .withArgs(0, idOf());
    });

    it('rejects every v but 27 and 28', async () => {
      const batch = await signed();
      for (const v of [0, 1, 26, 29, 255, batch.v - 27]) {
        await expect(world.registry.anchor([{ ...batch, v }]))
          .to.be.revertedWithCustomError(world.registry, 'BatchSignatureInvalid')
          .withArgs(0, idOf());
      }
    });

    it('rejects an empty signature, which recovers the zero address', async () => {
      await expect(world.registry.anchor([{ ...toBatch(world), v: 27, r: ZeroHash, s: ZeroHash }]))
        .to.be.revertedWithCustomError(world.registry, 'BatchSignatureInvalid')
        .withArgs(0, idOf());
    });

    it('rejects a signature over another issuer, type, root or size', async () => {
      for (const [changed, rejected] of [
        [{ root: id('another root') }, 'BatchKeyRefused'],
        [{ size: 255 }, 'BatchKeyRefused'],
        [{ credentialType: world.secondDefinition }, 'BatchKeyRefused'],
        [{ issuer: 2 }, 'BatchKeyRefused'],
      ] as const) {
        await expect(world.registry.anchor([{ ...(await signed()), ...changed }])).to.be.revertedWithCustomError(
          world.registry,
          rejected,
        );
      }
    });

    it('rejects a signature made for another chain, another registry, another name or version', async () => {
      const elsewhere = await deployRegistry({
        signer: world.carrier,
        governance: await world.governance.getAddress(),
      });
      for (const changed of [
        { chainId: 1n },
        { verifyingContract: elsewhere.address },
        { name: 'e-proof' },
        { version: '2' },
      ]) {
        const abroad = { ...world, domain: { ...world.domain, ...changed } };
        await expect(world.registry.anchor([await signBatch(abroad, toBatch(world))])).to.be.revertedWithCustomError(
          world.registry,
          'BatchKeyRefused',
        );
      }
    });

    it('rejects the whole transaction and names the one batch at fault', async () => {
      const wrong = await signBatch(world, toBatch(world, { size: 3 }), Wallet.createRandom());
      await expect(world.registry.anchor([await signed({ size: 1 }), await signed({ size: 2 }), wrong]))
        .to.be.revertedWithCustomError(world.registry, 'BatchKeyRefused')
        .withArgs(2, idOf({ size: 3 }), (value: string) => value.length === 42, keyFault.unknown);
      expect(await countOf(1)).to.equal(0n);
    });

    it('does nothing for no batch', async () => {
      await world.registry.anchor([]);
      expect(await countOf(1)).to.equal(0n);
    });

    it('writes two slots for a batch, and the counter of its issuer once', async () => {
      const sent = await world.registry.anchor([
        await signed({ size: 1 }),
        await signed({ size: 2 }),
        await signed({ size: 3 }),
      ]);
      const { structLogs } = await ethers.provider.send('debug_traceTransaction', [sent.hash, { disableMemory: true }]);
      const written = structLogs
        .filter(({ op }: { op: string }) => op === 'SSTORE')
        .map(({ stack }: { stack: string[] }) => stack.at(-1));
      expect(new Set(written).size).to.equal(3 * 2 + 1);
    });
  });
});
