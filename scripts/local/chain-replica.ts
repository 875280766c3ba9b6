import { dirname } from 'node:path';
import { createEngine, type Engine } from './chain-engine.ts';
import { type Block, type Genesis, parseBlock, parseGenesis, readFirstLine, readLines } from './chain-journal.ts';
import { LocalError } from './local-error.ts';

export interface Replica {
  engine: Engine;
  /** The last block that was replayed. */
  head(): Pick<Block, 'number' | 'timestamp'>;
  /** Replays what the journal has published since; every block must come out with the hash that it had. */
  catchUp(): Promise<void>;
}

/** An engine that stands at block 0 of the journal. */
export async function openReplica(path: string): Promise<Replica> {
  const first = await readFirstLine(path);
  if (!first) throw new LocalError(`"${path}" is empty`);
  const genesis = parseGenesis(first, path);
  const engine = await createEngine(genesis);
  if (engine.genesisHash !== genesis.hash) throw differs(0, { engine, genesis, path });
  let position = first.end;
  let head = { number: 0, timestamp: genesis.timestamp };
  return {
    engine,
    head: () => head,
    async catchUp() {
      for await (const line of readLines(path, position)) {
        const block = parseBlock(line, path, head.number + 1);
        if (!(await isReplayed(engine, block))) throw differs(block.number, { engine, genesis, path });
        head = block;
        position = line.end;
      }
    },
  };
}

async function isReplayed(engine: Engine, block: Block): Promise<boolean> {
  try {
    for (const raw of block.transactions) await engine.submit(raw);
    return (await engine.mine(block.timestamp)).hash === block.hash;
  } catch {
    return false; // a transaction or timestamp that the engine took then and refuses now
  }
}

function differs(
  number: number,
  { engine, genesis, path }: { engine: Engine; genesis: Genesis; path: string },
): LocalError {
  const cause =
    engine.version === genesis.engine
      ? `"${path}" was altered`
      : `"${path}" was begun by ${genesis.engine}, and this is ${engine.version}`;
  const remedy = engine.version === genesis.engine ? 'restore it' : 'install the earlier version again';
  return new LocalError(
    `block ${number} of the chain does not come out as it was: ${cause}; ${remedy}, or move "${dirname(path)}" away to begin a new chain`,
  );
}
