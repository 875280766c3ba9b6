import { readdirSync, readFileSync } from 'node:fs';

/** Microseconds of processor time. */
export interface ProcessorTime {
  /** This process, with its threads. */
  service: number;
  signer: number;
  database: number;
  chain: number;
}

const TICK_US = 10_000;
const PROGRAMS = { signer: 'signer-process', database: 'postgres', chain: 'chain-node' } as const;

/**
 * What this process and those that it started have used so far. On a machine that others use too it says more than the clock. Where there
 * is no /proc, the others are 0.
 */
export function processorTime(): ProcessorTime {
  const { user, system } = process.cpuUsage();
  const time: ProcessorTime = { service: user + system, signer: 0, database: 0, chain: 0 };
  for (const { command, us } of descendants())
    for (const [part, program] of Object.entries(PROGRAMS))
      if (command.includes(program)) time[part as keyof typeof PROGRAMS] += us;
  return time;
}

export function since(start: ProcessorTime): ProcessorTime {
  const now = processorTime();
  return {
    service: now.service - start.service,
    signer: now.signer - start.signer,
    database: now.database - start.database,
    chain: now.chain - start.chain,
  };
}

interface Process {
  id: number;
  parent: number;
  command: string;
  /** Of children that ended too. */
  us: number;
}

function descendants(): Process[] {
  const all = readProcesses();
  const known = new Set([process.pid]);
  const found: Process[] = [];
  for (let before = -1; before < found.length; ) {
    before = found.length;
    for (const one of all)
      if (known.has(one.parent) && !known.has(one.id)) {
        known.add(one.id);
        found.push(one);
      }
  }
  return found;
}

function readProcesses(): Process[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(Number(name)) : []));
  } catch {
    return [];
  }
}

/** Empty where it has ended meanwhile. */
function readProcess(id: number): Process[] {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    // the name before it may have blanks and brackets
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const ticks = fields.slice(11, 15).reduce((sum, count) => sum + count, 0);
    return [{ id, parent, command: readFileSync(`/proc/${id}/cmdline`, 'utf8'), us: ticks * TICK_US }];
  } catch {
    return [];
  }
}
