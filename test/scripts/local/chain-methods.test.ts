import { expect } from 'chai';
import { answerCall, type ChainNode } from '../../../scripts/local/chain-methods.ts';

describe('the methods of the chain', () => {
  const node: ChainNode = {
    read: async (method, params) => [method, params],
    send: async (raw) => `sent ${raw}`,
    ended: new Promise(() => {}),
    close: async () => {},
  };

  it('hand reads on to the node', async () => {
    expect(await answerCall(node, 'eth_call', [{ to: '0x' }, 'latest'])).to.deep.equal([
      'eth_call',
      [{ to: '0x' }, 'latest'],
    ]);
  });

  it('say that gas is free, whatever the engine would suggest', async () => {
    expect(await answerCall(node, 'eth_gasPrice', [])).to.equal('0x0');
    expect(await answerCall(node, 'eth_maxPriorityFeePerGas', [])).to.equal('0x0');
  });

  it('hand on raw transactions, and nothing else in their place', async () => {
    expect(await answerCall(node, 'eth_sendRawTransaction', ['0xAb'])).to.equal('sent 0xAb');
    for (const params of [[], [5], [null], ['ab'], ['0x'], ['0xzz'], [{ to: '0x' }]]) {
      expect((await refusalOf('eth_sendRawTransaction', params)).code).to.equal(-32602);
    }
  });

  const closed = [
    'hardhat_setBalance',
    'hardhat_mine',
    'evm_mine',
    'evm_increaseTime',
    'evm_revert',
    'debug_traceTransaction',
    'eth_sendTransaction',
    'eth_sign',
    'eth_accounts',
    'eth_newFilter',
    'personal_sign',
    'ETH_CALL',
    'toString',
    '__proto__',
    '',
  ];
  for (const method of closed) {
    it(`do not have "${method}"`, async () => {
      const { code, message } = await refusalOf(method, []);
      expect([code, message]).to.deep.equal([-32601, `method "${method}" is not served`]);
    });
  }

  function refusalOf(method: string, params: unknown[]): Promise<{ code: number; message: string }> {
    return answerCall(node, method, params).then(
      () => ({ code: 0, message: 'nothing was refused' }),
      (error) => error,
    );
  }
});
